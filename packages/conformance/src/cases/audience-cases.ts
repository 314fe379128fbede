import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';

const other = 'https://other.example.com';
const notOurs =
  'A token is for whom it names. Taken by another, it can be presented by every service that it was ever sent to.';
const exactly = 'Audiences are compared exactly: what only looks like the name of this server is the name of another.';
const refused = { expected: 'refused', source: rfc(7519, '4.1.3') } as const;
const lookAlike = (aud: unknown) => ({ token: { claims: { aud } }, ...refused, why: exactly });
const noText = (aud: unknown) => ({
  token: { claims: { aud } },
  ...refused,
  why: 'An audience is a text, or a list of texts. What else it may be converted to is not what the issuer meant.',
});
const several = {
  expected: 'refused',
  why: 'Each party that a token is for can present it to all others. One audience that is not trusted is one holder too many.',
  source: sources.validation,
} as const;

/** For whom. */
export const audienceCases: readonly ConformanceCase[] = casesOf('audiences', {
  other: { token: { claims: { aud: other } }, ...refused, why: notOurs },
  'owner-of-the-repository': {
    token: { claims: { aud: 'https://github.com/octo' } },
    expected: 'refused',
    why: 'This is the audience that GitHub signs where none is asked for: such a token was meant for nobody in particular.',
    source: sources.gitHub,
  },
  missing: {
    token: { without: ['aud'] },
    expected: 'refused',
    why: 'Without an audience the token is for everybody, and so for whoever has stolen it.',
    source: sources.validation,
  },
  empty: { token: { claims: { aud: '' } }, ...refused, why: notOurs },
  'empty-list': { token: { claims: { aud: [] } }, ...refused, why: notOurs },
  null: { token: { claims: { aud: null } }, ...refused, why: notOurs },
  'list-of-one': {
    token: { claims: { aud: ['{audience}'] } },
    expected: 'accepted',
    why: 'In general an audience is a list, and Kubernetes signs one with a single member.',
    source: rfc(7519, '4.1.3'),
  },
  'list-ours-first': { token: { claims: { aud: ['{audience}', other] } }, ...several },
  'list-ours-last': { token: { claims: { aud: [other, '{audience}'] } }, ...several },
  'list-of-others': { token: { claims: { aud: [other, `${other}/2`] } }, ...refused, why: notOurs },
  'list-in-list': noText([['{audience}']]),
  'list-as-text': noText('["{audience}"]'),
  'joined-by-commas': noText(`{audience},${other}`),
  'joined-by-spaces': noText(`{audience} ${other}`),
  number: noText(0),
  true: noText(true),
  object: noText({ 0: '{audience}', length: 1 }),
  'in-capitals': lookAlike('{audience:upper}'),
  'that-begins-alike': lookAlike('{audience}.example.com'),
  'that-ends-alike': lookAlike('x{audience}'),
  'slash-behind': lookAlike('{audience}/'),
  'space-behind': lookAlike('{audience} '),
  'line-break-behind': lookAlike('{audience}\n'),
  wildcard: lookAlike('*'),
  'letter-of-another-alphabet': {
    token: { claims: { aud: '{audience:homoglyph}' } },
    expected: 'refused',
    why: 'Texts are compared character by character, without normalization: a letter of another alphabet is another one.',
    source: rfc(7519, '7.3'),
  },
  'written-with-escapes': {
    token: { claims: { aud: '{audience}' }, escaped: ['aud'] },
    expected: 'accepted',
    why: 'How JSON writes a character makes no difference: compared is what it stands for.',
    source: rfc(8259, '8.3'),
  },
  'doubled-the-last-of-another': {
    token: { twice: { claims: { aud: other }, where: 'behind' } },
    expected: 'refused',
    why: 'Of a doubled claim the last one counts, unless the token is refused.',
    source: rfc(7519, '4'),
  },
  'doubled-by-case': {
    token: { claims: { aud: other, AUD: '{audience}' } },
    expected: 'refused',
    why: 'Names of claims are compared with their case: the audience is the one that is called so.',
    source: rfc(7519, '10.1.1'),
  },
  'authorized-party-alone': {
    token: { claims: { aud: other, azp: '{audience}' } },
    expected: 'refused',
    why: 'Who a token was issued to (azp) is not whom it is for.',
    source: sources.validation,
  },
  'authorized-party-beside-a-list': {
    token: { claims: { aud: ['{audience}', other], azp: '{audience}' } },
    ...several,
  },
  'another-authorized-party': {
    token: { claims: { azp: other } },
    expected: 'refused',
    why: 'STS takes azp for the audience where it is there, and it must be among the client ids.',
    source: sources.sts,
    only: ['sts'],
  },
  'empty-authorized-party': {
    token: { claims: { azp: '' } },
    expected: 'refused',
    why: 'An azp that is there counts, though it is empty.',
    source: sources.sts,
    only: ['sts'],
  },
});
