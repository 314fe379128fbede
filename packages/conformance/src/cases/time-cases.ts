import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';
import type { Members, TokenSpec } from './token.ts';

const minute = 60;
const hour = 60 * minute;
const expired =
  'A token is good for nothing once it has expired. Leeway for clocks that differ is a few minutes at most.';
const number = 'A time is a number. What else it may be converted to, or compared as, is not what the issuer meant.';
const notANumber = (claims: Members, section: string) =>
  ({ token: { claims }, expected: 'refused', why: number, source: rfc(7519, section) }) as const;
const atSts = (times: NonNullable<TokenSpec['times']>, expected: 'accepted' | 'refused') =>
  ({
    token: { times },
    expected,
    why: 'STS gives clocks five minutes, before and after.',
    source: sources.sts,
    only: ['sts'],
  }) as const;
const atVault = (times: NonNullable<TokenSpec['times']>, expected: 'accepted' | 'refused') =>
  ({
    token: { times },
    expected,
    why: 'Vault gives clocks a minute, unless clock_skew_leeway says otherwise.',
    source: sources.vault,
    only: ['vault'],
  }) as const;

/** Times, in seconds from now. */
export const timeCases: readonly ConformanceCase[] = casesOf('times', {
  'expired-an-hour-ago': {
    token: { times: { iat: -2 * hour, nbf: -2 * hour, exp: -hour } },
    expected: 'refused',
    why: expired,
    source: rfc(7519, '4.1.4'),
  },
  'expired-ten-minutes-ago': {
    token: { times: { iat: -15 * minute, nbf: -15 * minute, exp: -10 * minute } },
    expected: 'refused',
    why: expired,
    source: rfc(7519, '4.1.4'),
  },
  'expires-in-a-minute': {
    token: { times: { exp: minute } },
    expected: 'accepted',
    why: 'Until it expires a token is good: jobs present them late.',
    source: rfc(7519, '4.1.4'),
  },
  'expiry-missing': {
    token: { without: ['exp'] },
    expected: 'refused',
    why: 'An ID token expires. One that does not is good for whoever finds it, at any time.',
    source: sources.validation,
  },
  'expiry-null': notANumber({ exp: null }, '4.1.4'),
  'expiry-as-a-text': notANumber({ exp: '{now+300}' }, '4.1.4'),
  'expiry-as-a-date': notANumber({ exp: '2099-12-31T00:00:00Z' }, '4.1.4'),
  'expiry-as-a-list': notANumber({ exp: ['{now+300}'] }, '4.1.4'),
  'expiry-true': notANumber({ exp: true }, '4.1.4'),
  'expiry-zero': { token: { claims: { exp: 0 } }, expected: 'refused', why: expired, source: rfc(7519, '4.1.4') },
  'expiry-before-1970': {
    token: { claims: { exp: -1 } },
    expected: 'refused',
    why: expired,
    source: rfc(7519, '4.1.4'),
  },
  'expiry-with-a-fraction': {
    token: { times: { exp: 300.5 } },
    expected: 'accepted',
    why: 'A time may have a fraction of a second.',
    source: rfc(7519, '2'),
  },
  'expiry-doubled-the-last-past': {
    token: { twice: { claims: { exp: 1_000_000_000 }, where: 'behind' } },
    expected: 'refused',
    why: 'Of a doubled claim the last one counts, unless the token is refused.',
    source: rfc(7519, '4'),
  },
  'valid-in-an-hour': {
    token: { times: { iat: 0, nbf: hour, exp: 2 * hour } },
    expected: 'refused',
    why: 'A token is not accepted before the time that it says.',
    source: rfc(7519, '4.1.5'),
  },
  'valid-from-now': {
    token: { times: { iat: 0, nbf: 0 } },
    expected: 'accepted',
    why: 'At the very time that it says a token is valid: jobs present them within the same second.',
    source: rfc(7519, '4.1.5'),
  },
  'not-before-missing': {
    token: { without: ['nbf'] },
    expected: 'accepted',
    why: 'This time is optional.',
    source: rfc(7519, '4.1.5'),
  },
  'not-before-as-a-date': notANumber({ nbf: '2020-01-01T00:00:00Z' }, '4.1.5'),
  'issued-in-an-hour-at-sts': {
    ...atSts({ iat: hour }, 'refused'),
    why: 'STS takes no token that is issued in the future.',
  },
  'issued-in-an-hour-at-vault': {
    ...atVault({ iat: hour }, 'refused'),
    why: 'Vault takes no token that is issued in the future.',
  },
  'no-time-of-issue': {
    token: { without: ['iat'] },
    expected: 'refused',
    why: 'STS asks for this claim.',
    source: sources.sts,
    only: ['sts'],
  },
  'time-of-issue-with-a-fraction': {
    token: { times: { iat: -0.5 } },
    expected: 'refused',
    why: 'STS takes whole seconds.',
    source: sources.sts,
    only: ['sts'],
  },
  'at-the-bound-of-sts': atSts({ exp: -290 }, 'accepted'),
  'past-the-bound-of-sts': atSts({ exp: -330 }, 'refused'),
  'before-the-bound-of-sts': atSts({ nbf: 290 }, 'accepted'),
  'at-the-bound-of-vault': atVault({ exp: -30 }, 'accepted'),
  'past-the-bound-of-vault': atVault({ exp: -100 }, 'refused'),
  'of-25-hours': {
    token: { times: { iat: 0, nbf: 0, exp: 25 * hour } },
    expected: 'accepted',
    why: 'Entra takes tokens that live 25 hours.',
    source: sources.entraLifetime,
    only: ['entra'],
  },
  'of-25-hours-and-a-minute': {
    token: { times: { iat: 0, nbf: 0, exp: 25 * hour + minute } },
    expected: 'refused',
    why: 'Entra takes no token that lives more than 25 hours.',
    source: sources.entraLifetime,
    only: ['entra'],
  },
});
