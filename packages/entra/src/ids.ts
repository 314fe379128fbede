import { invalid, isGuid } from '@fedbridge/core';

declare const parsed: unique symbol;

/** An application's or managed identity's client id: a GUID. */
export type ClientId = string & { readonly [parsed]: 'client id' };
/** A directory: a GUID or one of its domains. */
export type TenantId = string & { readonly [parsed]: 'tenant id' };
/** A subscription's id: a GUID. */
export type SubscriptionId = string & { readonly [parsed]: 'subscription id' };
/** What an access token is for: an absolute URI or a GUID, without `/.default`. */
export type Resource = string & { readonly [parsed]: 'resource' };

const domain = /^(?=.{3,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)+$/i;

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseClientId(text: string): ClientId {
  if (isGuid(text)) return text as ClientId;
  throw invalid('expected the client id of an application or managed identity, a GUID.');
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseTenantId(text: string): TenantId {
  if (isGuid(text) || domain.test(text)) return text as TenantId;
  throw invalid('expected a tenant by its GUID or by a domain such as contoso.onmicrosoft.com.');
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseSubscriptionId(text: string): SubscriptionId {
  if (isGuid(text)) return text as SubscriptionId;
  throw invalid('expected the id of a subscription, a GUID.');
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseResource(text: string): Resource {
  const resource = text.replace(/\/\.default$/, '');
  const isUri = /^[a-z][a-z\d+.-]*:\/\/[^\s/]/i.test(resource) && URL.canParse(resource);
  if (!/\s/.test(resource) && (isGuid(resource) || isUri)) return resource as Resource;
  throw invalid('expected arm, graph, key-vault, storage, azure-devops, or the URI or GUID of a resource.');
}
