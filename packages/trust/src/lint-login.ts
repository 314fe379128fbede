import { conditionPrefix, type LoginService, loginServices } from '@fedbridge/issuers';
import { type Finding, finding } from './finding.ts';
import { saysWhich } from './lint-constraints.ts';
import { claimOfKey, type Provider } from './lint-provider.ts';
import type { Statement } from './policy.ts';

/** At a login service the audience is the application that its users sign in to, and the subject one of them. */
export function loginFindings({ conditions }: Statement, { iss, issuer }: Provider, where: string): Finding[] {
  const host = conditionPrefix(iss);
  const said = conditions.flatMap((one): Said[] => {
    const claim = claimOfKey(one.key, iss);
    // Who can choose the audience of a token says nothing of himself by it.
    const isChosen = claim === 'oaud' && issuer?.audiences.chosenBy === 'job';
    return claim !== undefined && !isChosen && saysWhich(one) ? [{ claim, values: one.values }] : [];
  });
  if (said.every(({ claim }) => claim === 'amr')) {
    const message = `Nothing is said of whom ${host} signs for: everybody with an account there is allowed.`;
    return [finding('aws/any-owner', where, message)];
  }
  const service = loginServices.find((one) => one.host === host);
  if (!service || said.some((one) => namesFew(one, service))) return [];
  const anyUser = finding('aws/any-user', where, `An application of ${service.title} is all that is named.`);
  if (!service.guests) return [anyUser];
  const { claim: amr, value } = service.guests;
  const isSignedIn = said.some(({ claim, values }) => claim === amr && !values.some((one) => mayBe(value, one)));
  return isSignedIn ? [anyUser] : [finding('aws/guests', where, `Nothing keeps those out whose ${amr} is ${value}.`)];
}

/** Whether a condition names less than all users of an application: one of them, or a service account, whose number its tokens have there. */
function namesFew({ claim, values }: Said, { application, guests, account }: LoginService): boolean {
  if (claim === guests?.claim) return false;
  return !application.includes(claim) || (account !== undefined && values.every((one) => account.test(one)));
}

interface Said {
  readonly claim: string;
  readonly values: readonly string[];
}

const mayBe = (text: string, pattern: string) => /[*?]|\$\{/.test(pattern) || pattern === text;
