import { FedbridgeError, type System } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal.ts';
import { SignedIn } from './signed-in-tool.ts';

/** The error of a question, where the tool ends so. */
async function errorWhere(ended: () => Partial<Awaited<ReturnType<System['run']>>>): Promise<FedbridgeError> {
  const terminal = { interruptible: (work: (stop: AbortSignal) => unknown) => work(AbortSignal.any([])) };
  const system = { environment: {}, run: async () => ({ exitCode: 0, output: '', ...ended() }) };
  const tool = new SignedIn({ terminal: terminal as unknown as Terminal, system: system as unknown as System }, []);
  return tool.ask({ tool: 'az', args: [] }).then(
    () => expect.unreachable(),
    (error) => error,
  );
}

const answerTo = async (output: string) => (await errorWhere(() => ({ exitCode: 1, output }))).detail.answer;

describe('what a tool says', () => {
  it.each([
    ['signed', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'],
    ['the first part alone', 'eyJhbGciOiJub25lIn0'],
    ['with line ends in it', 'ewogICJhbGciIDog.e30.c2ln'],
    ['made to be long', 'eyJ'.repeat(80_000)],
  ])('is shown without a token: %s', async (_what, token) => {
    expect(await answerTo(`ERROR: bad token ${token}`)).toBe('ERROR: bad token a token');
    const { detail } = await errorWhere(() => ({ bytes: Buffer.from(`${token}\nmore`) }));
    expect(detail.answer).toBe('It is no JSON: a token');
  });

  it('is shown at most a line long, its last three lines as one', async () => {
    expect(await answerTo('one\ntwo\nthree\r\nfour\n')).toBe('two three four');
    expect(await answerTo('x'.repeat(10_000))).toBe('x'.repeat(1_000));
  });
});

it('an error of a call that is not made stays what it is', async () => {
  const refused = new FedbridgeError('INPUT_INVALID', 'It would act.');
  const error = await errorWhere(() => {
    throw refused;
  });
  expect(error).toBe(refused);
});
