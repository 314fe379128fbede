import { awsAudience, conditionPrefix, entra, gitHub, type Issuer, isAwsAudience, isRetired } from '@fedbridge/issuers';
import { operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import { demandsOf, saysWhich } from './lint-constraints.ts';
import { allowsNobodyOf, keyFindings } from './lint-keys.ts';
import { loginFindings } from './lint-login.ts';
import { issuerFault } from './lint-never.ts';
import { type Constraint, hasWildcard } from './lint-pins.ts';
import { claimOfKey, concerns, isChecked, type Provider, providersOf } from './lint-provider.ts';
import { keepsPullRequestsOut } from './lint-pull-request.ts';
import { type Reach, reachOf, type Width } from './lint-width.ts';
import { MalformedPolicyError } from './malformed-policy.ts';
import { type Condition, parseTrustPolicy, type Statement, type TrustPolicy } from './policy.ts';
import type { RuleId } from './rules.ts';

const webIdentity = 'sts:assumerolewithwebidentity';

/** What is wrong with a role's trust policy, as far as spelling tells. */
export function lintTrustPolicy(document: unknown): readonly Finding[] {
  try {
    const policy = parseTrustPolicy(document);
    const found = policy.statements.flatMap((statement, index) =>
      lintStatement(statement, policy, `Statement[${index}]`),
    );
    const all = [...found, ...documentFindings(policy)];
    return all.filter((one, index) => all.findIndex((other) => isSame(one, other)) === index);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    return [finding('aws/malformed', whereOf(error), `In this document ${error.message}.`)];
  }
}

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

function lintStatement(statement: Statement, policy: TrustPolicy, where: string): readonly Finding[] {
  const accounts = accountFindings(statement, where);
  if (!isOurs(statement)) return [...accounts, ...actionFindings(statement, where)];
  const named = providersOf(statement);
  // Of a provider whose name is wrong the rest is read when it is right.
  const own = named.filter(({ iss, isLogin }) => isLogin || issuerFault(iss) === undefined);
  if (statement.effect === 'Deny') {
    const denied = own.length > 0 ? own : policy.statements.flatMap(providersOf);
    return [...accounts, ...keyFindings(statement, denied, where)];
  }
  const anybody = [...statement.federated, ...statement.aws].includes('*');
  return [
    ...accounts,
    ...(anybody ? [finding('aws/wildcard-principal', where, 'The principal is *.')] : []),
    ...statement.conditions.flatMap((condition) => operatorFindings(condition, statement.conditions, where)),
    ...keyFindings(statement, own, where),
    ...named.flatMap((provider) => providerFindings(statement, provider, policy, where)),
    ...partitionFindings(statement, own, where),
  ];
}

function providerFindings(statement: Statement, provider: Provider, policy: TrustPolicy, where: string): Finding[] {
  const { iss, issuer, isLogin } = provider;
  const findings: Finding[] = [];
  const add = (rule: RuleId, message: string) => findings.push(finding(rule, where, message));
  const name = conditionPrefix(iss);
  if (hasWildcard(name))
    return [finding('aws/malformed', where, `The provider is ${name}: IAM takes no wildcard in it.`)];
  if (!isLogin) {
    const fault = issuerFault(iss);
    if (fault) {
      add(fault.rule, `The provider is ${name}. ${fault.why}`);
      return findings;
    }
  }
  if (allowsNobodyOf(statement, provider)) return findings;
  const demands = demandsOf(statement, provider, where, policy.version === '2012-10-17');
  findings.push(...demands.findings);
  if (demands.never) return findings;
  if (isLogin) return [...findings, ...loginFindings(statement, provider, where)];
  if (demands.audience === 'unsaid') add('aws/no-aud', 'Nothing is said of the audience.');
  if (demands.audience === 'any') add('aws/no-aud', 'The audience may be anything.');
  const telling = demands.constraints.filter(({ claim }) => tells(provider, claim));
  if (telling.length === 0) return [...findings, nobodyNamed(statement, provider, where)];
  const required = issuer?.requiredByAws(iss) ?? [];
  if (
    required.length > 0 &&
    !telling.some((one) => required.includes(one.claim) && one.values.every((value) => isScoped(issuer, value)))
  )
    add('aws/required-claim', unscoped(required, telling));
  const audiences = statement.conditions
    .filter(({ key }) => claimOfKey(key, iss) === 'aud')
    .flatMap(({ values }) => values);
  for (const reach of reachOf(iss, issuer, demands.constraints)) {
    const isKeptOut = keepsPullRequestsOut(statement, policy.statements, provider, reach);
    for (const rule of reachRules(reach, audiences, isKeptOut)) add(rule, reach.of);
  }
  return findings;
}

/** Whether IAM takes a value for the evaluation of a claim that it asks for: of GitHub's it looks at how it begins. */
const isScoped = (issuer: Issuer | undefined, value: string) =>
  issuer === gitHub ? !value.startsWith('*') : value !== '*';

function unscoped(required: readonly string[], telling: readonly Constraint[]): string {
  const values = telling.filter(({ claim }) => required.includes(claim)).flatMap((one) => one.values);
  const open = values.find((value) => value.startsWith('*'));
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

function nobodyNamed({ conditions }: Statement, { iss, issuer }: Provider, where: string): Finding {
  const excluded = conditions.filter(
    ({ key, operator }) => claimOfKey(key, iss) === 'sub' && operatorOf(operator).negated,
  );
  const values = excluded.flatMap((one) => one.values);
  if (values.length > 0)
    return finding('aws/negated-sub', where, `The subject must only not be ${values.join(' or ')}.`);
  return finding(issuer === entra ? 'aws/entra-issuer-no-sub' : 'aws/no-sub', where, 'Nothing is said of the subject.');
}

/** Widths within one project. */
const relatives: readonly Width[] = [
  ...(['whole-repository', 'wildcard-ref', 'any-branch', 'open-name'] as const),
  ...(['wildcard-connection', 'wildcard-service-account'] as const),
];

function reachRules(reach: Reach, audiences: readonly string[], isKeptOut: boolean): readonly RuleId[] {
  const { subject, width, pullRequest, byName } = reach;
  // What allows strangers is not also told to allow relatives.
  const isStrange = width !== undefined && !relatives.includes(width);
  return [
    ...(byName && !isStrange ? (['mutable-subject'] as const) : []),
    ...(subject !== undefined && audiences.every((one) => isRetired(subject, one)) && isRetired(subject, audiences[0])
      ? (['retired-issuer'] as const)
      : []),
    ...(width ? [`aws/${width}` as const] : []),
    ...(pullRequest && !isStrange && !isKeptOut ? (['pull-request'] as const) : []),
  ];
}

/** Everybody's roles and users, in whatever account. */
function accountFindings(statement: Statement, where: string): readonly Finding[] {
  const { effect, aws, conditions } = statement;
  // In an Allow everybody is whoever signs in to AWS: it authorizes no web identity.
  if (effect === 'Deny' || !aws.includes('*') || !concerns(statement, 'sts:assumerole')) return [];
  const isNarrow = conditions.some(
    (one) => saysWhich(one) && /^(aws:principal|aws:source(account|arn|org)|aws:userid|sts:externalid)/i.test(one.key),
  );
  return isNarrow ? [] : [finding('aws/any-account', where, 'The principal is * for sts:AssumeRole.')];
}

/** An OIDC provider as the principal, with the action of AWS principals. */
function actionFindings(statement: Statement, where: string): readonly Finding[] {
  const { effect, aws, actions } = statement;
  if (effect === 'Deny' || aws.length > 0 || providersOf(statement).length === 0) return [];
  if (concerns(statement, webIdentity) || !concerns(statement, 'sts:assumerole')) return [];
  return [
    finding('aws/wrong-action', where, `The action is ${actions.join(', ')}. Nobody is allowed by this statement.`),
  ];
}

function operatorFindings(condition: Condition, all: readonly Condition[], where: string): readonly Finding[] {
  const { operator, key, values } = condition;
  const { set, name, ifExists } = operatorOf(operator);
  const isMissing = !isChecked(condition, all);
  const add = (rule: RuleId, message: string) => [finding(rule, where, message)];
  return [
    ...(set === 'ForAllValues' && isMissing ? add('aws/for-all-values', `${operator} on ${key}.`) : []),
    ...(ifExists && isMissing ? add('aws/if-exists', `${operator} on ${key}.`) : []),
    ...(name === 'StringLike' && !values.some((value) => /[*?]|\$\{/.test(value))
      ? add('aws/string-like', `${operator} on ${key} has no wildcard.`)
      : []),
  ];
}

function partitionFindings(
  { federated, conditions }: Statement,
  own: readonly Provider[],
  where: string,
): readonly Finding[] {
  const wanted = awsAudience(federated.some((arn) => partitionOf(arn) === 'aws-cn') ? 'aws-cn' : 'aws');
  const audiences = conditions
    .filter(({ key }) => own.some(({ iss }) => claimOfKey(key, iss) === 'aud'))
    .flatMap(({ values }) => values);
  return audiences
    .filter((audience) => isAwsAudience(audience) && audience !== wanted)
    .map((audience) => finding('aws/wrong-partition', where, `The audience is ${audience}.`));
}

const partitionOf = (arn: string) => /^arn:([\w-]+):iam::/.exec(arn)?.[1] ?? '';
