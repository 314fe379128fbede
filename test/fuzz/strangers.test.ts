import { conditionKeysOf, credentialAudience } from '@fedbridge/issuers';
import {
  evaluateTrustPolicy,
  farthest,
  type Grant,
  grantsOfCredentials,
  grantsOfPolicy,
  MalformedPolicyError,
  type Mine,
  matchFederatedCredential,
  parseMine,
  parseTrustPolicy,
  readFederatedCredential,
  type TrustRequest,
  webIdentityRequest,
  whoIsGranted,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialLists, trustPolicies } from '../../packages/trust/src/lint.corpus.ts';
import { type Claims, now } from './signer.ts';
import { signers } from './signers.ts';
import { gitHubTokens } from './signers-of-github.ts';

const strangersOfEach = 4_000;
/** Whose the documents of the corpus are, by what can be told of tokens. */
const mine = [
  'github:octo@65001',
  'gitlab:acme',
  'terraform-cloud:acme',
  'buildkite:acme',
  'azure-pipelines:contoso',
].map((text) => parseMine(text) as Mine);

/** Jobs of others that have all but the owner from ours: names, ids of repositories too, workflows, environments and branches. */
const ofOthers = gitHubTokens('https://token.actions.githubusercontent.com', {
  owners: [
    ...['evil', 'octo-2', 'octo2', 'xocto', 'oct', 'oct0', 'octocorp', 'acme'].map((name) => ({ name, id: '99' })),
    ...['650010', '6500', '165001'].map((id) => ({ name: 'evil', id })),
  ],
  repositories: [
    ...['app', 'web', 'flows', 'octo', 'octo-app'].map((name) => ({ name, id: '9' })),
    { name: 'app', id: '7241130' },
  ],
  refs: ['refs/heads/main', 'refs/heads/release/1', 'refs/heads/prod', 'refs/tags/v1', 'refs/heads/octo/app'],
  environments: ['prod', 'production', 'staging', 'repo:octo/app', 'Prod'],
  flows: [
    'octo/flows/.github/workflows/deploy.yml@refs/heads/main',
    'octo/flows/.github/workflows/deploy.yml@refs/tags/v1',
    'evil/octo/.github/workflows/deploy.yml@refs/heads/main',
  ],
});

const samples = new Map<string, readonly Claims[]>();

/** Tokens of others at an issuer; none where it is not shared. */
function strangersAt(iss: string): readonly Claims[] {
  const known = samples.get(iss);
  if (known) return known;
  const { token, owner } = signers.find((one) => one.iss === iss) ?? {};
  const isHub = iss === 'https://token.actions.githubusercontent.com';
  const strangers = isHub ? ofOthers : token?.filter((claims) => owner?.(claims) === 'others');
  const isShared =
    isHub || signers.some((one) => one.iss === iss && !one.mine.some((text) => text.startsWith('issuer:')));
  const made = strangers && isShared ? fc.sample(strangers, { numRuns: strangersOfEach, seed: 20_261_126 }) : [];
  samples.set(iss, made);
  return made;
}

/** What a trust policy is asked for each of them. */
const requestsOf = remembered((provider: string, iss: string): readonly TrustRequest[] => {
  const keys = conditionKeysOf(iss);
  const sessions = ['octo', 'deploy-1', '123456789012'];
  return strangersAt(iss).map((claims, index) =>
    webIdentityRequest(claims, provider, keys, now, {
      'sts:RoleSessionName': sessions[index % 3] ?? '',
      'aws:SourceIp': `10.0.${index % 256}.${index % 251}`,
    }),
  );
});

const policies = trustPolicies.flatMap(({ title, document }) => {
  try {
    const policy = parseTrustPolicy(document);
    return [{ title, policy, grants: grantsOfPolicy(policy, now) }];
  } catch (error) {
    // One that IAM does not take allows nobody.
    if (error instanceof MalformedPolicyError) return [];
    throw error;
  }
});

const lists = credentialLists.flatMap(({ title, document }) => {
  const credentials = (document as unknown[]).flatMap((one) => readFederatedCredential(one) ?? []);
  return [{ title, credentials, grants: grantsOfCredentials(credentials) }];
});

/** Documents of the corpus that are said to allow nobody but us. */
const tight = <T extends { readonly grants: readonly Grant[] }>(all: readonly T[]) =>
  all.filter(({ grants }) => /^(nobody|only mine)$/.test(farthest(grants.map((one) => whoIsGranted(one, mine, now)))));

describe(`${strangersOfEach} strangers are denied, each by each document that is said to allow nobody but us`, () => {
  const tightPolicies = tight(policies);
  const tightLists = tight(lists);

  test('of which there are many', () => {
    const withStrangers = ({ grants }: { readonly grants: readonly Grant[] }) =>
      grants.some(({ iss }) => strangersAt(iss).length > 0);
    expect(tightPolicies.filter(withStrangers).length).toBeGreaterThan(100);
    expect(tightLists.filter(withStrangers).length).toBeGreaterThan(40);
    for (const strangers of samples.values())
      expect(new Set(strangers.map((one) => JSON.stringify(one))).size).toBeGreaterThanOrEqual(0.4 * strangers.length);
  });

  test.each(tightPolicies)('$title', ({ policy, grants }) => {
    const asked = grants.flatMap(({ provider, iss }) => (provider ? requestsOf(provider, iss) : []));
    expect(asked.find((request) => evaluateTrustPolicy(policy, request).allowed)).toBeUndefined();
  });

  test.each(tightLists)('$title', ({ credentials, grants }) => {
    const asked = [...new Set(grants.map(({ iss }) => iss))].flatMap(strangersAt);
    const found = asked.find((claims) => {
      const { iss, sub, aud } = claims as { iss: string; sub: string; aud: string };
      const assertion = { issuer: iss, subject: sub, audience: credentialAudience(aud, iss), claims };
      return matchFederatedCredential(credentials, assertion).matched !== undefined;
    });
    expect(found).toBeUndefined();
  });
});

function remembered<T>(make: (first: string, second: string) => T): (first: string, second: string) => T {
  const known = new Map<string, T>();
  return (first, second) => {
    const key = `${first} ${second}`;
    const made = known.get(key) ?? make(first, second);
    known.set(key, made);
    return made;
  };
}
