import type { Algorithm, Jwk } from './outside-issuer.ts';
import type { Claims, Given, Row, StsAnswer } from './row.ts';

/** A token that is presented for a role whose trust policy allows whoever its issuer vouches for. */
export interface TokenRow extends Row {
  /** What the answer is decided by. */
  readonly about: 'audience' | 'claims' | 'keys' | 'times' | 'session' | 'roles claim' | 'request';
  /** In the place of the usual ones, or beside them; undefined for one that is not there. */
  readonly claims?: Claims | ((given: Given) => Claims);
  /** The claims as the token has them, of their JSON. */
  readonly text?: (json: string) => string;
  readonly algorithm?: Algorithm;
  /** Beside `alg`. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** What the issuer publishes. */
  readonly keys?: (keys: readonly Jwk[]) => readonly Jwk[];
  /** Parameters of the request. */
  readonly request?: Readonly<Record<string, string>>;
  readonly answer: StsAnswer;
}

/** The provider's client ids. */
export const clientIds = ['first-client', 'second-client'];
export const usualClaims = ({ now }: Pick<Given, 'now'>): Claims => ({
  aud: 'first-client',
  sub: 'job-7',
  iat: now - 10,
  exp: now + 900,
});

const notValidated =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.';
const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
const notJwt = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)';
const several = 'Token audience contains more than one audience while authorized party is not present';

const gives = (answer: Extract<StsAnswer, { gives: unknown }>['gives'] = {}) => ({ gives: answer });
const denies = (saying: string | ((given: Given) => string)) => ({ denies: 'InvalidIdentityToken', saying });

type Short = Omit<TokenRow, 'source' | 'about' | 'name'>;
const rows = (
  about: TokenRow['about'],
  source: TokenRow['source'],
  all: Readonly<Record<string, Short>>,
): readonly TokenRow[] => Object.entries(all).map(([name, row]) => ({ name, about, source, ...row }));

const claims = rows('claims', 'stsTokens', {
  'a token as usual': { answer: gives({ subject: 'job-7', audience: 'first-client' }) },
  ...Object.fromEntries(
    ['iss', 'sub', 'aud', 'iat', 'exp'].map((claim) => [
      `no ${claim}`,
      { claims: { [claim]: undefined }, answer: denies(`Missing a required claim: ${claim}`) },
    ]),
  ),
  'a subject of one letter': { claims: { sub: 'a' }, answer: gives({ subject: 'a' }) },
  'an empty subject': { claims: { sub: '' }, answer: gives({ subject: '' }) },
  'a number as subject': { claims: { sub: 123 }, answer: gives({ subject: '123' }) },
  'a subject of 300 letters': { claims: { sub: 'a'.repeat(300) }, answer: gives({ subject: 'a'.repeat(300) }) },
  'null as subject': {
    claims: { sub: null },
    answer: { denies: 'InternalFailure', saying: 'Unknown error validating third-party token' },
  },
  'a member twice, the last one wrong': {
    text: (json) => `${json.slice(0, -1)},"aud":"other"}`,
    answer: denies(notValidated),
  },
  'a member twice, alike': {
    text: (json) => `${json.slice(0, -1)},"aud":"first-client"}`,
    answer: gives({ audience: 'first-client' }),
  },
  'a member twice, the first one wrong': {
    text: (json) => json.replace('{', '{"aud":"other",'),
    answer: gives({ audience: 'first-client' }),
  },
});

const audiences = rows('audience', 'stsTokens', {
  'a list of one audience': { claims: { aud: ['first-client'] }, answer: gives({ audience: 'first-client' }) },
  'two audiences, the first known': { claims: { aud: ['first-client', 'other'] }, answer: denies(several) },
  'two audiences, the second known': { claims: { aud: ['other', 'first-client'] }, answer: denies(several) },
  'two audiences, both known': { claims: { aud: ['second-client', 'first-client'] }, answer: denies(several) },
  'an azp decides, whatever the audience': {
    claims: { aud: 'other', azp: 'second-client' },
    answer: gives({ audience: 'second-client' }),
  },
  'two audiences and an azp': {
    claims: { aud: ['other', 'first-client'], azp: 'second-client' },
    answer: gives({ audience: 'second-client' }),
  },
  'an unknown azp beside a known audience': { claims: { azp: 'other' }, answer: denies(notValidated) },
  'an empty azp': { claims: { azp: '' }, answer: denies(notValidated) },
  'an unknown audience': { claims: { aud: 'other' }, answer: denies(notValidated) },
  'an empty audience': { claims: { aud: '' }, answer: denies(notValidated) },
  'an empty list of audiences': { claims: { aud: [] }, answer: denies('Claim is not allowed to be empty: aud') },
});

const badTime = denies('Invalid timestamp in token claims.');
const times = rows('times', 'stsTokens', {
  'a second past its end': { claims: ({ now }) => ({ exp: now - 1 }), answer: gives() },
  'five minutes past its end, all but a second': { claims: ({ now }) => ({ exp: now - 299 }), answer: gives() },
  'more than five minutes past its end': {
    claims: ({ now }) => ({ exp: now - 330 }),
    answer: {
      denies: 'ExpiredTokenException',
      saying: ({ now }) =>
        `Token expired: current date/time ${now - 300} must be before the expiration date/time ${now - 330}`,
    },
  },
  'issued in a second': { claims: ({ now }) => ({ iat: now + 1 }), answer: gives() },
  'issued in less than five minutes': { claims: ({ now }) => ({ iat: now + 290 }), answer: gives() },
  'issued in an hour': {
    claims: ({ now }) => ({ iat: now + 3600 }),
    answer: denies(({ now }) => `Token issued in the future: ${now + 3600}`),
  },
  'valid in a second': { claims: ({ now }) => ({ nbf: now + 1 }), answer: gives() },
  'valid in less than five minutes': { claims: ({ now }) => ({ nbf: now + 290 }), answer: gives() },
  'valid in an hour': {
    claims: ({ now }) => ({ nbf: now + 3600 }),
    answer: denies(
      ({ now }) =>
        `Token not yet valid: current date/time ${now + 300} must be after or equal to the not-before date/time ${now + 3600}`,
    ),
  },
  'nbf as a text': { claims: ({ now }) => ({ nbf: `${now}` }), answer: gives() },
  'iat as a text': { claims: ({ now }) => ({ iat: `${now}` }), answer: gives() },
  'exp as a text': { claims: ({ now }) => ({ exp: `${now + 600}` }), answer: gives() },
  'nbf that is no time': { claims: { nbf: 'invalid' }, answer: badTime },
  'iat that is null': { claims: { iat: null }, answer: badTime },
  'iat with a fraction': { claims: ({ now }) => ({ iat: now - 0.5 }), answer: badTime },
  'exp with a fraction': { claims: ({ now }) => ({ exp: now + 100.5 }), answer: badTime },
  'a minute left, a session of two hours': {
    claims: ({ now }) => ({ exp: now + 60 }),
    request: { DurationSeconds: '7200' },
    answer: gives(),
  },
});

const tags = 'https://aws.amazon.com/tags';
const sessions = rows('session', 'stsTokens', {
  'a source identity': {
    claims: { 'https://aws.amazon.com/source_identity': 'mona' },
    answer: gives({ sourceIdentity: 'mona' }),
  },
  'tags, nested, each a list of one': {
    claims: { [tags]: { principal_tags: { Team: ['build'] }, transitive_tag_keys: ['Team'] } },
    answer: gives(),
  },
  'tags, nested, each a text': {
    claims: { [tags]: { principal_tags: { Team: 'build' } } },
    answer: denies('principal_tags passed in claim is not in correct format.'),
  },
  'tags, flat': {
    claims: { [`${tags}/principal_tags/Team`]: 'build', [`${tags}/transitive_tag_keys`]: ['Team'] },
    answer: gives(),
  },
});

const [rs256] = ['RS256'];
const ofRs256 = (keys: readonly Jwk[]) => keys.filter(({ kid }) => kid === rs256);
const wrong = (key: Jwk | undefined): Jwk => ({ ...key, n: `${key?.n?.slice(0, -4)}AAAA` });
const alone =
  (change: (key: Jwk) => Jwk): NonNullable<TokenRow['keys']> =>
  (keys) =>
    ofRs256(keys).map(change);
const crowd: NonNullable<TokenRow['keys']> = (keys) => [
  ...ofRs256(keys),
  ...Array.from({ length: 100 }, (_, index) => ({ ...ofRs256(keys)[0], kid: `more-${index}` })),
  ...keys.filter(({ kid }) => kid === 'ES256'),
];
const algorithms = rows(
  'keys',
  'stsTokens',
  Object.fromEntries(
    (['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const).map((algorithm) => [
      `signed with ${algorithm}`,
      { algorithm, answer: gives() },
    ]),
  ),
);
const headers = rows('keys', 'stsTokens', {
  'a key id that nobody publishes': { header: { kid: 'unknown' }, answer: denies(noKey) },
  'no key id, six keys': { header: {}, answer: denies(noKey) },
  'an empty key id': { header: { kid: '' }, answer: denies(noKey) },
  'a critical header': { header: { kid: 'RS256', crit: ['custom'], custom: 'yes' }, answer: denies(notJwt) },
});
const keys = rows('keys', 'stsKeys', {
  'a single key': { keys: ofRs256, answer: gives() },
  'no key id, a single key': { keys: ofRs256, header: {}, answer: gives() },
  'a key without id': { keys: alone(({ kid: _, ...key }) => key), header: {}, answer: denies(noKey) },
  'a key for another algorithm': { keys: alone((key) => ({ ...key, alg: 'RS512' })), answer: gives() },
  'a key for encryption': { keys: alone((key) => ({ ...key, use: 'enc' })), answer: denies(noKey) },
  'a key with key_ops sign': { keys: alone((key) => ({ ...key, key_ops: ['sign'] })), answer: denies(notValidated) },
  'a key with key_ops verify': {
    keys: alone((key) => ({ ...key, key_ops: ['verify'] })),
    answer: denies(notValidated),
  },
  'a key twice': { keys: (all) => [...ofRs256(all), ...ofRs256(all)], answer: gives() },
  'a key twice, the first one wrong': {
    keys: (all) => [wrong(ofRs256(all)[0]), ...ofRs256(all)],
    answer: gives(),
  },
  'a key twice, the last one wrong': {
    keys: (all) => [...ofRs256(all), wrong(ofRs256(all)[0])],
    answer: denies(notValidated),
  },
  'a certificate in the place of the parameters': {
    keys: alone(({ kid, kty }) => ({ kid, kty, x5c: ['MIIB'] }) as Jwk),
    answer: denies(noKey),
  },
  'more than a hundred RSA keys': { keys: crowd, answer: denies(noKey) },
  'more than a hundred RSA keys, and one of the other kind': { keys: crowd, algorithm: 'ES256', answer: gives() },
});

const requests: readonly TokenRow[] = [
  ...rows('request', 'stsTokens', {
    'a role that is not there': {
      request: { RoleArn: 'arn:aws:iam::210987654321:role/nobody' },
      answer: { denies: 'AccessDenied', saying: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' },
    },
  }),
  ...rows('request', 'stsTrust', {
    'a ProviderId of Amazon': {
      request: { ProviderId: 'www.amazon.com' },
      answer: denies('Provided Token is not a Login With Amazon token'),
    },
    'a ProviderId of Facebook': {
      request: { ProviderId: 'graph.facebook.com' },
      answer: {
        denies: 'IDPRejectedClaim',
        saying: 'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190',
      },
    },
    'another ProviderId': {
      request: { ProviderId: 'accounts.google.com' },
      answer: {
        denies: 'AccessDenied',
        saying:
          'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens',
      },
    },
  }),
  ...rows('request', 'stsNoProvider', {
    'an issuer without a provider': {
      claims: { iss: 'https://nobody.example.com' },
      answer: denies('No OpenIDConnect provider found in your account for https://nobody.example.com'),
    },
  }),
];

/** What real STS answered to tokens made for the purpose, and to a few that were not. */
export const tokenRows: readonly TokenRow[] = [
  ...claims,
  ...audiences,
  ...times,
  ...sessions,
  ...algorithms,
  ...headers,
  ...keys,
  ...requests,
];
