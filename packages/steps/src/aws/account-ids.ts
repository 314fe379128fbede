import { FedbridgeError, type Outbound } from '@fedbridge/core';

/** What could be an id of an account in a text: twelve digits. */
export function accountIdsIn(text: string): readonly string[] {
  return text.match(/(?<!\d)\d{12}(?!\d)/g) ?? [];
}

/** The same, whose log shows no account: not that of a role nor any other that AWS names. */
export function withoutAccounts(outbound: Outbound): Outbound {
  const masked = (show: (line: string) => void) => (line: string) => {
    for (const id of accountIdsIn(line)) outbound.mask(id);
    show(line);
  };
  return { ...outbound, log: masked(outbound.log), debug: masked(outbound.debug) };
}

/** Masks the accounts that an error names, before it is shown. @throws what the work throws */
export async function failingWithoutAccounts<T>(outbound: Outbound, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const texts = error instanceof FedbridgeError ? [error.message, error.detail.answer, error.detail.hint] : [];
    for (const id of accountIdsIn(texts.join(' '))) outbound.mask(id);
    throw error;
  }
}
