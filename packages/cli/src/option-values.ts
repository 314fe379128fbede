import { FedbridgeError, parseEndpoint } from '@fedbridge/core';
import { type Command, InvalidArgumentError } from 'commander';

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

/** Refuses an empty value of any option of a command and those below it: a variable that is not set is no choice. */
export function refuseBlanks(command: Command): void {
  for (const option of command.options.filter(({ required, optional }) => required || optional)) {
    const parse = option.parseArg as ((text: string, before: unknown) => unknown) | undefined;
    option.argParser((text: string, before: unknown) => {
      if (text.trim() === '') throw new InvalidArgumentError('it is empty.');
      if (parse) return parse(text, before);
      return option.variadic ? [...(Array.isArray(before) ? before : []), text] : text;
    });
  }
  command.commands.forEach(refuseBlanks);
}

/** An address, without slashes at its end. @param what - names it */
export function endpoint(what: string): (text: string) => string {
  return parsed((text) => parseEndpoint(text, what).href.replace(/\/+$/, ''));
}

/** The URL of an issuer, as it is written: issuers are compared exactly. */
export const issuerUrl = parsed((text) => {
  parseEndpoint(text, 'The issuer');
  return text;
});

/** Of twelve digits. */
export const awsAccount = parsed((text) => {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" is not an account, twelve digits.`);
});

/** A whole number of seconds, as ms. */
export const seconds = parsed((text) => {
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  throw new InvalidArgumentError('expected a number of seconds.');
});
