import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';
import type { Form } from './token.ts';

const refused = (form: Form, why: string, source: string) =>
  ({ token: { form }, expected: 'refused', why, source }) as const;
const parts = 'A signed token has three parts, and the last of them is its signature.';
const encoding =
  'Base64url has no padding, no spaces and no other alphabet: one token must not have several spellings.';
const notJson =
  'Header and claims are each one complete JSON object in UTF-8. What a lenient reader makes of others is its own.';
const changed = 'A signature is of all that a token says.';

/** How a token is written. */
export const formCases: readonly ConformanceCase[] = casesOf('form', {
  'without-signature': refused('without signature', parts, rfc(7515, '5.2')),
  'two-parts': refused('two parts', parts, rfc(7515, '7.1')),
  'four-parts': refused('four parts', parts, rfc(7515, '7.1')),
  empty: refused('empty', parts, rfc(7519, '7.2')),
  padded: refused('padded', encoding, rfc(7515, '2')),
  'standard-alphabet': refused('standard alphabet', encoding, rfc(7515, '2')),
  'line-break': refused('line break', encoding, rfc(7515, '5.2')),
  'space-before-the-signature': refused('space before the signature', encoding, rfc(7515, '5.2')),
  'claims-changed': refused('claims changed', changed, rfc(7515, '5.2')),
  'header-changed': refused('header changed', changed, rfc(7515, '5.2')),
  'signature-cut': refused('signature cut', 'A signature of RSA is as long as its key, exactly.', rfc(8017, '8.2.2')),
  'signature-one-byte-longer': refused(
    'signature one byte longer',
    'A signature of RSA is as long as its key, exactly.',
    rfc(8017, '8.2.2'),
  ),
  'json-serialization': refused('JSON serialization', 'A JWT has one serialization, the compact one.', rfc(7519, '1')),
  encrypted: refused(
    'encrypted',
    'An ID token is signed, and may then be encrypted. One that is encrypted alone, with a public key, can be written by anybody.',
    sources.idToken,
  ),
  'claims-as-a-list': refused('claims as a list', notJson, rfc(7519, '7.2')),
  'claims-as-a-text': refused('claims as a text', notJson, rfc(7519, '7.2')),
  'claims-cut': refused('claims cut', notJson, rfc(7519, '7.2')),
  'claims-with-text-behind': refused('claims with text behind', notJson, rfc(7519, '7.2')),
  'claims-in-utf-16': refused('claims in UTF-16', notJson, rfc(7519, '7.2')),
  'claims-in-invalid-utf-8': refused('claims in invalid UTF-8', notJson, rfc(7519, '7.2')),
  'header-as-a-list': refused('header as a list', notJson, rfc(7515, '5.2')),
  'header-in-invalid-utf-8': refused('header in invalid UTF-8', notJson, rfc(7515, '5.2')),
});
