import { likelyCauses } from './job-kinds.ts';

/** Why a trust policy or federated credential does not fit a subject, as it most often is; undefined where nothing is known. */
export function likelyCause(subject: string): string | undefined {
  for (const causeOf of likelyCauses) {
    const cause = causeOf(subject);
    if (cause !== undefined) return cause;
  }
  return undefined;
}

/** What to do about a refusal, after its likely cause where one is known. */
export function withLikelyCause(subject: string, toDo: string): string {
  return [likelyCause(subject), toDo].filter((line) => line !== undefined).join('\n');
}
