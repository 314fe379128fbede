import {
  azureDevOps,
  azureDevOpsApplication,
  azureDevOpsForm,
  entra,
  entraClouds,
  entraIssuer,
  isAwsAudience,
  isRetired,
  issuers,
  tokenExchange,
} from '@fedbridge/issuers';
import { credentialLimits, formFaults } from './credential-form.ts';
import {
  type AnyFederatedCredential,
  type FlexibleFederatedCredential,
  readFederatedCredential,
} from './federated-credential.ts';
import { type Finding, finding } from './finding.ts';
import { claimTestsOf } from './flexible-expression.ts';
import type { Constraint } from './lint-constraints.ts';
import { issuerFault, whyNoClaim, whyNoSubject } from './lint-never.ts';
import { exampleIn, reachesOf, type Width, type WorkLeft, workOfDocument } from './lint-width.ts';
import type { RuleId } from './rules.ts';
import { TooMuchWork } from './who/alphabet.ts';
import { grantsOfCredentials } from './who/who.ts';
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
      findings.push(finding('entra/duplicate', name, `It is as "${before}": ${issuer}, ${subject}.`));
    seen.set(`${issuer} ${subject}`, name);
    findings.push(...credentialFindings(credential, work));
  }
  return isMultiTenant ? findings.filter(({ rule }) => rule !== 'retired-issuer') : findings;
}

function credentialFindings(credential: AnyFederatedCredential, work: WorkLeft): readonly Finding[] {
  const { name, issuer, audiences } = credential;
  const findings: Finding[] = [];
  const add = (rule: RuleId, message: string) => findings.push(finding(rule, name, message));
  for (const fault of formFaults(credential)) add('entra/malformed', fault);
  const wrong = issuerFault(issuer);
  if (wrong && issuer.startsWith('https://')) add(wrong.rule, `The issuer is ${issuer}. ${wrong.why}`);
  if (audiences.length !== 1) add('entra/audiences', `It has ${audiences.length}.`);
  for (const audience of audiences) {
    const fault = audienceFault(issuer, audience);
    if (fault) add('entra/wrong-audience', `The audience is ${audience}. ${fault}`);
  }
  const { subject, claimsMatchingExpression } = credential;
  const isTooLong = [issuer, subject ?? claimsMatchingExpression.value].some((one) => one.length > longest);
  if (claimsMatchingExpression) return isTooLong ? findings : [...findings, ...expressionFindings(credential, work)];
  if (hasWildcard(subject)) add('entra/pattern', `The subject is ${subject}.`);
  else {
    const fault = subjectFault(issuer, subject);
    if (fault) return [...findings, finding('never-matches', name, fault)];
  }
  if (isRetired(subject, audiences[0])) add('retired-issuer', `The subject is ${subject}.`);
  // Of an issuer that nobody has, and of what no token can have, no more is to be said.
  return wrong || isTooLong
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
  const [grant] = grantsOfCredentials([credential]);
  if (!grant) return [];
  const subject = telling.find(({ claim }) => claim === 'sub')?.values[0] ?? '';
  const known = issuers.find((one) => one.is(issuer)) ?? issuers.find((one) => one.subjectParts(subject) !== undefined);
  const add = (rule: RuleId, message: string) => finding(rule, name, message);
  try {
    return reachesOf({ grant, issuer: known, telling, work }).flatMap(({ of, meant, width, pullRequest, byName }) => [
      ...(meant === undefined ? [] : [add('customized-subject', `${of} Is ${meant} meant?`)]),
      ...(byName ? [add('mutable-subject', of)] : []),
      ...(width ? [add(widthRules[width.of], `${of} ${exampleIn(width.witness)}`)] : []),
      ...(pullRequest ? [add('pull-request', `${of} ${exampleIn(pullRequest.witness, true)}`)] : []),
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
  if (!tests) return [finding('entra/malformed', name, `Of its expression: ${problem}.`)];
  const faults = tests.flatMap(({ claim, operator, comparand }) => {
    if (operator === 'eq' && hasWildcard(comparand))
      return `${claim} is compared exactly with ${comparand}: eq has no wildcards.`;
    return (claim === 'sub' ? whyNoSubject(issuer, comparand) : whyNoClaim(issuer, claim, comparand)) ?? [];
  });
  if (faults.length > 0) return faults.map((fault) => finding('never-matches', name, fault));
  const constraints = tests.map(({ claim, comparand }) => ({ claim, values: [comparand] }));
  return reachFindings(credential, constraints, work);
}

/** Widths by what an expression can say: it names no accounts and no workflows without their owner. */
const widthRules: Readonly<Record<Width, RuleId>> = {
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

function subjectFault(issuer: string, subject: string): string | undefined {
  if (subject === '') return undefined;
  if (azureDevOps.is(issuer) && azureDevOpsForm(subject) === 'pipeline')
    return `The subject is ${subject}: Entra takes tokens of service connections, sc://…, and none of a pipeline's own.`;
  return whyNoSubject(issuer, subject);
}

function audienceFault(issuer: string, audience: string): string | undefined {
  const all: readonly (string | undefined)[] = Object.values(entraClouds).map((cloud) => cloud.tokenExchange);
  const cloud = entraIssuer(issuer)?.cloud;
  if (all.includes(audience)) {
    const own = cloud?.tokenExchange ?? audience;
    return own === audience ? undefined : `The cloud of ${issuer} has ${own}.`;
  }
  const plain = audience.trim().replace(/\/$/, '').toLowerCase();
  const meant = all.find((one) => one?.toLowerCase() === plain);
  if (meant !== undefined) return `It is compared exactly: ${meant} is meant.`;
  if (audience === tokenExchange.clientId)
    return `That is the aud of the token; the credential has ${tokenExchange.uri}, and with the id Entra answers AADSTS700214.`;
  if (audience === azureDevOpsApplication)
    return 'That is Azure DevOps itself, the azp of its tokens and not their audience.';
  if (isAwsAudience(audience)) return 'That is for AWS.';
  if (audience === '') return 'No token has an empty one.';
  if (audience !== audience.trim()) return 'It begins or ends with a blank, and is compared exactly.';
  // Who can choose the audience of a token may have one of its own.
  return cloud || azureDevOps.is(issuer)
    ? `Tokens of ${(cloud ? entra : azureDevOps).title} are for Entra's exchange.`
    : undefined;
}
