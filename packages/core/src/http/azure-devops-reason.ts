import { firstSentence } from '../first-sentence.ts';
import { textMember } from './answer.ts';

/**
 * What Azure DevOps says in an error, its first sentence: `{"message": "…"}`, `{"count": n, "value": "…"}` or
 * `{"count": n, "value": {"Message": "…"}}`, with HTTP 200 too [dotnet/docker-tools#2012, hashicorp/packer-plugin-azure#507].
 *
 * @param secrets - what was sent, and is not repeated
 */
export function azureDevOpsReason(answer: unknown, ...secrets: readonly string[]): string | undefined {
  const value = (answer as { value?: unknown } | null | undefined)?.value;
  const text =
    textMember(answer, 'message') ??
    textMember(answer, 'value') ??
    textMember(value, 'Message') ??
    textMember(value, 'message');
  return text === undefined ? undefined : firstSentence(text, ...secrets);
}
