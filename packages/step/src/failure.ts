import { FedbridgeError } from '@fedbridge/core';
import { notWritten } from './not-written.ts';

/** Whatever was thrown, as an error that says what to do. */
export function failureOf(error: unknown): FedbridgeError {
  if (error instanceof FedbridgeError) return error;
  const { path, syscall } = (error ?? {}) as { path?: unknown; syscall?: unknown };
  // A file of this machine's: Node names neither of a connection.
  if (typeof path === 'string' && typeof syscall === 'string') return notWritten(path, error, `Failed to ${syscall}`);
  return internal(error);
}

/** Only the kind of an unforeseen error is shown: its text may hold anything. */
function internal(error: unknown): FedbridgeError {
  const kind = error instanceof Error ? `${error.name} ${frame(error)}` : typeof error;
  return new FedbridgeError('INTERNAL', `An unforeseen error: ${kind.trim()}.`, {
    cause: error,
    hint: 'This is a defect of Fedbridge. Please report it with this line.',
  });
}

function frame(error: Error): string {
  const line = error.stack?.split('\n').find((text) => /^\s+at /.test(text)) ?? '';
  return line.trim().replace(/\(?(?:file:\/\/)?\/\S*\/([^/]+\/[^/]+)\)?$/, '$1');
}
