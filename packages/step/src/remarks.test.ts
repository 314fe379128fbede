import { describe, expect, it } from 'vitest';
import type { DeliveredIdentity } from './outcome.ts';
import { remarks } from './remarks.ts';

const now = 1_800_000_000_000;
const gitHub = 'https://token.actions.githubusercontent.com';
const shown = (
  subject: string,
  { issuer = gitHub, audience = 'sts.amazonaws.com', hours = 1 } = {},
): DeliveredIdentity => ({
  ...{ who: 'x', expiresAt: now + hours * 3_600_000 },
  presented: { issuer, subject, audience },
});
const of = (...identities: DeliveredIdentity[]) => remarks(identities, now);
const mutable = 'repo:octo/app:ref:refs/heads/main';
const immutable = 'repo:octo@1/app@2:ref:refs/heads/main';

describe('what the owner of a job should know', () => {
  it('is nothing, where nothing is the matter', () => {
    expect(of(shown(immutable), { who: 'x', expiresAt: undefined, presented: undefined })).toEqual([]);
  });

  it.each([
    ['sc://contoso/web/azure', true, 'stops on 2027-07-01'],
    ['p://contoso/web/release', false, 'Nothing is announced'],
    [mutable, false, 'can be given to others'],
  ])('of %s is urgent where it has a date: %s', (subject, urgent, text) => {
    expect(of(shown(subject))).toEqual([{ urgent, text: expect.stringContaining(text) }]);
  });

  it('is said once, of however many it is true, in the order that they come in', () => {
    const connection = shown('sc://contoso/web/azure', { hours: 12 });
    const texts = of(connection, shown(mutable), connection, shown(mutable)).map(({ text }) => text.slice(0, 20));
    expect(texts).toEqual(['This service connect', 'This session lives f', 'The subject holds na']);
  });

  it("is not asked of a server of one's own, which has no other form", () => {
    expect(of(shown(mutable, { issuer: 'https://github.example.com/_services/token' }))).toEqual([]);
  });

  it('is not asked where the cloud is one that the date is not for', () => {
    expect(of(shown('sc://contoso/web/azure', { audience: 'api://AzureADTokenExchangeUSGov' }))).toEqual([]);
  });

  it.each([
    [11.5, 0],
    [11.500001, 1],
    [12, 1],
  ])('a session of %d hours: %d', (hours, count) => expect(of(shown(immutable, { hours }))).toHaveLength(count));
});
