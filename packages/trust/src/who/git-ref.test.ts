import { isGitRefName } from '@fedbridge/issuers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canSign } from './can-sign.ts';

const hub = 'https://token.actions.githubusercontent.com';
const pieces = [
  ...['a', 'l', 'lo', 'ck', 'lock', 'k', '.lock', 'main', 'é', '-', '{', '@', '@{', '.', '..', '/', '//', '\0'],
  ...[' ', '~', '^', ':', '?', '*', '[', '\\', '\u007f', '\n'],
];
const names = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 }).map((all) => all.join(''));

/** What no name has, of what the engine tells. */
const impossible = /[ ~^:?*[\\\p{Cc}]|^\/|\/\/|\/$/u;

it('a ref of a token is each that git lets there be, and none with a character that it lets no name have', () => {
  fc.assert(
    fc.property(names, (name) => {
      const ref = `refs/heads/${name}`;
      const signed = [
        canSign(hub, { ref }),
        canSign(hub, { sub: 'environment:x', job_workflow_ref: `o/r/.github/workflows/x.yml@${ref}` }),
        // Parts of subjects are between colons.
        ...(name.includes(':') ? [] : [canSign('https://gitlab.com', { sub: `project_path:acme/web:ref:${name}` })]),
      ];
      for (const one of signed) {
        if (isGitRefName(ref)) expect([name, one]).toEqual([name, true]);
        if (impossible.test(name)) expect([name, one]).toEqual([name, false]);
      }
    }),
    { numRuns: 2_000, seed: 7, examples: [['main'], ['@'], ['a./b'], ['/a'], ['a//b'], ['a b'], ['a/']] },
  );
});
