import { FedbridgeError } from '@fedbridge/core';

/** Says that an option has to be given. @throws FedbridgeError `INPUT_INVALID` */
export function needed(option: string): never {
  throw usage(`The option ${option} is required here.`);
}

/** An error in how a command was called, `INPUT_INVALID`. */
export function usage(message: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', message);
}
