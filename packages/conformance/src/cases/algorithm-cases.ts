import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';
import type { TokenSpec } from './token.ts';

const unsecured = (token: TokenSpec) =>
  ({
    token,
    expected: 'refused',
    why: 'A token without a signature can be written by anybody.',
    source: rfc(8725, '3.2'),
  }) as const;
const confused = (token: TokenSpec) =>
  ({
    token,
    expected: 'refused',
    why: 'A public key is no secret: as the key of an HMAC it lets everybody sign.',
    source: rfc(8725, '3.1'),
  }) as const;
const mixed = (token: TokenSpec) =>
  ({
    token,
    expected: 'refused',
    why: 'The algorithm of the header is the one that is verified with, and it must be one that the key is for.',
    source: rfc(8725, '3.1'),
  }) as const;
const unknown = (alg: unknown) =>
  ({
    token: { header: { alg } },
    expected: 'refused',
    why: 'An algorithm is one of a list, by its name exactly. One that is not understood makes the token invalid.',
    source: rfc(7515, '4.1.1'),
  }) as const;
const more = 'Which algorithms are taken is for each server to say; this one says that it takes this one.';

/** Algorithms, and what is taken for one. */
export const algorithmCases: readonly ConformanceCase[] = casesOf('algorithms', {
  none: unsecured({ signing: 'none' }),
  'none-and-no-key-id': unsecured({ signing: 'none', headerWithout: ['kid'] }),
  'none-in-capitals': unsecured({ signing: 'none', header: { alg: 'NONE' } }),
  'none-in-mixed-case': unsecured({ signing: 'none', header: { alg: 'nOnE' } }),
  'none-beside-a-signature': unsecured({ header: { alg: 'none' } }),
  'signed-with-nothing': unsecured({ signing: 'none', header: { alg: 'RS256' } }),
  'hmac-of-the-public-key': confused({ signing: 'HS256 of PEM' }),
  'hmac-of-the-published-key': confused({ signing: 'HS256 of JWK' }),
  'hmac-of-nothing': confused({ signing: 'HS256 of nothing' }),
  'hmac-and-no-key-id': confused({ signing: 'HS256 of PEM', headerWithout: ['kid'] }),
  'another-hash-in-the-header': mixed({ header: { alg: 'RS384' } }),
  'pss-in-the-header': mixed({ header: { alg: 'PS256' } }),
  'pss-in-the-signature': mixed({ signing: 'PS256', header: { alg: 'RS256' } }),
  'ecdsa-with-an-rsa-key': mixed({ header: { alg: 'ES256' } }),
  'rsa-with-an-elliptic-key': mixed({ key: 'p256', signing: 'ES256', header: { alg: 'RS256' } }),
  'another-curve': mixed({ key: 'p384', signing: 'ES384', header: { alg: 'ES256' } }),
  'ecdsa-in-der': {
    token: { key: 'p256', signing: 'ES256 in DER' },
    expected: 'refused',
    why: 'A signature of ES256 is 64 octets, both numbers in full. A second form of one signature is one too many.',
    source: rfc(7518, '3.4'),
  },
  'ecdsa-of-zeros': {
    token: { key: 'p256', signing: 'ES256 of zeros' },
    expected: 'refused',
    why: 'Zeros fit every message where the range of both numbers is not looked at, as once in Java (CVE-2022-21449).',
    source: rfc(7518, '3.4'),
  },
  'of-another-token': {
    token: { signing: 'of another token' },
    expected: 'refused',
    why: 'A signature is of one token, and no other.',
    source: rfc(7515, '5.2'),
  },
  unknown: unknown('XS256'),
  'in-small-letters': unknown('rs256'),
  'as-a-list': unknown(['RS256']),
  empty: unknown(''),
  missing: {
    token: { headerWithout: ['alg'] },
    expected: 'refused',
    why: 'The algorithm must be there: one that is guessed is one that the sender chooses.',
    source: rfc(7515, '4.1.1'),
  },
  rs384: { token: { signing: 'RS384' }, expected: 'accepted', why: more, source: sources.sts, only: ['sts'] },
  rs512: { token: { signing: 'RS512' }, expected: 'accepted', why: more, source: sources.sts, only: ['sts'] },
  es256: {
    token: { key: 'p256', signing: 'ES256' },
    expected: 'accepted',
    why: more,
    source: sources.sts,
    only: ['sts'],
  },
  es384: {
    token: { key: 'p384', signing: 'ES384' },
    expected: 'accepted',
    why: more,
    source: sources.sts,
    only: ['sts'],
  },
  es512: {
    token: { key: 'p521', signing: 'ES512' },
    expected: 'accepted',
    why: more,
    source: sources.sts,
    only: ['sts'],
  },
  'elliptic-at-a-server-of-all': {
    token: { key: 'p256', signing: 'ES256' },
    expected: 'accepted',
    why: 'For JWT roles every algorithm is on, unless jwt_supported_algs says which.',
    source: sources.vault,
    only: ['vault'],
  },
  'rs384-at-a-server-of-rs256': {
    token: { signing: 'RS384' },
    expected: 'refused',
    why: 'Tokens for federated credentials must be signed with RS256.',
    source: sources.entra,
    only: ['entra'],
  },
  'elliptic-at-a-server-of-rs256': {
    token: { key: 'p256', signing: 'ES256' },
    expected: 'refused',
    why: 'Tokens for federated credentials must be signed with RS256.',
    source: sources.entra,
    only: ['entra'],
  },
});
