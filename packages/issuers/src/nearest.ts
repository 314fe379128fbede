import { isGuid } from '@fedbridge/core/guid';
import { entraClouds } from './entra-clouds.ts';
import { issuerOf } from './issuers.ts';
import { segments } from './url.ts';

/**
 * The known issuer that a text means: what differs from it is the scheme alone, a slash at the end, the case of its host or of a GUID, or
 * a GUID without dashes. Issuers are compared exactly, so that each of these would match nothing.
 *
 * @returns the text itself where it is near to none
 */
export function nearestIssuer(text: string): string {
  const [, scheme = 'https://', host = '', path = ''] = /^(https:\/\/)?([^/]*)(.*)$/i.exec(text) ?? [];
  const root = `${scheme.toLowerCase()}${host.toLowerCase()}`;
  const names = segments(path).map(lowerGuid);
  const below = names.length === 0 ? '' : `/${names.join('/')}`;
  const bare = below.replace(/\/+$/, '');
  return [below, bare, `${bare}/`].map((one) => `${root}${one}`).find((one) => issuerOf(one)) ?? text;
}

/** How issuers on a host are written, where the host is a known service's and the URL is none of them: nobody has such tokens. */
export function formOfIssuersAt(iss: string): string | undefined {
  const host = /^https:\/\/([^/]+)/.exec(iss)?.[1] ?? '';
  return issuerOf(iss) ? undefined : forms.get(host);
}

const forms: ReadonlyMap<string, string> = new Map([
  ['token.actions.githubusercontent.com', 'https://token.actions.githubusercontent.com'],
  ['vstoken.dev.azure.com', 'https://vstoken.dev.azure.com/<organization id>'],
  ['gitlab.com', 'https://gitlab.com'],
  ['app.terraform.io', 'https://app.terraform.io'],
  ['app.eu.terraform.io', 'https://app.eu.terraform.io'],
  ['agent.buildkite.com', 'https://agent.buildkite.com'],
  ['oidc.circleci.com', 'https://oidc.circleci.com/org/<organization id>'],
  ['api.bitbucket.org', 'https://api.bitbucket.org/2.0/workspaces/<workspace>/pipelines-config/identity/oidc'],
  ['accounts.google.com', 'https://accounts.google.com'],
  ...Object.values(entraClouds).flatMap(({ issuers, formerIssuers }) => [
    ...issuers.map((host) => [host, `https://${host}/<tenant id>/v2.0`] as const),
    ...formerIssuers.map((host) => [host, `https://${host}/<tenant id>/`] as const),
  ]),
]);

function lowerGuid(text: string): string {
  const dashed = /^[\da-f]{32}$/.test(text)
    ? text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : text;
  return isGuid(dashed) ? dashed.toLowerCase() : text;
}
