import { remembered } from '@fedbridge/core/remembered';
import { conditionKeysOf, conditionPrefix, type TokenShape } from '@fedbridge/issuers';
import { mayBeFilled } from '../lint-provider.ts';
import type { Condition, Statement, TrustPolicy } from '../policy.ts';
import { isKeyOfRequest, isUnsureKey, webIdentityRequest } from '../web-identity.ts';
import { isAccount } from './aws-principal.ts';
import type { Scope } from './scope.ts';

/** Of who presents no token: the condition keys that say who he is are in the place of claims. */
export function scopeByKeys(isOwn: (key: string) => boolean, { version }: TrustPolicy): Scope {
  return {
    claimsOf: (key) => (isOwn(key) ? [key] : undefined),
    isOfRequest: isKeyOfAnyService,
    constants: new Map(),
    knowsVariables: version === '2012-10-17',
  };
}

/**
 * Condition keys that no web identity has. Sources: captures of real STS, radkawar/stackd, 2026-09-11; Service Authorization Reference, AWS
 * STS, for the second.
 */
const neverThere = ['aws:principalarn', 'sts:externalid'];

/** Of who presents a token of a provider. @param now - seconds since 1970-01-01 UTC */
export function scopeOfProvider(
  {
    iss,
    provider,
    shapes,
  }: { readonly iss: string; readonly provider: string; readonly shapes: readonly TokenShape[] },
  { version }: TrustPolicy,
  now: number,
): Scope {
  const claims = claimsByKey(iss);
  const { context } = webIdentityRequest({ iss }, provider, conditionKeysOf(iss), now);
  // Whether a token names its roles hangs on a claim: none of an issuer's that signs those alone which are known.
  const isOpen = shapes.some((shape) => shape.isOpen);
  const others = isOpen ? /^(aws:(CurrentTime|EpochTime)|sts:.*)$/ : /^aws:(CurrentTime|EpochTime)$/;
  const constants = Object.entries(context).filter(([key]) => !others.test(key) && !isUnsureKey(key.toLowerCase()));
  return {
    claimsOf: (key) => claims.get(key),
    isOfRequest: isKeyOfRequest,
    isUnknown: (key) => isUnsureKey(key) || mayBeFilled(key, iss) || isUnsurePrincipal(key),
    constants: new Map<string, readonly string[]>([
      ...neverThere.map((key) => [key, []] as const),
      ...constants.map(([key, value]) => [key.toLowerCase(), [value].flat()] as const),
    ]),
    knowsVariables: version === '2012-10-17',
  };
}

/** The claims that a condition key, in lower case, is filled from. */
export const claimsByKey = remembered((iss): ReadonlyMap<string, readonly string[]> => {
  const prefix = `${conditionPrefix(iss)}:`.toLowerCase();
  return new Map(conditionKeysOf(iss).map((key) => [prefix + key.name.toLowerCase(), key.claims]));
});

/** Credentials that a service handed out bring keys of its own with them, `ec2:SourceInstanceARN` for example. */
const isKeyOfAnyService = (key: string) => /^(?!arn:|https?:)[a-z\d-]+:/.test(key);

/** Whether a denial is of who presents a token of a provider, or may be. */
export function concernsProvider(denial: Statement, provider: string): boolean {
  return isNamed(denial, provider) !== denial.notPrincipal || unsurePrincipal(denial, provider) !== undefined;
}

/**
 * What it hangs on whether a denial is of who presents a token of a provider, in the place of a condition that is not read: of `*` as a
 * provider, and of an account, it was not seen whether either is a web identity too. Undefined where that is plain.
 */
export function unsurePrincipal(denial: Statement, provider: string): Condition | undefined {
  if (isNamed(denial, provider)) return undefined;
  // As it is written.
  const member = denial.notPrincipal ? 'NotPrincipal' : 'Principal';
  const unsure = (kind: string, values: readonly string[]) => ({
    operator: 'StringEquals',
    key: `${member}.${kind}`,
    values,
  });
  const accounts = denial.aws.filter(isAccount);
  if (denial.federated.includes('*')) return unsure('Federated', ['*']);
  return accounts.length > 0 ? unsure('AWS', accounts) : undefined;
}

const isUnsurePrincipal = (key: string) => /^(not)?principal\.(federated|aws)$/.test(key);

const isNamed = ({ aws, federated }: Statement, provider: string) => aws.includes('*') || federated.includes(provider);
