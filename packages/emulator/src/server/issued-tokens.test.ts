import { expect, it } from 'vitest';
import { EmulatorClock } from './clock.ts';
import { History } from './history.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { State } from './state.ts';

function issued() {
  const clock = new EmulatorClock();
  const secrets = new History<string>(10);
  const world = { clock, secrets, state: State.inMemory() };
  return {
    clock,
    secrets,
    tokens: new IssuedTokens<string>(world, 'tokens'),
    others: new IssuedTokens(world, 'others'),
  };
}

it('a token stands for what it was given for until it expires, and only among its own kind', () => {
  const { clock, secrets, tokens, others } = issued();
  tokens.issue('t', 'a role', 60);
  expect([tokens.find('t'), others.find('t'), tokens.find('u'), tokens.find(undefined)]).toEqual([
    'a role',
    undefined,
    undefined,
    undefined,
  ]);
  expect(secrets.all).toEqual(['t']);
  clock.advance(61);
  expect({ found: tokens.find('t'), left: tokens.left('t'), valid: tokens.valid }).toEqual({
    found: undefined,
    left: 0,
    valid: [],
  });
});

it('a token that is extended lives from now on; one that never was is not made', () => {
  const { clock, tokens } = issued();
  tokens.issue('t', 'a role', 60);
  clock.advance(50);
  tokens.extend('t', 100);
  clock.advance(90);
  expect(tokens.find('t')).toBe('a role');
  clock.advance(11);
  expect(tokens.find('t')).toBeUndefined();
  tokens.extend('u', 100);
  expect([tokens.find('u'), tokens.left('u')]).toEqual([undefined, 0]);
});

it('a token is revoked once', () => {
  const { tokens } = issued();
  tokens.issue('t', 'a role', 60);
  expect([tokens.revoke('t'), tokens.revoke('t'), tokens.revoke(undefined)]).toEqual([true, false, false]);
});
