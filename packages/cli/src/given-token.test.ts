import { describe, expect, it } from 'vitest';
import { unsignedToken } from '../../../test/harness/tokens.ts';
import { givenToken } from './given-token.ts';

const token = unsignedToken({ iss: 'https://i', sub: 'the subject', aud: 'a', exp: 4e9 });
const tokenHint = 'Give the token itself.';
const give = (text: string) => givenToken(text, 'Standard input', tokenHint);

describe('a token that a user gives', () => {
  it('may have blanks and lines around it', () => expect(give(` \n${token}\r\n`).subject).toBe('the subject'));

  it.each(['', ' \n'])('is none where nothing is given: %j', (text) =>
    expect(() => give(text)).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: 'Standard input is empty.',
        detail: { hint: tokenHint },
      }),
    ),
  );

  it.each(['no token', `Bearer ${token}`, `${token}\n${token}`, `${token}.x`])(
    'is none of anything else, which is not repeated: %j',
    (text) => {
      const failed = () => give(text);
      expect(failed).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', detail: { hint: tokenHint } }));
      expect(failed).not.toThrow(token);
    },
  );
});
