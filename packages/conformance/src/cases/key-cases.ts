import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';

const usage =
  'A key that is published for something else does not sign tokens: the keys of an issuer say what they are for.';
const injected =
  'The id of a key comes from whoever sends the token: used as a path or in a query, it chooses the key.';

/** Keys, and how they are found. */
export const keyCases: readonly ConformanceCase[] = casesOf('keys', {
  'second-of-several': {
    token: { key: 'second' },
    expected: 'accepted',
    why: 'Each key that an issuer publishes for signatures is its own.',
    source: sources.signing,
  },
  'unknown-id': {
    token: { key: 'stranger', header: { kid: 'nobody' } },
    expected: 'refused',
    why: 'A key that the issuer does not publish is not its own.',
    source: sources.signing,
  },
  'no-id-and-a-single-key': {
    trust: 'keys-single',
    token: { headerWithout: ['kid'] },
    expected: 'accepted',
    why: 'An id is asked for only where an issuer publishes several keys.',
    source: sources.signing,
  },
  'no-id-and-several-keys': {
    token: { headerWithout: ['kid'] },
    expected: 'refused',
    why: 'With several keys the issuer must say which one; STS tries none.',
    source: sources.sts,
    only: ['sts'],
  },
  'no-id-and-the-key-of-a-stranger': {
    token: { key: 'stranger', headerWithout: ['kid'] },
    expected: 'refused',
    why: 'Whoever tries all keys must find one that fits.',
    source: rfc(7515, '5.2'),
  },
  'empty-id': {
    token: { header: { kid: '' } },
    expected: 'refused',
    why: 'An empty id names no key.',
    source: sources.sts,
    only: ['sts'],
  },
  'id-as-a-list': {
    token: { header: { kid: ['{kid:first}'] } },
    expected: 'refused',
    why: 'The id of a key is a text. A parameter of another type is not understood, and the token invalid.',
    source: rfc(7515, '4.1.4'),
  },
  'id-as-a-path': {
    token: { signing: 'HS256 of nothing', header: { kid: '../../../../../../dev/null' } },
    expected: 'refused',
    why: injected,
    source: rfc(8725, '3.10'),
  },
  'id-as-a-query': {
    token: { signing: 'HS256 of nothing', header: { kid: "x' UNION SELECT '' -- " } },
    expected: 'refused',
    why: injected,
    source: rfc(8725, '3.10'),
  },
  'for-encryption': { trust: 'keys-encryption', expected: 'refused', why: usage, source: sources.signing },
  'with-the-operation-encrypt': {
    trust: 'keys-operations-encrypt',
    expected: 'refused',
    why: usage,
    source: rfc(7517, '4.3'),
  },
  'with-the-operation-verify': {
    trust: 'keys-operations-verify',
    expected: 'accepted',
    why: 'This is what a public key for signatures is for.',
    source: rfc(7517, '4.3'),
  },
  'for-another-algorithm': {
    trust: 'keys-of-rs512',
    expected: 'refused',
    why: 'Each key is used with exactly one algorithm, and this one says which. Mixed use is how algorithms are confused.',
    source: rfc(8725, '3.1'),
  },
  small: {
    trust: 'keys-small',
    token: { key: 'small' },
    expected: 'refused',
    why: 'RSA keys of less than 2,048 bits can be broken, and must not be used.',
    source: rfc(7518, '3.3'),
  },
  'beside-keys-of-unknown-types': {
    trust: 'keys-foreign-types',
    expected: 'accepted',
    why: 'Keys that are not understood are ignored, or an issuer can never add a kind of key.',
    source: rfc(7517, '5'),
  },
  'with-unknown-members': {
    trust: 'keys-unknown-members',
    expected: 'accepted',
    why: 'Members of a key that are not understood are ignored.',
    source: rfc(7517, '4'),
  },
  'none-published': {
    trust: 'keys-none',
    expected: 'refused',
    why: 'Where no key is published, nothing can be verified.',
    source: rfc(7515, '5.2'),
  },
});

const unfamiliar =
  'Whoever sees the id of a key for the first time asks the issuer again. Otherwise each rotation is an outage.';

/** Keys that come and go. */
export const rotationCases: readonly ConformanceCase[] = casesOf('rotation', {
  added: {
    trust: 'keys-added',
    token: { key: 'second' },
    rotatesTo: ['first', 'second'],
    expected: 'accepted',
    why: unfamiliar,
    source: sources.rotation,
  },
  replaced: {
    trust: 'keys-replaced',
    token: { key: 'second' },
    rotatesTo: ['second'],
    expected: 'accepted',
    why: unfamiliar,
    source: sources.rotation,
  },
  retained: {
    trust: 'keys-retained',
    rotatesTo: ['second', 'first'],
    expected: 'accepted',
    why: 'A key that is still published is good: tokens that were signed before a rotation are on their way.',
    source: sources.rotation,
  },
  unpublished: {
    trust: 'keys-unpublished',
    token: { key: 'stranger' },
    rotatesTo: ['first', 'second'],
    expected: 'refused',
    why: 'A key that is not there after the issuer was asked again is not its own.',
    source: sources.rotation,
  },
});
