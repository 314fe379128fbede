import { FedbridgeError } from '@fedbridge/core';

export function pair(text: string, option: string): [string, string] {
  const [first, second, ...more] = text.split('/');
  if (first && second && more.length === 0) return [first, second];
  throw usage(`${option} takes two names with a slash between them, not "${text}".`);
}

export function needed(option: string): never {
  throw usage(`The option ${option} is required here.`);
}

export function usage(message: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', message);
}
