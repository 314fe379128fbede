import { isGuid } from '@fedbridge/core';
import { InvalidArgumentError } from 'commander';
import type { WantedRole } from './options.ts';

/** A tenant, a subscription or an application. @param what - names it */
export function guid(what: string): (text: string) => string {
  return (text) => {
    if (isGuid(text)) return text.toLowerCase();
    throw new InvalidArgumentError(`"${text}" is not ${what}, a GUID.`);
  };
}

/** Of an application, as neither a filter nor the Azure CLI reads something else in it: `az ad app create` writes it into a filter as it is. */
export function displayName(text: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._/()-]{0,119}$/u.test(text)) return text;
  throw new InvalidArgumentError(
    `"${text}" is not a name of at most 120 letters, digits, spaces and . _ / ( ) -, a letter or digit first.`,
  );
}

/** Of a service connection. */
export function connectionName(text: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._()-]{0,199}$/u.test(text) && !text.endsWith(' ')) return text;
  throw new InvalidArgumentError(
    `"${text}" is not the name of a service connection: letters, digits, spaces and . _ ( ) -, a letter or digit first and no space last.`,
  );
}

/** `Reader@/subscriptions/…`, as often as it is given. Source: Microsoft Learn, "Understand scope for Azure RBAC". */
export function roleAssignment(text: string, before: readonly WantedRole[] = []): readonly WantedRole[] {
  const [, role = '', scope = ''] = /^([^@]+)@(\/subscriptions\/[\p{L}\p{N}._()/-]+?)\/?$/u.exec(text) ?? [];
  const isRole = isGuid(role) || /^[\p{L}\p{N}][\p{L}\p{N} .()-]*$/u.test(role);
  const parts = scope.split('/').slice(1);
  if (!isRole || !isGuid(parts[1] ?? '') || !isScope(parts))
    throw new InvalidArgumentError(
      `"${text}" is not a role and where it is assigned: Reader@/subscriptions/<id>/resourceGroups/<name>.`,
    );
  return [...before.filter((one) => one.role !== role || one.scope !== scope), { role, scope }];
}

/** Of a subscription, a resource group, or a resource in it. */
function isScope(parts: readonly string[]): boolean {
  if (parts.some((one) => one === '' || one === '.' || one === '..')) return false;
  if (parts.length === 2) return true;
  const [, , kind = '', , providers = ''] = parts;
  if (kind.toLowerCase() !== 'resourcegroups') return false;
  return parts.length === 4 || (providers.toLowerCase() === 'providers' && parts.length >= 8 && parts.length % 2 === 0);
}
