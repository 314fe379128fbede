import { conditionPrefix } from '@fedbridge/issuers';
import { membersOf, type Source, textOf } from '../read/trust-document.ts';
import { providerAccepts } from '../web-identity.ts';
import type { Grant } from '../who/who.ts';

/** OIDC providers that are there, as far as files tell. */
export interface Providers {
  /** ARNs of those that are there, in lower case: whether case counts is not told anywhere. */
  readonly arns: ReadonlySet<string>;
  /** Of the accounts whose providers are all in `arns`. */
  readonly accounts: ReadonlySet<string>;
  /** By the URL without its scheme; an account is not told beside. */
  readonly clientIds: ReadonlyMap<string, readonly string[]>;
}

/**
 * The providers in what `aws iam list-open-id-connect-providers` and `get-open-id-connect-provider` print.
 * Source: IAM API Reference, ListOpenIDConnectProviders and GetOpenIDConnectProvider.
 */
export function providersIn(sources: readonly Source[]): Providers {
  const [arns, clientIds] = [new Set<string>(), new Map<string, readonly string[]>()];
  for (const { value } of sources) {
    const { OpenIDConnectProviderList: listed, Url: url, ClientIDList: ids } = membersOf(value) ?? {};
    for (const one of Array.isArray(listed) ? listed : []) arns.add(textOf(membersOf(one)?.Arn).toLowerCase());
    if (typeof url === 'string' && Array.isArray(ids)) {
      const name = conditionPrefix(url);
      clientIds.set(name, [...(clientIds.get(name) ?? []), ...ids.map(textOf)]);
    }
  }
  return { arns, accounts: new Set([...arns].map(accountOf)), clientIds };
}

/** Whether anything is told of providers: such a file has no document of its own. */
export function hasProviders({ value }: Source): boolean {
  const members = membersOf(value) ?? {};
  return 'OpenIDConnectProviderList' in members || ('ClientIDList' in members && 'Url' in members);
}

/** Whether an OIDC provider is in its account, as far as was seen. */
export type ProviderState = 'there' | 'missing' | 'unknown';

/** @param provider - its ARN */
export function stateOf(provider: string, { arns, accounts }: Providers): ProviderState {
  if (arns.has(provider.toLowerCase())) return 'there';
  return provider.includes(':oidc-provider/') && accounts.has(accountOf(provider)) ? 'missing' : 'unknown';
}

/**
 * What a way in is with the providers that are there: none where its provider is missing, and limited to their audiences where those are
 * known.
 */
export function asProvided(grant: Grant, providers: Providers): Grant | undefined {
  const { provider, iss } = grant;
  if (provider === undefined) return grant;
  if (stateOf(provider, providers) === 'missing') return undefined;
  const ids = providers.clientIds.get(conditionPrefix(iss));
  if (!ids) return grant;
  if (ids.length === 0) return undefined;
  return {
    ...grant,
    allow: [...grant.allow, { operator: 'StringEquals', key: `${conditionPrefix(iss)}:aud`, values: ids }],
    isAllowed: (witness, now) => providerAccepts(ids, witness.claims) && grant.isAllowed(witness, now),
  };
}

/** @param arn - of a provider */
export const accountOf = (arn: string) => arn.split(':')[4] ?? '';
