import { describe, expect, it } from 'vitest';
import { FedbridgeError } from './error.ts';
import { firstSentence } from './first-sentence.ts';
import { errorWithNames, kebabCase, type NameOf, withNames } from './names.ts';

const nameOf: NameOf = (name, of) => (of === undefined ? kebabCase(name) : `${of}-${kebabCase(name)}`);

describe('names of inputs and outputs', () => {
  it.each([
    ['See {roleToAssume}, or {roles}.', 'See role-to-assume, or roles.'],
    ['Each is {<name>:accessToken}.', 'Each is <name>-access-token.'],
    ['{"a": {"b": 1}} {} {A} { a } {a-b}', '{"a": {"b": 1}} {} {A} { a } {a-b}'],
  ])('%s', (text, shown) => expect(withNames(text, nameOf)).toBe(shown));

  it('are those of the reader in an error, and the document to paste is left as it is', () => {
    const detail = { hint: 'See {clientId}.', document: '{clientId}', answer: '{clientId}' };
    const error = errorWithNames(new FedbridgeError('INPUT_MISSING', 'No {tenantId}.', detail), nameOf);
    expect(error).toMatchObject({ code: 'INPUT_MISSING', message: 'No tenant-id.' });
    expect(error.detail).toEqual({ ...detail, hint: 'See client-id.' });
    expect(errorWithNames(new FedbridgeError('INTERNAL', 'x'), nameOf).detail.hint).toBeUndefined();
  });

  it('are not read into what the user wrote, which a summary finds in the message to leave it out', () => {
    const given = '"{clientId}"';
    const error = new FedbridgeError('INPUT_INVALID', `{tenantId} is ${given}: expected a GUID.`, { given });
    expect(errorWithNames(error, nameOf)).toMatchObject({
      message: `tenant-id is ${given}: expected a GUID.`,
      detail: { given },
    });
  });
});

describe('the first sentence of what the other side wrote', () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJl`;
  it.each([
    [
      "No match for 'repo:o/r:ref:refs/heads/v1.2'. Please check it. https://x",
      "No match for 'repo:o/r:ref:refs/heads/v1.2'.",
    ],
    [
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ],
    ['It failed, e.g. for x. See it.', 'It failed, e.g. for x.'],
    ['Read this. https://example.com/a.b', 'Read this.'],
    ['Why? Because.', 'Why?'],
    ['one\r\n::error::two\u001b[31m##vso[task.complete]', 'one ::error::two\\u{1b}[31m# #vso[task.complete]'],
    ['::add-mask::x', ': :add-mask::x'],
    [`The assertion ${token} is not valid. Really.`, 'The assertion *** is not valid.'],
    [`Cut: ${token.slice(0, 30)}`, 'Cut: ***'],
    ['The key hunter2 is wrong.', 'The key *** is wrong.'],
    ['x'.repeat(400), `${'x'.repeat(300)}…`],
    ['', ''],
  ])('%j', (text, sentence) => expect(firstSentence(text, 'hunter2', '')).toBe(sentence));

  // Of a regular expression that reads them again from each of their places it would be hours.
  it.each(['ey-', 'eyJ.', 'e3-.a.', ' ', '. ', '. https', '?!'])('the biggest answer keeps nobody: %j', (piece) => {
    const text = `A${piece.repeat(1_000_000 / piece.length)}b`;
    expect(firstSentence(text, 'hunter2').length).toBeLessThan(400);
  });
});
