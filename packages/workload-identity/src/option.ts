import { FedbridgeError } from '@fedbridge/core';

/** An option's value, parsed. @throws FedbridgeError `INPUT_INVALID`, which names the option */
export function option<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    throw error.with({}, `Option "${name}": ${error.message}`);
  }
}
