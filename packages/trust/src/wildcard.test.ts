import { expect, it } from 'vitest';
import { hasWildcard } from './wildcard.ts';

it.each([
  ['repo:octo/*', true],
  ['repo:octo/ap?', true],
  ['repo:octo/app', false],
  ['', false],
])('%s has a wildcard: %s', (text, has) => expect(hasWildcard(text)).toBe(has));
