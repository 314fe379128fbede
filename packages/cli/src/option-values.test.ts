import { FedbridgeError } from '@fedbridge/core';
import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { awsAccount, endpoint, issuerUrl, parsed, refuseBlanks, seconds } from './option-values.ts';

describe('a parser of ours', () => {
  it('says what is wrong as the command line does, and hides no defect', () => {
    const throwing = (error: unknown) => () =>
      parsed(() => {
        throw error;
      })('x');
    expect(throwing(new FedbridgeError('INPUT_INVALID', 'expected a GUID.'))).toThrow(
      new InvalidArgumentError('expected a GUID.'),
    );
    expect(throwing(new TypeError('a defect'))).toThrow(TypeError);
  });
});

describe('an option that is blank is an error: a variable that is not set is no choice', () => {
  const program = () => {
    const command = new Command()
      .option('--name <name>')
      .option('--many <one...>')
      .option('--maybe [value]')
      .option('--flag')
      .option('--upper <text>', 'x', (text: string, before = '') => `${before}${text.toUpperCase()}`);
    command.addCommand(new Command('below').option('--deep <name>').exitOverride());
    for (const one of [command, ...command.commands]) one.exitOverride().configureOutput({ writeErr: () => {} });
    refuseBlanks(command);
    return command;
  };
  const parse = (...args: readonly string[]) =>
    program()
      .action(() => {})
      .parse([...args], { from: 'user' })
      .opts();

  it.each([['--name='], ['--name', ' \n'], ['--many', 'a', ''], ['--maybe='], ['--upper='], ['below', '--deep=']])(
    '%s %s %s',
    (...args) => expect(() => parse(...args.filter((arg) => arg !== undefined))).toThrow('it is empty.'),
  );

  it('others are what they were', () => {
    expect(parse('--name', 'x', '--many', 'a', 'b', '--flag', '--upper', 'a', '--upper', 'b', '--maybe')).toEqual({
      ...{ name: 'x', many: ['a', 'b'], flag: true, upper: 'AB', maybe: true },
    });
  });
});

describe('values', () => {
  it('an address has no slash at its end, an issuer is as it is written', () => {
    expect(endpoint('The address')('https://example.com//')).toBe('https://example.com');
    expect(issuerUrl('https://example.com/')).toBe('https://example.com/');
    for (const parse of [endpoint('x'), issuerUrl])
      expect(() => parse('http://example.com')).toThrow(InvalidArgumentError);
  });

  it.each([
    [seconds, '0', 0],
    [seconds, '999999', 999_999_000],
    [awsAccount, '000000000000', '000000000000'],
  ])('%o takes %s', (parse, text, value) => expect(parse(text)).toBe(value));

  it.each([
    [seconds, '1000000'],
    [seconds, '-1'],
    [seconds, '1.5'],
    [seconds, '1e3'],
    [awsAccount, '12345678901'],
    [awsAccount, '1234567890123'],
    [awsAccount, '12345678901x'],
  ])('%o does not take %s', (parse, text) => expect(() => parse(text)).toThrow(InvalidArgumentError));
});
