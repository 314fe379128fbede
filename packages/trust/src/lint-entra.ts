import { azureDevOps, entraAudience, isRetired, issuers } from '@fedbridge/issuers';
import { credentialFaults } from './credential-faults.ts';
import { credentialLimits } from './credential-form.ts';
import {
  type AnyFederatedCredential,
  type FlexibleFederatedCredential,
  readFederatedCredential,
} from './federated-credential.ts';
import { type Finding, finding } from './finding.ts';
import { type ClaimTest, claimTestsOf } from './flexible-expression.ts';
import type { Constraint } from './lint-constraints.ts';
import { type HowSure, whyNoClaim, whyNoSubject } from './lint-never.ts';
import { atAnyTime, exampleSentence, reachesOf, type WidthRule, workOfDocument } from './lint-width.ts';
import type { RuleId } from './rules.ts';
import { grantsOfCredentials } from './who/who.ts';
import { contradictionIn, isMetByNobody } from './who/why-nobody.ts';
import { TooMuchWork, type WorkLeft } from './who/work.ts';
import { hasWildcard } from './wildcard.ts';

/**
 * What is wrong with the federated credentials of an application or managed identity, as `az` and Microsoft Graph list them.
 *
 * @param isMultiTenant - whether it is known to be of an application of several tenants, which is out of the retirement's scope
 */
export function lintFederatedCredentials(all: readonly unknown[], isMultiTenant = false): readonly Finding[] {
  const findings: Finding[] = [];
  if (all.length > credentialLimits.perIdentity)
    findings.push(finding('entra/too-many', 'list', `There are ${all.length}.`));
  const seen = new Map<string, string>();
  const work = workOfDocument();
  for (const [index, one] of all.entries()) {
    const credential = readFederatedCredential(one);
    if (!credential) {
      findings.push(finding('entra/malformed', `[${index}]`, 'Issuer, subject or audiences are missing.'));
      continue;
    }
    const { name, issuer } = credential;
    // Of a flexible credential what it says must be is all that has to be unique.
    const subject = credential.subject ?? credential.claimsMatchingExpression.value;
    const before = seen.get(`${issuer} ${subject}`);
    if (before !== undefined)
      findings.push(finding('entra/duplicate', name, `It is as "${before}": ${issuer}, ${subject}.`, ['subject']));
    seen.set(`${issuer} ${subject}`, name);
    findings.push(...credentialFindings(credential, work));
  }
  return isMultiTenant ? findings.filter(({ rule }) => rule !== 'retired-issuer') : findings;
}

function credentialFindings(credential: AnyFederatedCredential, work: WorkLeft): readonly Finding[] {
  const { name, issuer, audiences, subject, claimsMatchingExpression } = credential;
  const faults = credentialFaults(credential);
  const findings = faults.map(({ rule, why, isCertain, at }) =>
    // Of a wildcard it is plain what is meant by it.
    finding(isCertain || rule === 'entra/pattern' ? rule : 'hardly-matches', name, why, at),
  );
  const isTooLong = [issuer, subject ?? claimsMatchingExpression.value].some((one) => one.length > longest);
  if (claimsMatchingExpression) return isTooLong ? findings : [...findings, ...expressionFindings(credential, work)];
  // A pattern says of nobody's issuer which it is.
  if (isRetired(subject, audiences[0]) && (azureDevOps.is(issuer) || !hasWildcard(subject)))
    findings.push(finding('retired-issuer', name, `The subject is ${subject}.`, ['subject']));
  // Of what no token can have no more is to be said.
  const isNever = faults.some(
    ({ isCertain, at: [member] }) => isCertain && ['issuer', 'subject'].includes(`${member}`),
  );
  return isNever || isTooLong
    ? findings
    : [...findings, ...reachFindings(credential, [{ claim: 'sub', values: [subject] }], work)];
}

/** In letters: no issuer, subject or expression is as long. */
const longest = 4096;

/** Who is allowed beside those whom a credential names. */
function reachFindings(
  credential: AnyFederatedCredential,
  telling: readonly Constraint[],
  work: WorkLeft,
): readonly Finding[] {
  const { name, issuer } = credential;
  // Audiences that are wrong are told by themselves.
  const isWrong = credentialFaults(credential).some(({ at: [member] }) => member === 'audiences');
  const [grant] = grantsOfCredentials([isWrong ? { ...credential, audiences: [entraAudience.uri] } : credential]);
  if (!grant) return [];
  const subject = telling.find(({ claim }) => claim === 'sub')?.values[0] ?? '';
  const known = issuers.find((one) => one.is(issuer)) ?? issuers.find((one) => one.subjectParts(subject) !== undefined);
  const at = credential.claimsMatchingExpression ? ofExpression : ['subject'];
  const add = (rule: RuleId, message: string) => finding(rule, name, message, at);
  try {
    const reaches = reachesOf({ grant, issuer: known, telling, work, now: atAnyTime });
    const nobody = reaches.length === 0 ? contradictionIn(grant, { now: atAnyTime, work }) : undefined;
    if (nobody) return [finding('allows-nobody', name, nobody.why, at)];
    return reaches.flatMap(({ of, meant, width, pullRequest, byName }) => [
      ...(meant === undefined ? [] : [add('customized-subject', `${of} Is ${meant} meant?`)]),
      ...(byName ? [add('mutable-subject', of)] : []),
      ...(width ? [add(widthRules[width.of], `${of} ${exampleSentence(width.witness)}`)] : []),
      ...(pullRequest ? [add('pull-request', `${of} ${exampleSentence(pullRequest.witness, true)}`)] : []),
    ]);
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return [add('not-decided', `Of ${issuer}.`)];
  }
}

/** How far an expression reaches, and what of it no token has. */
function expressionFindings(credential: FlexibleFederatedCredential, work: WorkLeft): readonly Finding[] {
  const { name, issuer, claimsMatchingExpression } = credential;
  const { tests, problem } = claimTestsOf(claimsMatchingExpression, issuer);
  if (!tests) return [finding('entra/malformed', name, `Of its expression: ${problem}.`, ofExpression)];
  const [grant] = grantsOfCredentials([credential]);
  const findings = tests.flatMap((test, index) => {
    const condition = grant?.allow[index];
    if (whyNoTest(issuer, test, 'No') === undefined || !grant || !condition) return [];
    const [rule, how] = isMetByNobody(grant, condition, { now: atAnyTime, work })
      ? (['never-matches', 'No'] as const)
      : (['hardly-matches', 'Hardly any'] as const);
    return [finding(rule, name, whyNoTest(issuer, test, how) ?? '', ofExpression)];
  });
  if (findings.some(({ rule }) => rule === 'never-matches')) return findings;
  const constraints = tests.map(({ claim, comparand }) => ({ claim, values: [comparand] }));
  return [...findings, ...reachFindings(credential, constraints, work)];
}

const ofExpression = ['claimsMatchingExpression', 'value'];

function whyNoTest(issuer: string, { claim, operator, comparand }: ClaimTest, how: HowSure): string | undefined {
  if (operator === 'eq' && hasWildcard(comparand))
    return `${claim} is compared exactly with ${comparand}: eq has no wildcards.`;
  return claim === 'sub' ? whyNoSubject(issuer, comparand, how) : whyNoClaim(issuer, claim, comparand, how);
}

/** Widths by what an expression can say: it names no accounts and no workflows without their owner. */
const widthRules: Readonly<Record<WidthRule, RuleId>> = {
  'any-owner': 'entra/wildcard-owner',
  'any-caller': 'entra/wildcard-owner',
  'wildcard-owner': 'entra/wildcard-owner',
  'wildcard-workflow': 'entra/wildcard-owner',
  'wildcard-repository': 'entra/wildcard-repository',
  'whole-owner': 'entra/wildcard-repository',
  'whole-repository': 'entra/whole-repository',
  'wildcard-ref': 'entra/wildcard-ref',
  'any-branch': 'entra/any-branch',
  'open-name': 'entra/open-name',
  'wildcard-connection': 'entra/wildcard-ref',
  'wildcard-service-account': 'entra/wildcard-ref',
};
