import { type Endpoint, invalid, parseEndpoint } from '@fedbridge/core';
import { azureDevOpsHost, entitlementsHostOf, organizationAt } from '@fedbridge/issuers';

declare const parsed: unique symbol;

/** The URL of an Azure DevOps organisation, without a slash at its end. */
export type Organization = string & { readonly [parsed]: 'organization' };

/** @throws FedbridgeError `INPUT_INVALID`, `ENDPOINT_NOT_ALLOWED` */
export function parseOrganization(text: string): Organization {
  const url: Endpoint = parseEndpoint(text, 'The organisation');
  const isRoot = url.pathname === '/' && organizationAt(url.hostname) === undefined;
  if (isRoot || url.search)
    throw invalid(`expected the URL of an organisation such as https://${azureDevOpsHost}/contoso.`);
  return url.href.replace(/\/+$/, '') as Organization;
}

/** Where an organisation's users are kept. */
export function entitlementsUrl(organization: Organization): string {
  const url = new URL(organization);
  url.host = entitlementsHostOf(url.host);
  return url.href.replace(/\/+$/, '');
}
