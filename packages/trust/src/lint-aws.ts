import {
  azureDevOps,
  conditionPrefix,
  entra,
  gitHub,
  type Issuer,
  isRetired,
  loginPrincipal,
} from '@fedbridge/issuers';
import { operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import type { JsonPath } from './json.ts';
import { actionFindings } from './lint-actions.ts';
import { audienceFindings } from './lint-audience.ts';
import { type Constraint, demandsOf, pathOfCondition } from './lint-constraints.ts';
import { allowsNobodyOf, keyFindings } from './lint-keys.ts';
import { loginFindings } from './lint-login.ts';
import { issuerFault } from './lint-never.ts';
import { expiredDenials, nobodyFindings } from './lint-nobody.ts';
import { operatorFindings } from './lint-operators.ts';
import {
  accountFindings,
  anyPrincipal,
  partitionFindings,
  partitionOf,
  serviceFindings,
  wildcardFindings,
} from './lint-principals.ts';
import { claimOfKey, concerns, type Provider, providersOf } from './lint-provider.ts';
import {
  type Asking,
  atAnyTime,
  type Extent,
  exampleSentence,
  reachesOf,
  relatives,
  workOfDocument,
} from './lint-width.ts';
import { MalformedPolicyError } from './malformed-policy.ts';
import { parseTrustPolicy, type Statement, type TrustPolicy } from './policy.ts';
import type { RuleId } from './rules.ts';
import { type Grant, grantsOfPolicy } from './who/who.ts';
import { isMetByNobody } from './who/why-nobody.ts';
import { isTooLarge, TooMuchWork, type WorkLeft } from './who/work.ts';
import { hasWildcard } from './wildcard.ts';

const webIdentity = 'sts:assumerolewithwebidentity';

/**
 * What is wrong with a role's trust policy: who is allowed is decided as `whoAssumes` does, all else by how it is written.
 *
 * @param now - seconds since 1970-01-01 UTC, from when on it counts who is allowed; without it whoever is at any time
 */
export function lintTrustPolicy(document: unknown, now: number = atAnyTime): readonly Finding[] {
  try {
    const policy = parseTrustPolicy(document);
    const linted: Linted = { policy, grants: grantsOfPolicy(policy, now), work: workOfDocument(), now };
    const tooLarge = new Set(linted.grants.filter(isTooLarge).map(({ where }) => where));
    const decided = { ...linted, grants: linted.grants.filter(({ where }) => !tooLarge.has(where)) };
    const found = policy.statements.flatMap((statement, index) => {
      const where = `Statement[${index}]`;
      return tooLarge.has(where) ? [notDecided(where)] : lintStatement(statement, decided, where);
    });
    const all = [...found, ...documentFindings(policy)];
    return all.filter((one, index) => all.findIndex((other) => isSame(one, other)) === index);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    return [finding('aws/malformed', whereOf(error), `In this document ${error.message}.`)];
  }
}

/** Of a statement of which it would take too long to look at all that is said of somebody; the others are looked at. */
const notDecided = (where: string) =>
  finding('not-decided', where, 'Of so many principals, conditions and denials together.');

function whereOf({ path: [first, ...more] }: MalformedPolicyError): string {
  if (first !== 'Statement' || more.length === 0) return String(first ?? 'Statement');
  return `Statement[${typeof more[0] === 'number' ? more[0] : 0}]`;
}

const isSame = (one: Finding, other: Finding) =>
  one.rule === other.rule && one.where === other.where && one.message === other.message;

/** Whether a statement is about web identities of OIDC providers, or of login services. */
function isOurs(statement: Statement): boolean {
  const { federated, aws } = statement;
  const names = federated.includes('*') || aws.includes('*') || providersOf(statement).length > 0;
  return concerns(statement, webIdentity) && names;
}

function documentFindings({ version, statements }: TrustPolicy): readonly Finding[] {
  const own = statements
    .map((statement, index) => ({ statement, where: `Statement[${index}]` }))
    .filter(({ statement }) => statement.effect === 'Allow' && isOurs(statement));
  const partitions = new Set(own.flatMap(({ statement }) => statement.federated.map(partitionOf)).filter(Boolean));
  const message = `The policy has ARNs of ${[...partitions].join(' and ')}.`;
  const mixed = partitions.size > 1 ? own.map(({ where }) => finding('aws/wrong-partition', where, message)) : [];
  if (own.length === 0 || version === '2012-10-17') return mixed;
  return [...mixed, finding('aws/old-version', 'Version', `Version is ${version ?? 'missing'}.`)];
}

interface Linted {
  readonly policy: TrustPolicy;
  readonly grants: readonly Grant[];
  readonly work: WorkLeft;
  readonly now: number;
}

function lintStatement(statement: Statement, linted: Linted, where: string): readonly Finding[] {
  const grants = linted.grants.filter((one) => one.where === where);
  const { now } = linted;
  const accounts = [
    ...actionFindings(statement, linted.policy.statements, where),
    ...wildcardFindings(statement, where),
    ...serviceFindings(statement, where),
    ...accountFindings(statement, grantOf(linted, where, 'AWS'), where, now),
    ...grants.flatMap((one) => (isOfAws(one) && isLimited(statement, one) ? nobodyFindings(one, where, linted) : [])),
    ...expiredDenials(statement, linted.grants, where, linted),
  ];
  if (!isOurs(statement)) return accounts;
  const named = providersOf(statement);
  const knowsVariables = linted.policy.version === '2012-10-17';
  // Of a provider whose name is wrong the rest is read when it is right.
  const own = named.filter(({ iss, isLogin }) => isLogin || !issuerFault(iss)?.isCertain);
  if (statement.effect === 'Deny') {
    const denied = own.length > 0 ? own : linted.policy.statements.flatMap(providersOf);
    return [...accounts, ...keyFindings(statement, { providers: denied, knowsVariables }, where)];
  }
  const anybody = [...statement.federated, ...statement.aws].includes('*');
  return [
    ...accounts,
    ...(anybody ? [finding('aws/wildcard-principal', where, anyPrincipal(statement), ['Principal'])] : []),
    ...statement.conditions.flatMap((condition) =>
      operatorFindings(condition, statement, { grants, work: linted.work }, where),
    ),
    ...keyFindings(statement, { providers: own, knowsVariables }, where),
    ...named.flatMap((provider) => providerFindings(statement, provider, linted, where)),
    ...partitionFindings(statement, own, where),
  ];
}

function providerFindings(statement: Statement, provider: Provider, linted: Linted, where: string): Finding[] {
  const { iss, isLogin } = provider;
  const findings: Finding[] = [];
  const add = (rule: RuleId, message: string, at?: JsonPath) => findings.push(finding(rule, where, message, at));
  const name = conditionPrefix(iss);
  if (hasWildcard(name)) return findings;
  const fault = isLogin ? undefined : issuerFault(iss);
  if (fault) add(fault.isCertain ? fault.rule : 'hardly-matches', `The provider is ${name}. ${fault.why}`, ofPrincipal);
  if (fault?.isCertain) return findings;
  if (!isLogin && loginPrincipal(iss)) add('aws/built-in-provider', `The provider is an ARN of ${name}.`, ofPrincipal);
  if (allowsNobodyOf(statement, provider)) return findings;
  const grant = grantOf(linted, where, iss);
  const demands = demandsOf({
    ...{ statement, provider, where, knowsVariables: linted.policy.version === '2012-10-17' },
    isMetByNobody: (condition) =>
      grant !== undefined && isMetByNobody(grant, condition, { now: atAnyTime, work: linted.work }),
  });
  findings.push(...demands.findings);
  if (demands.never) return findings;
  if (isLogin) {
    const nobody = nobodyFindings(grant, where, linted);
    if (nobody.length > 0 || !grant) return [...findings, ...nobody];
    return [...findings, ...loginFindings(statement, provider, { grant, now: linted.now }, where)];
  }
  const telling = demands.constraints.filter(({ claim }) => tells(provider, claim));
  const unscoped = telling.length === 0 ? undefined : unscopedClaim(provider, telling);
  if (unscoped !== undefined) add('aws/required-claim', unscoped);
  const { now } = linted;
  return [
    ...findings,
    ...(grant ? audienceFindings(statement, provider, { demands, grant, now }, where) : []),
    ...(grant ? reachFindings(statement, provider, { grant, telling, work: linted.work, now }, where) : []),
  ];
}

/** Principals of AWS, and its services. */
const isOfAws = ({ provider, unlimited }: Grant) => provider === undefined && !unlimited;

const isLimited = ({ conditions }: Statement, { deny }: Grant) => conditions.length + deny.length > 0;

const ofPrincipal: JsonPath = ['Principal', 'Federated'];

const grantOf = ({ grants }: Linted, where: string, iss: string) =>
  grants.find((one) => one.where === where && one.iss === iss);

/** Who is allowed beside those whom a statement names. */
function reachFindings(
  statement: Statement,
  { iss, issuer }: Provider,
  asked: Omit<Asking, 'issuer'>,
  where: string,
): readonly Finding[] {
  const audiences = statement.conditions
    .filter(({ key }) => claimOfKey(key, iss) === 'aud')
    .flatMap(({ values }) => values);
  try {
    const reaches = reachesOf({ ...asked, issuer });
    if (reaches.length === 0) return nobodyFindings(asked.grant, where, asked);
    return reaches.flatMap((reach) => {
      const isOfNobody = asked.telling.length === 0 && reach.width !== undefined && !relatives.includes(reach.width.of);
      const rules = isOfNobody
        ? [nobodyNamed(statement, { iss, issuer }, reach)]
        : reachRules(reach, issuer, audiences);
      const at = reach.condition ? pathOfCondition(reach.condition, reach.value) : undefined;
      return rules.map(([rule, message]) => finding(rule, where, message, at));
    });
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return [finding('not-decided', where, `Of ${conditionPrefix(iss)}.`)];
  }
}

/** Whether IAM takes a value for the evaluation of a claim that it asks for: of GitHub's it looks at how it begins. */
const isScoped = (issuer: Issuer | undefined, value: string) =>
  issuer === gitHub ? !value.startsWith('*') : value !== '*';

/** What a statement does not say of the claims that IAM asks for; undefined where it says enough. */
function unscopedClaim({ iss, issuer }: Provider, telling: readonly Constraint[]): string | undefined {
  const required = issuer?.requiredByAws(iss) ?? [];
  const said = telling.filter(({ claim }) => required.includes(claim));
  if (required.length === 0 || said.some(({ values }) => values.every((value) => isScoped(issuer, value))))
    return undefined;
  const open = said.flatMap(({ values }) => values).find((value) => value.startsWith('*'));
  return open === undefined
    ? `Nothing is said of ${required.join(' or ')}.`
    : `Of ${required.join(' or ')} no more is said than ${open}.`;
}

/** Whether a claim says who asks: its subject, or what stands in its place where a subject was customized. */
function tells({ issuer }: Provider, claim: string): boolean {
  return (
    claim === 'sub' || claim === 'job_workflow_ref' || issuer?.ownerClaims.some((one) => one.claim === claim) === true
  );
}

/** A rule, and what is said of it. */
type Said = readonly [rule: RuleId, message: string];

function nobodyNamed(
  { conditions }: Statement,
  { iss, issuer }: Pick<Provider, 'iss' | 'issuer'>,
  { width }: Extent,
): Said {
  const excluded = conditions.filter(
    ({ key, operator }) => claimOfKey(key, iss) === 'sub' && operatorOf(operator).negated,
  );
  const values = excluded.flatMap((one) => one.values);
  const example = ` ${exampleSentence(width?.witness)}`;
  if (values.length > 0) return ['aws/negated-sub', `The subject must only not be ${values.join(' or ')}.${example}`];
  return [issuer === entra ? 'aws/entra-issuer-no-sub' : 'aws/no-sub', `Nothing is said of the subject.${example}`];
}

function reachRules(reach: Extent, issuer: Issuer | undefined, audiences: readonly string[]): readonly Said[] {
  const { of, subject, meant, width, pullRequest, byName } = reach;
  const isOfConnections = (audience: string | undefined) => subject !== undefined && isRetired(subject, audience);
  const isRetiredThere = issuer === azureDevOps && [audiences[0], ...audiences].every(isOfConnections);
  return [
    ...(meant === undefined ? [] : ([['customized-subject', `${of} Is ${meant} meant?`]] as const)),
    ...(byName ? ([['mutable-subject', of]] as const) : []),
    ...(isRetiredThere ? ([['retired-issuer', of]] as const) : []),
    ...(width ? ([[`aws/${width.of}`, `${of} ${exampleSentence(width.witness)}`]] as const) : []),
    ...(pullRequest ? ([['pull-request', `${of} ${exampleSentence(pullRequest.witness, true)}`]] as const) : []),
  ];
}
