import { matchesPattern } from '@fedbridge/core/pattern';
import { conditionPrefix, type Issuer, issuerOf, issuers } from '@fedbridge/issuers';
import type { Condition, Statement } from './policy.ts';

/** A provider of web identities that a statement names. */
export interface Provider {
  readonly iss: string;
  /** Who signs, by the URL or by the form of the subjects that are trusted; undefined where neither tells. */
  readonly issuer: Issuer | undefined;
  /** One that IAM knows by its host alone, as Google: whoever has an account there has a token of it. */
  readonly isLogin: boolean;
}

/** The providers that a statement names; none for `*`. */
export function providersOf({ federated, conditions }: Statement): readonly Provider[] {
  return federated.flatMap((one) => {
    const iss = issuerOfProvider(one);
    if (iss === undefined) return [];
    const subjects = conditions.filter(({ key }) => claimOfKey(key, iss) === 'sub').flatMap(({ values }) => values);
    const bySubject = issuers.find((known) => subjects.some((subject) => known.subjectParts(subject)));
    return [{ iss, issuer: issuerOf(iss) ?? bySubject, isLogin: isLogin(one) }];
  });
}

/** The issuer of a provider, by its ARN or as IAM knows it by its host alone; undefined for `*` and for a provider of SAML. */
export function issuerOfProvider(provider: string): string | undefined {
  const [, name] = provider.split(':oidc-provider/');
  return name === undefined && !isLogin(provider) ? undefined : `https://${name ?? provider}`;
}

/** Whether a federated principal signs ID tokens, as an OIDC provider or a login service, and no SAML assertions. */
export const isOidcProvider = (provider: string): boolean => issuerOfProvider(provider) !== undefined;

const isLogin = (provider: string) => /^[a-z\d-]+(\.[a-z\d-]+)+$/.test(provider);

/** The name of a key of an issuer's, `sub` for example, in lower case; undefined for a key that is not its own. */
export function claimOfKey(key: string, iss: string): string | undefined {
  const prefix = `${conditionPrefix(iss)}:`.toLowerCase();
  const lower = key.toLowerCase();
  return lower.startsWith(prefix) ? lower.slice(prefix.length) : undefined;
}

/** Whether a key may be filled by STS though it is not known here: one of an issuer's own that nobody knows, or of a login service. */
export function mayBeFilled(key: string, iss: string): boolean {
  return claimOfKey(key, iss) !== undefined && issuerOf(iss) === undefined;
}

/** Whether a statement is about an action. @param action - in lower case */
export function concerns({ actions, notAction }: Statement, action: string): boolean {
  return actions.some((pattern) => matchesPattern(action, pattern.toLowerCase())) !== notAction;
}

/** Whether another condition sees to it that a key is there. */
export function isChecked({ key }: Condition, all: readonly Condition[]): boolean {
  return all.some(
    (other) =>
      other.operator === 'Null' &&
      other.key.toLowerCase() === key.toLowerCase() &&
      other.values.every((value) => value.toLowerCase() === 'false'),
  );
}
