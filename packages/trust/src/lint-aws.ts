import { matchesPattern } from '@fedbridge/core';
import {
  awsAudience,
  azureDevOps,
  conditionPrefix,
  entra,
  entraIssuer,
  gitHubSubjectParts,
  isAwsAudience,
  issuers,
  kubernetes,
} from '@fedbridge/issuers';
import { holds, operatorOf } from './condition.ts';
import { type Finding, finding, type RuleId } from './finding.ts';
import { isTrailingSlash, subjectFindings } from './lint-subject.ts';
import { type Condition, MalformedPolicyError, parseTrustPolicy, type Statement } from './policy.ts';

const action = 'sts:assumerolewithwebidentity';

/** What is wrong with a role's trust policy, as far as web identities go. */
export function lintTrustPolicy(document: unknown): readonly Finding[] {
  try {
    const { version, statements } = parseTrustPolicy(document);
    const denials = statements.filter(({ effect }) => effect === 'Deny');
    const found = statements.flatMap((statement, index) => lintStatement(statement, denials, `Statement[${index}]`));
    const own = statements.map((statement, index) => ({ statement, index })).filter((one) => isOurs(one.statement));
    const partitions = new Set(own.flatMap(({ statement }) => statement.federated.map(partitionOf)).filter(Boolean));
    if (partitions.size > 1) {
      const message = `The policy has ARNs of ${[...partitions].join(' and ')}.`;
      found.push(...own.map(({ index }) => finding('aws/wrong-partition', `Statement[${index}]`, message)));
    }
    if (own.length > 0 && version !== '2012-10-17') {
      found.push(finding('aws/old-version', 'Version', `Version is ${version ?? 'missing'}.`));
    }
    return found;
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    return [finding('aws/malformed', whereOf(error), `In this document ${error.message}.`)];
  }
}

function whereOf({ path: [first, ...more] }: MalformedPolicyError): string {
  if (first !== 'Statement' || more.length === 0) return String(first ?? 'Statement');
  return `Statement[${typeof more[0] === 'number' ? more[0] : 0}]`;
}

/** Whether a statement lets web identities in. */
function isOurs({ effect, federated, aws, actions, notAction }: Statement): boolean {
  const concerns = actions.some((pattern) => matchesPattern(action, pattern.toLowerCase())) !== notAction;
  const names = aws.includes('*') || federated.some((arn) => arn === '*' || arn.includes(':oidc-provider/'));
  return effect === 'Allow' && concerns && names;
}

function lintStatement(statement: Statement, denials: readonly Statement[], where: string): Finding[] {
  if (!isOurs(statement)) return [];
  const { federated, aws, conditions } = statement;
  const findings: Finding[] = [];
  const add = (rule: RuleId, message: string) => findings.push(finding(rule, where, message));
  if (federated.includes('*') || aws.includes('*')) add('aws/wildcard-principal', 'The principal is *.');
  for (const issuer of federated.filter((arn) => arn !== '*').map(issuerOf)) {
    if (isTrailingSlash(issuer)) add('issuer-trailing-slash', `The provider is ${conditionPrefix(issuer)}.`);
  }
  const subjects = ofClaim(conditions, 'sub');
  if (ofClaim(conditions, 'aud').filter(restricts).length === 0) add('aws/no-aud', 'Nothing is said of the audience.');
  // A subject may be customized away; its place is taken by claims that name the repository or the workflow.
  const instead = ['repository', 'repository_id', 'job_workflow_ref'].flatMap((claim) => ofClaim(conditions, claim));
  if ([...subjects, ...instead].filter(restricts).length === 0) {
    const excluded = subjects.filter(({ operator }) => operatorOf(operator).negated).flatMap(({ values }) => values);
    const isEntra = federated.some((arn) => entraIssuer(issuerOf(arn)) !== undefined);
    if (excluded.length > 0) add('aws/negated-sub', `The subject must only not be ${excluded.join(' or ')}.`);
    else add(isEntra ? 'aws/entra-issuer-no-sub' : 'aws/no-sub', 'Nothing is said of the subject.');
  }
  for (const condition of conditions) findings.push(...lintCondition(condition, conditions, where));
  for (const { operator, key, values } of subjects.filter(restricts)) {
    const isPattern = operatorOf(operator).name === 'StringLike';
    for (const value of values) {
      for (const rule of subjectRules(value, isPattern)) {
        if (rule === 'pull-request' && denials.some((denial) => deniesPullRequests(denial, key, value))) continue;
        add(rule, `The subject is ${value}.`);
      }
    }
  }
  const isChina = federated.some((arn) => partitionOf(arn) === 'aws-cn');
  for (const audience of ofClaim(conditions, 'aud').flatMap(({ values }) => values)) {
    const isOfOther = isAwsAudience(audience) && audience !== awsAudience(isChina ? 'aws-cn' : 'aws');
    if (isOfOther) add('aws/wrong-partition', `The audience is ${audience}.`);
  }
  return findings;
}

function lintCondition({ operator, key, values }: Condition, all: readonly Condition[], where: string): Finding[] {
  const { set, name, ifExists } = operatorOf(operator);
  const isChecked = all.some(
    (other) =>
      other.operator === 'Null' && other.key.toLowerCase() === key.toLowerCase() && other.values.includes('false'),
  );
  const isAllValues = set === 'ForAllValues';
  const hasNoWildcard = name === 'StringLike' && values.every((value) => !hasWildcard(value));
  return [
    ...(isAllValues && !isChecked ? [finding('aws/for-all-values', where, `${operator} on ${key}.`)] : []),
    ...(ifExists && !isChecked ? [finding('aws/if-exists', where, `${operator} on ${key}.`)] : []),
    ...(hasNoWildcard ? [finding('aws/string-like', where, `${operator} on ${key} has no wildcard.`)] : []),
  ];
}

/** What is to be said of one value of a subject. */
function subjectRules(value: string, isPattern: boolean): readonly RuleId[] {
  const found = subjectFindings(value, undefined);
  if (!hasWildcard(value)) return found;
  if (!isPattern) return [...found, 'aws/literal-wildcard'];
  const wide = wildcardRule(value);
  if (wide === 'aws/wildcard-owner' || wide === 'aws/wildcard-repository') {
    // What lets in strangers is not also told to let in relatives.
    return [...found.filter((rule) => rule === 'retired-issuer'), wide];
  }
  const kind = gitHubSubjectParts(value)?.job;
  const isPullRequest = kind !== undefined && matchesPattern('pull_request', kind);
  return [...found, ...(wide ? [wide] : []), ...(isPullRequest ? (['pull-request'] as const) : [])];
}

/** How far the wildcards of a subject reach; undefined where they stay in names of branches, tags or environments. */
function wildcardRule(value: string): RuleId | undefined {
  const issuer = issuers.find((one) => one.subjectParts(value));
  const { owner, project, job } = issuer?.subjectParts(value) ?? {};
  if (!issuer) return /^[^:/]*[*?]/.test(value) ? 'aws/wildcard-owner' : undefined;
  if (issuer === kubernetes) return 'aws/wildcard-service-account';
  if (owner !== undefined && hasWildcard(owner)) return 'aws/wildcard-owner';
  if (project === undefined || job === undefined || hasWildcard(project)) return 'aws/wildcard-repository';
  if (issuer === azureDevOps || issuer === entra) return 'aws/wildcard-connection';
  return job === '*' ? 'aws/wildcard-ref' : undefined;
}

/** Whether a denial keeps the pull requests of a subject's repository out. */
function deniesPullRequests({ conditions }: Statement, key: string, value: string): boolean {
  const { owner, project } = gitHubSubjectParts(value) ?? {};
  const context = new Map([[key.toLowerCase(), [`repo:${owner}/${project}:pull_request`]]]);
  return conditions.length > 0 && conditions.every((condition) => holds(condition, context));
}

function ofClaim(conditions: readonly Condition[], claim: string): readonly Condition[] {
  return conditions.filter(({ key }) => key.toLowerCase().endsWith(`:${claim}`));
}

const restricts = ({ operator }: Condition) => operator !== 'Null' && !operatorOf(operator).negated;
const hasWildcard = (text: string) => /[*?]/.test(text);
const partitionOf = (arn: string) => /^arn:([\w-]+):iam::/.exec(arn)?.[1] ?? '';
function issuerOf(arn: string): string {
  const [, name = ''] = arn.split(':oidc-provider/');
  return name && `https://${name}`;
}
