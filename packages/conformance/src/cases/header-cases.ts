import { type ConformanceCase, casesOf } from './case.ts';
import { rfc } from './sources.ts';
import type { Members } from './token.ts';

const brought = (header: Members, headerWithout: readonly string[] = ['kid']) =>
  ({
    token: { key: 'stranger', header, headerWithout },
    expected: 'refused',
    why: 'A key that a token brings along, or says where to fetch, is the key of whoever wrote the token.',
    source: rfc(8725, '3.10'),
  }) as const;
const critical = (header: Members, source: string) =>
  ({
    token: { header },
    expected: 'refused',
    why: 'What a token calls critical must be understood, or the token is invalid: it may change what is signed.',
    source,
  }) as const;

/** What else a header says. */
export const headerCases: readonly ConformanceCase[] = casesOf('headers', {
  'key-in-the-token': { ...brought({ jwk: '{jwk:stranger}' }), source: rfc(8725, '3.8') },
  'key-in-the-token-by-a-trusted-id': {
    ...brought({ jwk: '{jwk:stranger}', kid: '{kid:first}' }, []),
    source: rfc(8725, '3.8'),
  },
  'address-of-keys': brought({ jku: '{stranger}/keys' }),
  'address-of-keys-and-their-id': brought({ jku: '{stranger}/keys' }, []),
  'address-of-a-certificate': brought({ x5u: '{stranger}/certificate' }),
  'certificate-in-the-token': { ...brought({ x5c: ['{certificate:stranger}'] }), source: rfc(8725, '3.8') },
  'address-of-keys-of-the-issuer': {
    token: { header: { jku: '{issuer}/keys' } },
    expected: 'accepted',
    why: 'An address that is not followed is no reason to refuse a token that the issuer signed.',
    source: rfc(7515, '4'),
  },
  'critical-extension': critical(
    { crit: ['urn:example:fedbridge'], 'urn:example:fedbridge': true },
    rfc(7515, '4.1.11'),
  ),
  'critical-extension-that-is-not-there': critical({ crit: ['urn:example:fedbridge'] }, rfc(7515, '4.1.11')),
  'critical-payload-that-is-not-encoded': critical({ crit: ['b64'], b64: false }, rfc(7797, '7')),
  'unknown-parameter': {
    token: { header: { 'x-fedbridge': { of: ['the', 'future'] } } },
    expected: 'accepted',
    why: 'Parameters that are not understood, and not critical, are ignored.',
    source: rfc(7515, '4'),
  },
  'no-type': {
    token: { headerWithout: ['typ'] },
    expected: 'accepted',
    why: 'The type of a token is optional.',
    source: rfc(7519, '5.1'),
  },
  'type-in-small-letters': {
    token: { header: { typ: 'jwt' } },
    expected: 'accepted',
    why: 'Media types are compared without case.',
    source: rfc(7515, '4.1.9'),
  },
  'algorithm-doubled-the-last-none': {
    token: { twice: { header: { alg: 'none' }, where: 'behind' } },
    expected: 'refused',
    why: 'Of a doubled parameter the last one counts, unless the token is refused: two readers must not see two algorithms.',
    source: rfc(7515, '4'),
  },
});
