import { type Endpoint, invalid, isWithin, parseEndpoint } from '@fedbridge/core';

declare const parsed: unique symbol;

/** The URL of an Azure DevOps organisation, without a slash at its end. */
export type Organization = string & { readonly [parsed]: 'organization' };

/** @throws FedbridgeError `INPUT_INVALID`, `ENDPOINT_NOT_ALLOWED` */
export function parseOrganization(text: string): Organization {
  const url: Endpoint = parseEndpoint(text, 'The organisation');
  const isRoot = url.pathname === '/' && !isWithin(url.hostname, 'visualstudio.com');
  if (isRoot || url.search) throw invalid('expected the URL of an organisation such as https://dev.azure.com/contoso.');
  return url.href.replace(/\/+$/, '') as Organization;
}

/**
 * Where an organisation's users are kept.
 * Source: Microsoft Learn, "Member Entitlement Management".
 */
export function entitlementsUrl(organization: Organization): string {
  const url = new URL(organization);
  if (url.host === 'dev.azure.com') url.host = 'vsaex.dev.azure.com';
  else if (isWithin(url.hostname, 'visualstudio.com')) url.host = url.host.replace('.', '.vsaex.');
  return url.href.replace(/\/+$/, '');
}
