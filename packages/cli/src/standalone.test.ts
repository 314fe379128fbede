import { expect, it } from 'vitest';
import { ownProgram, standaloneFile } from './standalone.ts';

it('is a script here, beside which its files lie', () => {
  expect(standaloneFile('page.html')).toBeUndefined();
  expect(ownProgram('node', 'index.js')).toEqual(['node', 'index.js']);
});
