import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExpression, fits } from './claims-matching-expression.ts';

const gitHub = 'https://token.actions.githubusercontent.com';
const subject = "claims['sub'] matches 'repo:octo/*:ref:refs/heads/main'";
const owner = "claims['repository_owner_id'] eq '65001'";
const check =
  (value: string, issuer = gitHub, languageVersion = 1) =>
  () =>
    checkExpression({ value, languageVersion }, issuer, 'http://127.0.0.1:1/github');

describe('an expression that Entra takes', () => {
  it.each([
    [`${subject} and ${owner}`, gitHub],
    [`${owner} and ${subject}`, 'http://127.0.0.1:1/github'],
    [`${subject} and claims['project_id'] eq '1'`, 'https://gitlab.com'],
    [`${subject} and claims['project_id'] eq '1'`, 'https://gitlab.example.com'],
    [subject, 'https://app.terraform.io'],
  ])('%s for %s', (value, issuer) => expect(check(value, issuer)).not.toThrow());

  it.each([
    ['no id beside the subject', subject, gitHub],
    ['no subject', owner, gitHub],
    ['a claim that is not compared', `${subject} and ${owner} and claims['actor'] eq 'mona'`, gitHub],
    ['an operator that a claim does not have', `${subject} and claims['repository_owner_id'] matches '6*'`, gitHub],
    ["another issuer's claim", `${subject} and ${owner}`, 'https://gitlab.com'],
    ['an issuer without expressions', subject, 'https://example.com'],
    ['an issuer that only begins like one', subject, `${gitHub}.example.com`],
    ['two spaces', `${subject}  and ${owner}`, gitHub],
    ['an "or"', `${subject} or ${owner}`, gitHub],
    ['an end in the middle', `${subject} and `, gitHub],
    ['nothing', '', gitHub],
  ])('is none with %s', (_what, value, issuer) => {
    expect(check(value, issuer)).toThrow(expect.objectContaining({ code: 'InvalidFederatedIdentityCredentialValue' }));
  });

  it('is of language version 1', () => expect(check(`${subject} and ${owner}`, gitHub, 2)).toThrow('version 1'));
});

describe('a token fits', () => {
  const claims = { sub: 'repo:octo/app:ref:refs/heads/main', repository_owner_id: '65001' };

  it('where each part does', () => {
    expect(fits(`${subject} and ${owner}`, claims)).toBe(true);
    expect(fits(`${subject} and ${owner}`, { ...claims, repository_owner_id: '65002' })).toBe(false);
    expect(fits(owner, { ...claims, repository_owner_id: 65001 })).toBe(false);
    expect(fits(owner, { sub: claims.sub })).toBe(false);
    expect(fits('', claims)).toBe(false);
  });

  const letter = fc.constantFrom('a', 'b', '/', '*', '?');
  const word = fc.string({ unit: letter, maxLength: 9 });
  it('where a pattern does: a star for any number of characters, a question mark for one, as a regular expression says', () => {
    fc.assert(
      fc.property(word, word, (text, pattern) => {
        const same = pattern.replace(/[*?/]/g, (one) => ({ '*': '.*', '?': '.', '/': '\\/' })[one] ?? one);
        expect(fits(`claims['sub'] matches '${pattern}'`, { sub: text })).toBe(new RegExp(`^(?:${same})$`).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('in time for whatever pattern', () => {
    const pattern = `${'*a'.repeat(100)}b`;
    expect(fits(`claims['sub'] matches '${pattern}'`, { sub: 'a'.repeat(10_000) })).toBe(false);
  });
});
