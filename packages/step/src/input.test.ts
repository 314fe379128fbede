import { invalid } from '@fedbridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InputDefinition, readInput } from './input.ts';

const described = { label: 'It', description: 'What it is.' };
const boolean: InputDefinition = { ...described, type: 'boolean', default: true };
const integer: InputDefinition = { ...described, type: 'integer', minimum: 900, maximum: 43_200 };
const choice: InputDefinition = { ...described, type: 'choice', options: ['a', 'b'] };
const text: InputDefinition = {
  ...described,
  type: 'text',
  required: true,
  parse: (value) => {
    if (value === 'bad') throw invalid('expected good.');
    return { value };
  },
};

describe('readInput', () => {
  it('reads values, defaults and nothing', () => {
    expect(readInput('it', boolean, '')).toBe(true);
    expect(readInput('it', boolean, 'False')).toBe(false);
    expect(readInput('it', integer, ' 900 ')).toBe(900);
    expect(readInput('it', integer, '')).toBeUndefined();
    expect(readInput('it', choice, 'b')).toBe('b');
    expect(readInput('it', choice, 'B')).toBe('b');
    expect(readInput('it', text, 'good')).toEqual({ value: 'good' });
  });

  it.each([
    ['no', boolean],
    ['1', boolean],
    ['tRUE', boolean],
    ['899', integer],
    ['43201', integer],
    ['900s', integer],
    ['9e2', integer],
    ['-900', integer],
    ['0x400', integer],
    ['c', choice],
    ['bad', text],
  ])('refuses %s and names the input, the value and what is allowed', (value, definition) => {
    expect(() => readInput('it', definition, value)).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(new RegExp(`^Input "it" is "${value}": expected `)),
      }),
    );
  });

  it('a required input that is empty or blank is missing', () => {
    for (const value of ['', '  \n']) {
      expect(() => readInput('it', text, value)).toThrow(expect.objectContaining({ code: 'INPUT_MISSING' }));
    }
  });

  it('no text but the six spellings is a boolean', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        fc.pre(value.trim() !== '' && !/^(true|True|TRUE|false|False|FALSE)$/.test(value.trim()));
        expect(() => readInput('it', boolean, value)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
      }),
    );
  });

  it('tells what is required by its description', () => {
    expect(() => readInput('it', text, '')).toThrow(
      expect.objectContaining({ message: 'Input "it" is required.', detail: { hint: 'What it is.' } }),
    );
  });

  it('takes both bounds, and no other spelling', () => {
    expect([readInput('it', integer, '900'), readInput('it', integer, '43200')]).toEqual([900, 43_200]);
    for (const value of ['xtrue', 'truex', 'xfalse', 'falsex'])
      expect(() => readInput('it', boolean, value)).toThrow('expected true or false.');
    expect(() => readInput('it', choice, 'c')).toThrow('expected a, b.');
  });

  it('repeats no secret and no more than the beginning of what is long', () => {
    const parse = (value: string) => {
      if (value === 'defect') throw new TypeError('a defect');
      throw invalid('expected good.');
    };
    const plain = { ...described, type: 'text', parse } as const;
    const told = (definition: InputDefinition, value: string) => () => readInput('it', definition, value);
    expect(told({ ...plain, secret: true }, 'hunter2')).toThrow(/^Input "it" is not valid: expected good\.$/);
    expect(told(plain, 'x'.repeat(200))).toThrow(`is "${'x'.repeat(200)}": `);
    expect(told(plain, 'x'.repeat(201))).toThrow(`is "${'x'.repeat(200)}…": `);
    expect(told(plain, 'defect')).toThrow(TypeError);
  });
});

it.each([' ', '\n', '\t\r\n '])(
  'an input that guards and was given as %j is an error, one of another kind is absent',
  (blank) => {
    const base = { type: 'text', label: 'x', description: 'x' } as const;
    expect(readInput('x', base, blank)).toBeUndefined();
    expect(readInput('x', { ...base, guards: true }, '')).toBeUndefined();
    expect(() => readInput('allowed', { ...base, guards: true }, blank)).toThrow('Input "allowed" is blank');
  },
);
