import { type Asked, conditionPrefix, tokenShapesOf } from '@fedbridge/issuers';
import { evaluateTrustPolicy, type TrustRequest } from '../evaluate.ts';
import type { AnyFederatedCredential } from '../federated-credential.ts';
import { issuerFault } from '../lint-never.ts';
import { concerns, issuerOfProvider } from '../lint-provider.ts';
import type { Condition, Statement, TrustPolicy } from '../policy.ts';
import { ownAccount } from '../read/own-account.ts';
import { credentialsVerdict, policyVerdict } from '../verdict.ts';
import { hasWildcard } from '../wildcard.ts';
import { type Admitted, admitted, type Witness } from './admitted.ts';
import {
  accountShapes,
  isKeyOfAccount,
  principalConditions,
  principalsTogether,
  roleOf,
  whyNobodyIs,
} from './aws-principal.ts';
import { credentialConditions, whyNeverAllows } from './credential-conditions.ts';
import { type Mine, ownsIssuer } from './mine.ts';
import type { Question } from './question.ts';
import type { Scope } from './scope.ts';
import { claimsByKey, concernsProvider, scopeByKeys, scopeOfProvider, unsurePrincipal } from './scopes.ts';
import { accountOfRole } from './sentence.ts';
import { actsFor, forWhom, isKeyOfService, isService, serviceShapes } from './service-principal.ts';
import { costOf, shareOf } from './work.ts';

const webIdentity = 'sts:assumerolewithwebidentity';
const saml = 'sts:assumerolewithsaml';

/** One way in: what a statement, or a credential, allows by one issuer. */
export interface Grant extends Omit<Question, 'mine' | 'now'> {
  readonly where: string;
  /** Of an OIDC provider at AWS, its ARN. */
  readonly provider?: string;
  /** Whether a service of AWS is allowed, which acts for an account. */
  readonly isOfService?: true;
  /** The role's account, which is no other to itself, nor to a service that acts for it. */
  readonly account?: string | undefined;
  /** Whether all of the document allows a witness at a time, as the evaluator says it. */
  readonly isAllowed: (witness: Witness, now: number) => boolean;
  /** Of each denial, where it stands. */
  readonly denials?: readonly string[];
  /** Why nobody can be allowed whatever the conditions say, a sentence: no token has this issuer, or Entra takes no such credential. */
  readonly never?: string | undefined;
  /** What a document says without naming anything that could be looked at. */
  readonly unlimited?: Pick<Admitted, 'reach' | 'owners'>;
}

/**
 * Who is allowed by a role's trust policy: every token that its issuers can sign, and every AWS principal, is looked at, and of none it is
 * said that it is denied where it is not.
 *
 * @param now - seconds since 1970-01-01 UTC
 */
export function whoAssumes(policy: TrustPolicy, mine: readonly Mine[], now: number): readonly Admitted[] {
  return grantsOfPolicy(policy, now).map((grant) => whoIsGranted(grant, mine, now));
}

/** Who is allowed by the federated credentials of an identity, each for itself. */
export function whoPresents(
  credentials: readonly AnyFederatedCredential[],
  mine: readonly Mine[],
  now: number,
): readonly Admitted[] {
  return grantsOfCredentials(credentials).map((grant) => whoIsGranted(grant, mine, now));
}

/** Who a grant allows. @param now - seconds since 1970-01-01 UTC */
export function whoIsGranted(grant: Grant, mine: readonly Mine[], now: number): Admitted {
  const { where, iss: issuer, isAllowed, unlimited, isOfService, account, never } = grant;
  if (never !== undefined) return { where, issuer, reach: 'nobody', exact: true, unread: [], owners: [], why: never };
  if (unlimited) {
    const ours = ownsIssuer(mine, issuer) ? ({ reach: 'only mine', owners: [] } as const) : {};
    return { where, issuer, exact: false, unread: [], ...unlimited, ...ours };
  }
  const { own, all } = account === undefined ? { own: nobody, all: mine } : oursWith(mine, account);
  const place = { where, issuer, isOurs: ownsIssuer(mine, issuer) };
  const ask = (ours: readonly Mine[], allow = grant.allow) =>
    admitted({ ...grant, allow, mine: ours, now }, place, isAllowed);
  const found = withOwnAccountTold(ask(all), account);
  const isOwn = found.reach === 'only mine' && !place.isOurs && isOfOwnAlone(mine, { own, all }, ask);
  if (!isOfService) return isOwn ? { ...found, isOfAccount: true } : found;
  const isLimited = account !== undefined && grant.allow.length + grant.deny.length > 0;
  const inOwn = isLimited ? ask(nobody, [...grant.allow, actsFor(account)]) : found;
  const served = forWhom(found, inOwn.reach !== 'nobody');
  return isOwn ? { ...served, isOfService: true } : served;
}

const nobody: readonly Mine[] = [];

interface Ours {
  /** The role's account. */
  readonly own: readonly Mine[];
  /** With who was named; the same list where the account is one of those. */
  readonly all: readonly Mine[];
}

const ofLastAccount = new WeakMap<readonly Mine[], Ours>();

/** The same lists for roles of one account, which stand together: answers are remembered by who is ours. */
function oursWith(mine: readonly Mine[], account: string): Ours {
  const known = ofLastAccount.get(mine);
  if (known?.own[0]?.name === account) return known;
  const own: readonly Mine[] = [{ kind: 'account', name: account }];
  const isNamed = mine.some(({ kind, name }) => kind === 'account' && name === account);
  const made = { own, all: isNamed ? mine : [...mine, ...own] };
  ofLastAccount.set(mine, made);
  return made;
}

/** Of what is only ours, whether it is so by the role's own account, without anybody who was named. */
function isOfOwnAlone(mine: readonly Mine[], { own, all }: Ours, ask: (ours: readonly Mine[]) => Admitted): boolean {
  return own.length > 0 && all !== mine && (mine.length === 0 || ask(own).reach === 'only mine');
}

/** With words in the place of a number that stands for an account of which only a deployment knows the number. */
function withOwnAccountTold(found: Admitted, account: string | undefined): Admitted {
  if (account !== ownAccount || !found.witness) return found;
  const told = (_: string, value: unknown) =>
    typeof value === 'string' ? value.replace(ofOwnAccount, `⟨${accountOfRole}⟩`) : value;
  return { ...found, witness: JSON.parse(JSON.stringify(found.witness, told)) };
}

const ofOwnAccount = new RegExp(`(?<![^:])${ownAccount}(?![^:])`);

/**
 * All ways in of a role's trust policy.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @param account - the role's, where it is known: it is no other, and services act for it
 */
export function grantsOfPolicy(policy: TrustPolicy, now: number, account?: string): readonly Grant[] {
  const allows = policy.statements.flatMap((statement, index) => {
    if (statement.effect !== 'Allow') return [];
    const providers = statement.federated.filter((one) => actionsOf(one).some((action) => concerns(statement, action)));
    const ofRole = concerns(statement, 'sts:assumerole');
    const [aws, services] = ofRole ? [statement.aws, statement.services] : [[], []];
    return { statement, where: `Statement[${index}]`, providers, principals: principalsTogether(aws), services };
  });
  const questions = allows.reduce(
    (all, one) => all + one.providers.length + one.principals.length + one.services.length,
    0,
  );
  const common = { policy, now, account, most: shareOf(questions), denials: denialsIn(policy) };
  return allows.flatMap(({ statement, where, providers, principals, services }) => {
    const of = { ...common, where };
    return [
      ...providers.map((provider) => byProvider(statement, provider, of)),
      ...principals.map((aws) => byAws({ ...statement, aws }, of)),
      ...services.map((service) => byService(statement, service, of)),
    ];
  });
}

/** How somebody whom a provider vouches for is allowed. */
const actionsOf = (provider: string) =>
  provider === '*' ? [webIdentity, saml] : [provider.includes(':saml-provider/') ? saml : webIdentity];

/** What each of some credentials grants. */
export function grantsOfCredentials(credentials: readonly AnyFederatedCredential[]): readonly Grant[] {
  const most = shareOf(credentials.length);
  return credentials.map((credential) => {
    const allow = credentialConditions(credential);
    const never = whyNeverAllows(credential);
    return {
      most,
      where: credential.name,
      iss: credential.issuer,
      scope: {
        claimsOf: (claim: string) => [claim],
        isOfRequest: () => false,
        constants: new Map(),
        knowsVariables: false,
      },
      shapes: tokenShapesOf(
        credential.issuer,
        credential.subject,
        askedBy(allow ?? [], (claim) => [claim]),
      ),
      allow: allow ?? [],
      // One that Entra does not take says nothing that could be met.
      deny: allow ? [] : [[]],
      never,
      isAllowed: ({ claims }, now) => credentialsVerdict(credentials, claims, { now, isWhole: true }).allowed === true,
    };
  });
}

interface Of {
  readonly policy: TrustPolicy;
  readonly now: number;
  readonly where: string;
  readonly account: string | undefined;
  readonly most: number;
  readonly denials: Denials;
}

function byProvider(
  statement: Statement,
  provider: string,
  { policy, now, where, most, denials: denialsOf }: Of,
): Grant {
  const iss = issuerOfProvider(provider) ?? provider;
  const subject = statement.conditions.find(({ key }) => key.toLowerCase().endsWith(':sub'))?.values[0];
  const actions = actionsOf(provider);
  const denials = denialsOf(actions);
  const claims = claimsByKey(iss);
  const all = [statement, ...denials].map(({ conditions }) => conditions);
  // What is given up asks of nothing in particular.
  const asked = costOf(all) > most ? undefined : askedBy(all.flat(), (key) => claims.get(key));
  const shapes = tokenShapesOf(iss, subject, asked);
  const fault = iss === provider ? undefined : issuerFault(iss);
  const never = fault?.isCertain ? `The provider is ${conditionPrefix(iss)}. ${fault.why}` : undefined;
  const ofProvider = denials.filter((one) => concernsProvider(one, provider));
  // A name with a wildcard IAM takes nowhere.
  const isAny = hasWildcard(iss);
  return {
    where,
    iss,
    provider,
    scope: scopeOfProvider({ iss, provider, shapes }, policy, now),
    shapes,
    allow: statement.conditions,
    deny: ofProvider.map((one) => [...one.conditions, ...[unsurePrincipal(one, provider) ?? []].flat()]),
    denials: placesOf(ofProvider),
    most,
    never,
    isAllowed: ({ claims, request }, now) =>
      policyVerdict(policy, claims, { now, isWhole: true, provider }, request).allowed === true,
    // Any provider, and whoever has guests; or one of SAML, of whose assertions nothing is known here.
    ...(isAny ? { unlimited: { reach: 'anybody', owners: [] } as const } : {}),
    ...(iss === provider && !isAny ? { unlimited: { reach: 'named others', owners: [provider] } as const } : {}),
  };
}

function byAws(statement: Statement, { policy, where, account, most, denials: denialsOf }: Of): Grant {
  const denials = denialsOf(['sts:assumerole']);
  return {
    where,
    iss: 'AWS',
    account,
    scope: scopeByKeys(isKeyOfAccount, policy),
    shapes: accountShapes,
    allow: [...statement.conditions, ...principalConditions(statement)],
    deny: denials.map((one) => [...one.conditions, ...principalConditions(one)]),
    denials: placesOf(denials),
    most,
    never: whyNobodyIs(statement.aws, account !== undefined && account !== ownAccount),
    isAllowed: assumes(policy, roleOf),
  };
}

function byService(
  statement: Statement,
  service: string,
  { policy, where, account, most, denials: denialsOf }: Of,
): Grant {
  const denials = denialsOf(['sts:assumerole']).filter((one) => concernsService(one, service));
  return {
    where,
    iss: service,
    scope: scopeByKeys(isKeyOfService, policy),
    shapes: serviceShapes,
    allow: statement.conditions,
    deny: denials.map(({ conditions }) => conditions),
    denials: placesOf(denials),
    most,
    isAllowed: assumes(policy, () => ({ service })),
    ...(isService(service)
      ? { isOfService: true, account }
      : { unlimited: { reach: 'named others', owners: [service] } as const }),
  };
}

type Context = Readonly<Record<string, string>>;

function assumes(
  policy: TrustPolicy,
  principalOf: (context: Context) => TrustRequest['principal'],
): Grant['isAllowed'] {
  return ({ claims, request }) => {
    const context = { ...claims, ...request } as Context;
    const asked = { principal: principalOf(context), action: 'sts:AssumeRole', context };
    return evaluateTrustPolicy(policy, asked).allowed;
  };
}

/** What conditions ask about tokens. */
function askedBy(conditions: readonly Condition[], claimsOf: Scope['claimsOf']): Asked {
  const all = conditions.map(({ key, values }) => ({ claims: claimsOf(key.toLowerCase()) ?? [], values }));
  return {
    subjects: all.flatMap(({ claims, values }) => (claims.includes('sub') ? values : [])),
    tested: all.flatMap(({ claims }) => claims).filter((claim) => claim !== 'sub'),
  };
}

/** A statement that denies, and where it stands. */
interface Denial extends Statement {
  readonly where: string;
}

/** The denials of one of some actions. */
type Denials = (actions: readonly string[]) => readonly Denial[];

function denialsIn({ statements }: TrustPolicy): Denials {
  const all = statements.flatMap((one, index) =>
    one.effect === 'Deny' ? { ...one, where: `Statement[${index}]` } : [],
  );
  const known = new Map<string, readonly Denial[]>();
  return (actions) => {
    const key = actions.join();
    const denials = known.get(key) ?? all.filter((one) => actions.some((action) => concerns(one, action)));
    known.set(key, denials);
    return denials;
  };
}

const placesOf = (some: readonly Denial[]) => some.map(({ where }) => where);

function concernsService({ aws, services, notPrincipal }: Statement, service: string): boolean {
  return (aws.includes('*') || services.includes(service)) !== notPrincipal;
}
