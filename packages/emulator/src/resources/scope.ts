import type { Directory } from '../entra/directory.ts';
import type { Tenant } from '../entra/tenant.ts';
import { ResourceManagerProblem } from './resource-manager-problem.ts';

/** What of Azure a path is about: a subscription, a resource group or a resource. */
export interface Scope {
  /** As it was written, without a slash at the end. */
  readonly path: string;
  readonly subscription: string;
}

/**
 * The scope of a path, which must be there: a resource group is if the set-up lists it or has a managed identity in it.
 * Sources of the texts: Azure Resource Manager, "Resolve errors for resource not found", "Resolve subscription not found".
 *
 * @throws ResourceManagerProblem
 */
export function scopeOf(path: string, tenant: Tenant, directory: Directory): Scope {
  const [, id = '', group] = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+)(?:\/.+)?)?$/i.exec(path) ?? [];
  const subscription = tenant.subscriptions?.find((one) => same(one.id, id));
  if (!subscription) {
    throw new ResourceManagerProblem(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);
  }
  const identities = directory.registered(tenant).map(({ application }) => application.resourceId ?? '');
  const groups = [
    ...(subscription.resourceGroups ?? []),
    ...identities.flatMap((one) => (same(one.split('/')[2] ?? '', id) ? [one.split('/')[4] ?? ''] : [])),
  ];
  if (group !== undefined && !groups.some((one) => same(one, group))) {
    throw new ResourceManagerProblem(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
  return { path, subscription: subscription.id };
}

/** Names in Azure Resource Manager ignore case. */
export const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
