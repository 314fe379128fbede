import { gitHubSubjectParts, repositoryOf } from '@fedbridge/issuers';
import { operatorOf } from './condition.ts';
import type { Evaluation, TrustRequest } from './evaluate.ts';
import type { AnyFederatedCredential, Assertion, CredentialMatch } from './federated-credential.ts';
import { claimTestsOf, claimText, failingTest } from './flexible-expression.ts';
import type { Condition } from './policy.ts';
import { whyNeverAllows } from './who/credential-conditions.ts';

/** Why a policy allowed or denied a request, a sentence each. */
export function explainEvaluation(evaluation: Evaluation, request: TrustRequest): readonly string[] {
  if (evaluation.allowed) return [`Statement ${evaluation.statement + 1} allows it.`];
  if (evaluation.why === 'denied') return [`Statement ${evaluation.statement + 1} denies it, whatever others allow.`];
  if (evaluation.failed.length === 0) return ['No statement allows anything.'];
  return evaluation.failed.map(({ statement, part, everybody, literalVariable }) => {
    const why =
      everybody && 'provider' in request.principal
        ? 'its principal is *, which authorizes no web identity'
        : explainPart(part, request);
    const version = literalVariable ? '; without "Version": "2012-10-17" a variable is a text like any other' : '';
    return `Statement ${statement + 1} does not allow it: ${why}${version}.`;
  });
}

function nameOf(principal: TrustRequest['principal']): string {
  if ('provider' in principal) return principal.provider;
  return 'role' in principal ? principal.role : principal.service;
}

function explainPart(part: 'principal' | 'action' | Condition, request: TrustRequest): string {
  const { principal, action, context } = request;
  if (part === 'principal') return `its principal is not ${nameOf(principal)}`;
  if (part === 'action') return `it is not about ${action}`;
  const found = Object.entries(context).find(([key]) => key.toLowerCase() === part.key.toLowerCase())?.[1];
  const actual = found === undefined ? [] : typeof found === 'string' ? [found] : found;
  const is =
    actual.length === 0 ? isMissing(part.key, request) : `is ${actual.map((value) => `\`${value}\``).join(', ')}`;
  const { name, negated } = operatorOf(part.operator);
  const isLiteral = name.startsWith('StringEquals') && part.values.some((value) => /[*?]/.test(value));
  const nearest = negated || actual.length !== 1 ? '' : byHowLittle(actual[0] ?? '', part.values);
  const hint = isLiteral && !negated ? `: ${name} has no wildcards` : nearest;
  return `\`${part.key}\` ${is}, the policy ${wish(part)} (${part.operator})${hint}`;
}

function wish({ operator, values }: Condition): string {
  if (operator === 'Null') return `wants it ${values.some((value) => /^false$/i.test(value)) ? '' : 'not '}to be there`;
  const wanted = values.map((value) => `\`${value}\``).join(' or ');
  return operatorOf(operator).negated ? `does not want ${wanted}` : `wants ${wanted}`;
}

/** What a key that is not there is: absent this time, or never filled. */
function isMissing(key: string, { ownKeys }: TrustRequest): string {
  const lower = key.toLowerCase();
  const colon = lower.lastIndexOf(':');
  const prefix = lower.slice(0, Math.max(0, colon));
  if (!ownKeys || !/[./]/.test(prefix)) return 'is not there';
  if (prefix !== ownKeys.prefix.toLowerCase()) return 'is a key of another provider, which is never there';
  const isKnown = ownKeys.names.some((name) => name.toLowerCase() === lower.slice(colon + 1));
  return isKnown ? 'is not there' : 'is a key that STS never fills for this issuer';
}

/** Why no federated credential fits, a sentence each. */
export function explainMatch(
  match: CredentialMatch,
  credentials: readonly AnyFederatedCredential[],
  assertion: Assertion,
): readonly string[] {
  if (match.matched) return [`Credential "${match.matched.name}" fits.`];
  if (credentials.length === 0) return ['There is no federated credential.'];
  return credentials.map((credential) => {
    const differs = mismatch(credential, assertion);
    const why = whyNeverAllows(credential) ?? 'Entra takes none like it.';
    const { name } = credential;
    return differs === undefined
      ? `Credential "${name}" fits no token. ${why}`
      : `Credential "${name}" does not fit: ${differs}.`;
  });
}

/** Undefined for one that only no token fits. */
function mismatch(credential: AnyFederatedCredential, assertion: Assertion): string | undefined {
  const differs = (what: string, is: string, wants: string) =>
    `the ${what} is \`${is}\`, it wants \`${wants}\`${byHowLittle(is, [wants])}`;
  const { issuer, subject, audience } = assertion;
  if (credential.issuer !== issuer) return differs('issuer', issuer, credential.issuer);
  if (credential.claimsMatchingExpression) {
    const unmet = unmetExpression(credential.claimsMatchingExpression, assertion);
    if (unmet !== undefined) return unmet;
  } else if (credential.subject !== subject) return differs('subject', subject, credential.subject);
  const { audiences } = credential;
  return audiences.includes(audience) ? undefined : differs('audience', audience, audiences.join(', '));
}

function unmetExpression(
  expression: Parameters<typeof claimTestsOf>[0],
  { issuer, subject, claims = { sub: subject } }: Assertion,
): string | undefined {
  const { tests, problem } = claimTestsOf(expression, issuer);
  if (!tests) return `Entra rejects its expression: ${problem}`;
  const test = failingTest(tests, claims);
  if (!test) return undefined;
  const actual = claimText(claims, test.claim);
  const is = actual === undefined ? 'is not there' : `is \`${actual}\``;
  const wants = test.operator === 'eq' ? `wants \`${test.comparand}\`` : `wants a match of \`${test.comparand}\``;
  const nearest = actual === undefined ? '' : byHowLittle(actual, [test.comparand]);
  return `the claim ${test.claim} ${is}, its expression ${wants}${nearest}`;
}

/** What sets two texts apart that are nearly the same. */
function byHowLittle(actual: string, wanted: readonly string[]): string {
  for (const value of wanted) {
    if (actual === value) continue;
    if (actual.toLowerCase() === value.toLowerCase()) return ': case';
    if (actual.replace(/\/$/, '') === value.replace(/\/$/, '')) return ': a slash at the end';
    if (actual.trim() === value.trim()) return ': a space at the end or the beginning';
    if (withoutIds(actual) === withoutIds(value)) return ': one has ids, the immutable form, and the other has not';
    const [is, wants] = [gitHubSubjectParts(actual), gitHubSubjectParts(value)];
    if (!is?.project || !wants?.project) continue;
    const sameRepository = is.owner === wants.owner && is.project === wants.project;
    if (sameRepository) return `: \`${is.job ?? ''}\` in the place of \`${wants.job ?? ''}\``;
    if (is.job === wants.job) return `: another repository`;
  }
  return '';
}

/** A subject of GitHub's in its form without ids. */
function withoutIds(subject: string): string {
  const repository = repositoryOf(subject);
  if (!repository?.ids) return subject;
  return `repo:${repository.owner}/${repository.repository}:${gitHubSubjectParts(subject)?.job}`;
}
