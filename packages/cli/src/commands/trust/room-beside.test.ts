import { describe, expect, it } from 'vitest';
import { roomBeside } from './room-beside.ts';

const credential = { name: 'main', issuer: 'https://example.com', subject: 'repo:octo/app:x' };
const others = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `other-${index}`,
    issuer: 'https://example.com',
    subject: `${index}`,
  }));

describe('room for one more federated credential', () => {
  it.each([
    ['in an empty list', [], '0 of 20 federated credentials are there; this is one more, and 19 are left.'],
    ['as the last', others(19), '19 of 20 federated credentials are there; this is one more, and 0 are left.'],
    [
      'as Graph lists them',
      { value: others(2) },
      '2 of 20 federated credentials are there; this is one more, and 17 are left.',
    ],
    [
      'in the place of that of its name',
      [...others(19), { ...credential, subject: 'y' }],
      '20 of 20 federated credentials are there; this one replaces that of its name, and 0 are left.',
    ],
  ])('is told %s', (_what, list, said) => expect(roomBeside(credential, JSON.stringify(list))).toBe(said));

  it.each([
    ['one too many', others(20), 'no more is taken'],
    ['one like it', [{ ...credential, name: 'same' }], 'The credential "same" has this issuer and subject already.'],
    [
      'one like it, of Azure Resource Manager',
      [{ name: 'same', properties: credential }],
      'has this issuer and subject already',
    ],
    ['what is no list', {}, '--beside takes a list'],
    ['what is no list of objects', ['x'], '--beside takes a list'],
  ])('is denied beside %s', (_what, list, said) =>
    expect(() => roomBeside(credential, JSON.stringify(list))).toThrow(said),
  );

  it('is denied for what is no JSON', () => expect(() => roomBeside(credential, 'x')).toThrow('--beside takes a list'));
});
