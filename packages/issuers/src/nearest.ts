import { isGuid } from '@fedbridge/core/guid';
import { azureDevOpsHost, organizationAt } from './azure-devops-hosts.ts';
import { entraClouds } from './entra-clouds.ts';
import { gitHubIssuer } from './github.ts';
import { issuerOf } from './issuers.ts';
import { isAksHost, isEksHost } from './kubernetes.ts';
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
  const [, host = '', path = ''] = /^https:\/\/([^/]+)(.*)$/.exec(iss) ?? [];
  if (issuerOf(iss) || (host === 'github.com' && signsForOthers.test(path))) return undefined;
  return forms.get(host) ?? formOfClusters(host) ?? (organizationAt(host) && devOpsForm);
}

/** Whether nothing but tokens of one form of issuer is signed for the host of a URL, and nobody's files are there. */
export function signsInOneFormAlone(iss: string): boolean {
  const host = /^https:\/\/([^/]+)/i.exec(iss)?.[1]?.toLowerCase() ?? '';
  return isAksHost(host) || isEksHost(host) || tokenHosts.includes(host);
}

const tokenHosts: readonly string[] = [
  ...['token.actions.githubusercontent.com', 'vstoken.dev.azure.com', 'oidc.circleci.com', 'agent.buildkite.com'],
  'accounts.google.com',
];

/** What signs at github.com for users and for audit logs, and not for jobs. */
const signsForOthers = /^\/(login|enterprises)\//;

function formOfClusters(host: string): string | undefined {
  if (isAksHost(host)) return `https://${host}/<tenant id>/<cluster id>/`;
  return isEksHost(host) ? `https://${host}/id/<32 letters and digits>` : undefined;
}

const devOpsForm = 'https://vstoken.dev.azure.com/<organization id>';
const circleForm = 'https://oidc.circleci.com/org/<organization id>';
const bucketForm = 'https://api.bitbucket.org/2.0/workspaces/<workspace>/pipelines-config/identity/oidc';

/** By the host, which is also the one that a service's users know: that signs nothing. */
const forms: ReadonlyMap<string, string> = new Map([
  ...['token.actions.githubusercontent.com', 'github.com', 'api.github.com', 'actions.githubusercontent.com'].map(
    (host) => [host, gitHubIssuer] as const,
  ),
  // What GitHub's tokens had in 2021, before all could use them, and a list of AWS still has. Not seen in a document of GitHub's.
  ['vstoken.actions.githubusercontent.com', gitHubIssuer],
  ...['vstoken.dev.azure.com', azureDevOpsHost].map((host) => [host, devOpsForm] as const),
  ['gitlab.com', 'https://gitlab.com'],
  ...['app.terraform.io', 'terraform.io'].map((host) => [host, 'https://app.terraform.io'] as const),
  ['app.eu.terraform.io', 'https://app.eu.terraform.io'],
  ...['agent.buildkite.com', 'buildkite.com'].map((host) => [host, 'https://agent.buildkite.com'] as const),
  ...['oidc.circleci.com', 'circleci.com'].map((host) => [host, circleForm] as const),
  ...['api.bitbucket.org', 'bitbucket.org'].map((host) => [host, bucketForm] as const),
  ['accounts.google.com', 'https://accounts.google.com'],
  ['api.pulumi.com', 'https://api.pulumi.com/oidc'],
  ['g.codefresh.io', 'https://oidc.codefresh.io'],
  [
    'container.googleapis.com',
    'https://container.googleapis.com/v1/projects/<project>/locations/<place>/clusters/<name>',
  ],
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
