import { gitHubSubjectParts, repositoryOf } from '@fedbridge/issuers';
import { operatorOf } from './condition.ts';
import type { Evaluation, TrustRequest } from './evaluate.ts';
import type { CredentialMatch, FederatedCredential } from './federated-credential.ts';
import type { Condition } from './policy.ts';

/** Why a policy let a request in or did not, a sentence each. */
export function explainEvaluation(evaluation: Evaluation, request: TrustRequest): readonly string[] {
  if (evaluation.allowed) return [`Statement ${evaluation.statement + 1} allows it.`];
  if (evaluation.why === 'denied') return [`Statement ${evaluation.statement + 1} denies it, whatever others allow.`];
  if (evaluation.failed.length === 0) return ['No statement allows anything.'];
  return evaluation.failed.map(
    ({ statement, part }) => `Statement ${statement + 1} does not allow it: ${explainPart(part, request)}.`,
  );
}

function explainPart(part: 'principal' | 'action' | Condition, { principal, action, context }: TrustRequest): string {
  if (part === 'principal')
    return `its principal is not ${'provider' in principal ? principal.provider : principal.role}`;
  if (part === 'action') return `it is not about ${action}`;
  const found = Object.entries(context).find(([key]) => key.toLowerCase() === part.key.toLowerCase())?.[1];
  const actual = found === undefined ? [] : typeof found === 'string' ? [found] : found;
  const wanted = part.values.map((value) => `\`${value}\``).join(' or ');
  const is = actual.length === 0 ? 'is not there' : `is ${actual.map((value) => `\`${value}\``).join(', ')}`;
  const wants = operatorOf(part.operator).negated ? `does not want ${wanted}` : `wants ${wanted}`;
  const nearest =
    actual.length === 1 && !operatorOf(part.operator).negated ? byHowLittle(actual[0] ?? '', part.values) : '';
  return `\`${part.key}\` ${is}, the policy ${wants} (${part.operator})${nearest}`;
}

/** Why no federated credential fits, a sentence each. */
export function explainMatch(
  match: CredentialMatch,
  credentials: readonly FederatedCredential[],
  assertion: { readonly issuer: string; readonly subject: string; readonly audience: string },
): readonly string[] {
  if (match.matched) return [`Credential "${match.matched.name}" fits.`];
  if (match.differs === 'none') return ['There is no federated credential.'];
  return credentials.map(({ name, issuer, subject, audiences }) => {
    const parts = [
      ['issuer', assertion.issuer, issuer],
      ['subject', assertion.subject, subject],
      ['audience', assertion.audience, audiences.join(', ')],
    ] as const;
    const [what, is, wants] = parts.find(([, actual, wanted]) => actual !== wanted) ?? parts[0];
    return `Credential "${name}" does not fit: the ${what} is \`${is}\`, it wants \`${wants}\`${byHowLittle(is, [wants])}.`;
  });
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
