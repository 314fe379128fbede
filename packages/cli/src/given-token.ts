import { FedbridgeError } from '@fedbridge/core';
import { IdToken } from '@fedbridge/identity';
import type { Terminal } from './terminal.ts';

/**
 * The token that a user gives on standard input or in a file.
 *
 * @param from - `Standard input`, or the name of the file
 * @param hint - what to give instead
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function givenToken(text: string, from: string, hint: string): IdToken {
  const token = text.trim();
  if (token === '') throw new FedbridgeError('INPUT_INVALID', `${from} is empty.`, { hint });
  try {
    return IdToken.given(token, from);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    throw new FedbridgeError('INPUT_INVALID', error.message, { hint });
  }
}

/** The token in a file, or on standard input. @throws FedbridgeError `INPUT_INVALID` */
export async function tokenIn(file: string | undefined, terminal: Terminal): Promise<IdToken> {
  const text = await terminal.readFile(file);
  return givenToken(text, (file ?? '-') === '-' ? 'Standard input' : (file ?? ''), tokenHint);
}

const tokenHint = 'Give the token itself, eyJ…, in a file or on standard input; or, in a job, --from-job.';
