import { expect, it } from 'vitest';
import { mayBeThere, type Scope } from './scope.ts';

const scope: Scope = {
  claimsOf: (key) => (key === 'issuer:sub' ? ['sub'] : undefined),
  constants: new Map(),
  isOfRequest: (key) => key.startsWith('aws:'),
  knowsVariables: true,
};

it.each([
  ['issuer:sub', 'a claim fills it', true],
  ['aws:sourceip', 'a request may bring it', true],
  ['issuer:other', 'nothing does', false],
])('a key may be there where something fills it: %s, %s', (key, _why, is) => expect(mayBeThere(key, scope)).toBe(is));

it('of a key that is not known nobody says that it is never there', () => {
  const unknown = { ...scope, isUnknown: (key: string) => key === 'issuer:other' };
  expect([mayBeThere('issuer:other', unknown), mayBeThere('issuer:third', unknown)]).toEqual([true, false]);
});
