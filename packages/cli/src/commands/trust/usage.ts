import { FedbridgeError } from '@fedbridge/core';

export function needed(option: string): never {
  throw usage(`The option ${option} is required here.`);
}

export function usage(message: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', message);
}
