import { FedbridgeError } from '@fedbridge/core';
import { InvalidArgumentError } from 'commander';

/** A parser of ours as the command-line library wants it. */
export function parsed<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof FedbridgeError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** A whole number of seconds, as ms. */
export const seconds = parsed((text) => {
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  throw new InvalidArgumentError('expected a number of seconds.');
});
