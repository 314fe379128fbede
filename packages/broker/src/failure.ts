import { FedbridgeError } from '@fedbridge/core';
import type { Failure } from '@fedbridge/identity';

/** An error as a client may be told it: our own errors hold no secret, others are not told. */
export function failure(error: unknown): Failure {
  if (error instanceof FedbridgeError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: 'An unforeseen error of the credential broker.' };
}
