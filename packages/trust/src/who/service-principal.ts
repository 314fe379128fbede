import type { ClaimPart, TokenField, TokenShape } from '@fedbridge/issuers';
import type { Condition } from '../policy.ts';
import { hasWildcard } from '../wildcard.ts';
import type { Admitted } from './admitted.ts';
import { organizationFields, organizationId, organizationPath } from './organization.ts';

/**
 * What a service of AWS presents, as if it were a token: for whom it acts, where it says so.
 * Source: IAM User Guide, "AWS global condition context keys", aws:SourceAccount, aws:SourceArn, aws:SourceOrgID, aws:SourceOrgPaths.
 */
const fields: Readonly<Record<string, TokenField>> = {
  partition: { language: { chars: 'a-z-' }, example: 'aws' },
  service: { language: { chars: 'a-z0-9-' }, example: 'lambda' },
  region: { language: { anyOf: ['', { chars: 'a-z0-9-' }] }, example: 'eu-central-1' },
  account: { language: { chars: '0-9', length: 12 }, example: '999999999999' },
  resource: { language: { chars: '^' }, example: 'function:anything' },
  ...organizationFields,
};

const begin: readonly ClaimPart[] = ['arn:', { field: 'partition' }, ':', { field: 'service' }, ':'];
const rest: readonly ClaimPart[] = [':', { field: 'resource' }];
const accountOf: Readonly<Record<string, readonly ClaimPart[]>> = {
  'aws:sourceaccount': [{ field: 'account' }],
  'aws:sourceowner': [{ field: 'account' }],
  'aws:sourceorgid': organizationId,
  'aws:sourceorgpaths': organizationPath,
};

/** With the account in the resource's ARN, without it as those of buckets are, and without any of it. */
export const serviceShapes: readonly TokenShape[] = [
  {
    fields,
    claims: {
      ...accountOf,
      'aws:sourcearn': [...begin, { field: 'region' }, ':', { field: 'account' }, ...rest],
    },
    owner: ['account', 'organization'],
  },
  {
    fields,
    claims: { ...accountOf, 'aws:sourcearn': [...begin, { field: 'region' }, ':', ...rest] },
    owner: ['account', 'organization'],
  },
  { fields: {}, claims: {}, owner: [] },
];

const keys = new Set(serviceShapes.flatMap(({ claims }) => Object.keys(claims)));

/** Whether a condition key says for whom a service acts, in lower case. */
export const isKeyOfService = (key: string) => keys.has(key);

/** Whether somebody who is named as a service is one: what has a wildcard is none that somebody chose, and a canonical id is an account. */
export const isService = (name: string) => !hasWildcard(name) && !/^[\da-f]{64}$/i.test(name);

/** What a service says that acts for an account. */
export const actsFor = (account: string): Condition => ({
  operator: 'StringEqualsIfExists',
  key: 'aws:SourceAccount',
  values: [account],
});

/**
 * For whom a service acts: whom conditions name, and else for the account of the role, since nobody can pass a role to a service in
 * another one. Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service", and "The confused deputy problem".
 *
 * @param found - as if anybody could
 * @param isForOwn - whether it may act for the account of the role
 */
export function forWhom(found: Admitted, isForOwn: boolean): Admitted {
  const { issuer, reach, witness: _, ...service } = found;
  const others = found.owners.filter((owner) => owner !== issuer);
  // What could not be read may name others.
  const isOpen = found.isGivenUp || found.unread.some(({ key }) => isKeyOfService(key.toLowerCase()));
  if ((!isForOwn || isOpen) && reach === 'any account') return found;
  if (reach === 'nobody' || reach === 'only mine' || (reach === 'named others' && others.length > 0))
    return { ...found, owners: others };
  return { ...service, issuer, reach: 'only mine', owners: [], isOfService: true };
}
