import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';

const exactly =
  'An issuer is compared exactly: an address that only leads to the same place, or looks like it, is another issuer.';
const refused = { expected: 'refused', source: sources.validation } as const;
const lookAlike = (iss: string) => ({ token: { claims: { iss } }, ...refused, why: exactly });
const ofStranger = 'Anybody can run an issuer: its signature says nothing of the one that is trusted.';
const oneText =
  'An issuer is one text. A list lets whoever reads its first or its last part decide by another than whoever signed.';

/** Who signed. */
export const issuerCases: readonly ConformanceCase[] = casesOf('issuers', {
  stranger: { token: { claims: { iss: '{stranger}' }, key: 'stranger' }, ...refused, why: ofStranger },
  'below-the-trusted-path': {
    token: { claims: { iss: '{issuer}/enterprise' }, key: 'stranger' },
    ...refused,
    why: 'An issuer below the path of a trusted one, as each enterprise of GitHub may have, is another one.',
  },
  'host-that-begins-alike': {
    token: { claims: { iss: '{issuer}.example.com' }, key: 'stranger' },
    ...refused,
    why: 'A prefix of an address is no part of it: whoever owns a domain can begin a name with any other.',
  },
  'key-of-stranger': {
    token: { key: 'stranger' },
    expected: 'refused',
    why: 'The keys must be those of the issuer that the token names, or each issuer can speak for every other.',
    source: rfc(8725, '3.8'),
  },
  'key-of-stranger-by-the-id-of-a-trusted-one': {
    token: { key: 'stranger', header: { kid: '{kid:first}' } },
    expected: 'refused',
    why: 'The id of a key is public: it is the signature that counts.',
    source: rfc(7515, '5.2'),
  },
  'trusted-key-for-stranger': {
    token: { claims: { iss: '{stranger}' } },
    expected: 'refused',
    why: 'A key of one issuer that is trusted must not vouch for another.',
    source: rfc(8725, '3.8'),
  },
  'slash-behind': lookAlike('{issuer}/'),
  'in-capitals': lookAlike('{issuer:upper}'),
  'other-scheme': lookAlike('{issuer:scheme}'),
  'dot-segments': lookAlike('{issuer}/../github'),
  'percent-encoded': lookAlike('{issuer:encoded}'),
  'query-behind': lookAlike('{issuer}?'),
  'space-behind': lookAlike('{issuer} '),
  'letter-of-another-alphabet': lookAlike('{issuer:homoglyph}'),
  list: {
    token: { claims: { iss: ['{issuer}', '{stranger}'] } },
    expected: 'refused',
    why: oneText,
    source: rfc(7519, '4.1.1'),
  },
  'list-of-one': {
    token: { claims: { iss: ['{issuer}'] } },
    expected: 'refused',
    why: oneText,
    source: rfc(7519, '4.1.1'),
  },
  missing: {
    token: { without: ['iss'] },
    ...refused,
    why: 'A key may be published by several issuers: without the claim, none of them says that it speaks.',
  },
  empty: { token: { claims: { iss: '' } }, ...refused, why: 'An empty text is the name of no issuer.' },
  null: { token: { claims: { iss: null } }, ...refused, why: 'A claim that is null names no issuer.' },
  'in-the-header-alone': {
    token: { without: ['iss'], header: { iss: '{issuer}' } },
    expected: 'refused',
    why: 'Claims repeated in the header belong to encrypted tokens: the claims decide.',
    source: rfc(7519, '5.3'),
  },
  'name-in-capitals': {
    token: { without: ['iss'], claims: { ISS: '{issuer}' } },
    expected: 'refused',
    why: 'Names of claims are compared with their case: a claim of another name is not the issuer.',
    source: rfc(7519, '10.1.1'),
  },
  'doubled-the-last-a-stranger': {
    token: { twice: { claims: { iss: '{stranger}' }, where: 'behind' } },
    expected: 'refused',
    why: 'Of a doubled claim the last one counts, unless the token is refused: two readers must not see two issuers.',
    source: rfc(7519, '4'),
  },
  'doubled-signed-by-the-last': {
    token: { twice: { claims: { iss: '{stranger}' }, where: 'behind' }, key: 'stranger' },
    expected: 'refused',
    why: 'Whoever takes the first issuer for the trust and the last one for the keys trusts everybody.',
    source: rfc(7519, '4'),
  },
  'doubled-by-case': {
    token: { claims: { iss: '{stranger}', ISS: '{issuer}' }, key: 'stranger' },
    expected: 'refused',
    why: 'A reader that does not look at case takes the second name for the first one, and a stranger for the issuer.',
    source: rfc(7519, '10.1.1'),
  },
  'discovery-of-another': {
    trust: 'keys-of-another',
    expected: 'refused',
    why: 'A discovery document that names another issuer is not that of the one which was asked for.',
    source: sources.discovery,
  },
});
