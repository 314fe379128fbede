import { conditionPrefix, issuerOf, loginServices } from '@fedbridge/issuers';
import { type Admitted, type Reach, reaches } from './admitted.ts';

/** Of several the one that reaches farthest. */
export function farthest(all: readonly Admitted[]): Reach {
  return all
    .map(({ reach }) => reach)
    .reduce((one, other) => (reaches.indexOf(other) > reaches.indexOf(one) ? other : one), 'nobody');
}

/** Who is allowed by all of it, in one sentence. */
export function sentenceOf(all: readonly Admitted[]): string {
  const reach = farthest(all);
  const told = all.filter((one) => one.reach === reach);
  const whyNot = all.some(({ isGivenUp }) => isGivenUp) ? 'would take longer than the bound' : 'could not be read';
  const atMost = all.every(({ exact }) => exact) ? '' : ` At most: some of it ${whyNot}.`;
  return `${sentence(reach, told)}${atMost}`;
}

function sentence(reach: Reach, told: readonly Admitted[]): string {
  if (reach === 'nobody') return 'Nobody is allowed.';
  if (reach === 'only mine') return onlyOurs(told);
  const issuers = [...new Set(told.map(signedInAt))].join(' or ');
  if (reach === 'any account') return `Anybody with an account at ${issuers} is allowed.`;
  if (reach === 'anybody') return `Anybody is allowed, without an account${issuers === '*' ? '' : ` at ${issuers}`}.`;
  const owners = told.flatMap((one) =>
    one.owners.map((owner) => (owner === one.issuer ? called(owner) : `${owner} at ${titleOf(one.issuer)}`)),
  );
  const named = [...new Set(owners)];
  const text = listed(named);
  const begun = named[0] === anyService ? text.replace(/^e/, 'E') : text;
  return `${begun} ${named.length === 1 ? 'is' : 'are'} allowed.`;
}

/** By what it is ours: who named it, or that it is the account of the role or acts for that. */
function onlyOurs(told: readonly Admitted[]): string {
  const isOfAccount = told.some((one) => one.isOfAccount);
  const isOfServices = told.some((one) => one.isOfService);
  const ours = [
    ...(told.every((one) => one.isOfAccount || one.isOfService) ? [] : ['what you named as yours']),
    ...(isOfAccount ? [accountOfRole] : []),
    ...(isOfServices ? [`services of AWS that act for ${isOfAccount ? 'it' : accountOfRole}`] : []),
  ];
  const isOne = ours.length === 1 && !isOfServices;
  return `Only ${ours.join(' and ')} ${isOne ? 'is' : 'are'} allowed.`;
}

/** Whom one way in allows, in a few words. */
export function whomOf({ reach, exact, owners, isOfService, isOfAccount }: Admitted): string {
  if (isOfService || isOfAccount) return exact ? accountOfRole : `at most ${accountOfRole}`;
  const whom = reach === 'named others' ? listed(owners.map(called)) : (words[reach] ?? reach);
  return exact ? whom : `at most ${whom}`;
}

const anyService = 'every service of AWS';

/** An owner in words: who is named by a wildcard alone is any service, since any account and any provider are somebody else's word. */
const called = (owner: string) => (owner === '*' ? anyService : owner);

/** The first of many, and how many more there are. */
function listed(names: readonly string[]): string {
  const further = names.length - 20;
  return further > 0 ? `${names.slice(0, 20).join(', ')} and ${further} more` : names.join(', ');
}

const words: Readonly<Partial<Record<Reach, string>>> = {
  'any account': 'anybody with an account',
  anybody: 'anybody, without an account',
};

/** How the role's own account is called where its number is not told. */
export const accountOfRole = 'the account of the role';

function signedInAt({ issuer, applications = [] }: Admitted): string {
  return applications.length === 0 ? titleOf(issuer) : `${titleOf(issuer)} (${applications.join(', ')})`;
}

/** The issuer's service by name. */
export function titleOf(iss: string): string {
  const host = conditionPrefix(iss);
  return issuerOf(iss)?.title ?? loginServices.find((one) => one.host === host)?.title ?? host;
}

/** A subject, or an ARN, of somebody who is allowed; undefined where none is known. */
export function exampleIn({ witness }: Admitted): string | undefined {
  const example = witness?.claims.sub ?? witness?.claims['aws:principalarn'];
  return typeof example === 'string' ? example : undefined;
}
