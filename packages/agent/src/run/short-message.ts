import { FedbridgeError } from '@fedbridge/core';

/** An error as part of a line of the log. */
export function shortMessage(error: unknown): string {
  if (!(error instanceof FedbridgeError)) return 'An unforeseen error.';
  const { answer } = error.detail;
  const line = `${error.message} [${error.code}]${answer ? ` Answer: ${answer}` : ''}`;
  return line.replaceAll(/\s+/g, ' ');
}
