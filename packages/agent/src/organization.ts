import { type Endpoint, invalid, parseEndpoint } from '@fedbridge/core';
import { azureDevOpsHost, entitlementsHostOf, organizationAt } from '@fedbridge/issuers';

declare const parsed: unique symbol;

/** The URL of an Azure DevOps organization, without a slash at its end. */
export type Organization = string & { readonly [parsed]: 'organization' };

/** @throws FedbridgeError `INPUT_INVALID`, `ENDPOINT_NOT_ALLOWED` */
export function parseOrganization(text: string): Organization {
  const url: Endpoint = parseEndpoint(text, 'The organization');
  const isRoot = url.pathname === '/' && organizationAt(url.hostname) === undefined;
  if (isRoot || url.search)
    throw invalid(`expected the URL of an organization such as https://${azureDevOpsHost}/contoso.`);
  return url.href.replace(/\/+$/, '') as Organization;
}

/** Where an organization's users are kept. */
export function entitlementsUrl(organization: Organization): string {
  const url = new URL(organization);
  url.host = entitlementsHostOf(url.host);
  return url.href.replace(/\/+$/, '');
}
