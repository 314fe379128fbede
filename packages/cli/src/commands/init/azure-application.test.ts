import type { FedbridgeError } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { Answer } from '../../live/answer.ts';
import { azQuestions, type Question } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import { applicationSteps, findApplication } from './azure-application.ts';

const id = '00000001-0000-4000-8000-000000000000';
const now = Date.parse('2026-11-27T00:00:00Z') / 1000;

/** What the plan says of an application that has these client secrets. */
async function notesOf(ends: readonly (string | null)[]) {
  const application = { id, appId: id, displayName: 'octo/app', signInAudience: 'AzureADMyOrg' };
  const ask = async ({ args }: Question) => {
    const isIt = args.includes('app') && args.includes('--query') && !args.includes('owner');
    const value = isIt ? [{ ...application, secrets: ends.map((end) => ({ end })), certificates: null }] : [];
    return new Answer(value, (what): FedbridgeError => {
      throw new Error(what);
    });
  };
  const found = await findApplication({ displayName: 'octo/app' }, { ask } as unknown as SignedIn);
  return applicationSteps(found, 'octo/app', now)[0]?.notes;
}

describe('the secrets of an application', () => {
  it.each([
    ['2027-01-01T00:00:00Z', 'until 2027-01-01'],
    ['2026-11-26T23:59:59.9Z', 'expired 2026-11-26'],
    [null, 'without an end'],
    ['31/12/2099', 'until 31/12/2099'],
    ['never 1', 'until never 1'],
    ['2026-99-99T00:00:00Z', 'until 2026-99-99'],
  ])('one until %j', async (end, shown) =>
    expect(await notesOf([end])).toEqual([`Whoever has its client secret is the application as well: ${shown}.`]),
  );

  it('all count', async () =>
    expect(await notesOf([null, '2099-01-01T00:00:00Z', '2020-01-01T00:00:00Z'])).toEqual([
      'Whoever has one of its 3 client secrets is the application as well: expired 2020-01-01, until 2099-01-01, without an end.',
    ]));

  it.each([azQuestions.applicationsOf(id), azQuestions.applicationsCalled('x'), azQuestions.principalsOf(id)])(
    'are asked for as objects, since JMESPath leaves null out of a list',
    ({ args }) => {
      for (const what of ['secrets:passwordCredentials', 'certificates:keyCredentials'])
        expect(args.at(-1)).toContain(`${what}[].{end:endDateTime}`);
    },
  );
});
