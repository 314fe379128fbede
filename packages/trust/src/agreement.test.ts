import { conditionPrefix, entraIssuer } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { policy, statement } from './corpus/sample.corpus.ts';
import { readFederatedCredential } from './federated-credential.ts';
import { credentialLists } from './lint.corpus.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { parseTrustPolicy } from './policy.ts';
import type { RuleId } from './rules.ts';
import { verdictOnSigned } from './signed-token.ts';
import { credentialsVerdict, policyVerdict } from './verdict.ts';
import type { WebIdentityClaims } from './web-identity.ts';
import { farthest } from './who/sentence.ts';
import { grantsOfCredentials, grantsOfPolicy, whoAssumes, whoIsGranted, whoPresents } from './who/who.ts';
import { whyNobody } from './who/why-nobody.ts';

const now = 1_790_000_000;
const presented = { now, isWhole: false };

/** By which lint says that nobody is allowed. */
const ofNobody: readonly RuleId[] = [
  ...(['never-matches', 'allows-nobody', 'wrong-issuer', 'issuer-trailing-slash'] as const),
  ...(['entra/wrong-audience', 'entra/malformed'] as const),
];
/** By which it says that something else was meant, whether somebody is allowed or nobody. */
const ofEither: readonly RuleId[] = ['aws/literal-wildcard', 'entra/pattern', 'entra/audiences'];

/** Whether lint says that nobody is allowed. */
const saysNobody = (rules: readonly RuleId[], isNobody: boolean) =>
  rules.some((rule) => ofNobody.includes(rule) || (isNobody && ofEither.includes(rule)));

const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const connection = `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/${id}/${id}`;
/** Issuers with a subject that their tokens have, and audiences. */
const signers = [
  ['https://token.actions.githubusercontent.com', 'repo:octo/app:ref:refs/heads/main'],
  [`https://vstoken.dev.azure.com/${id}`, 'sc://contoso/web/deploy'],
  [`https://login.microsoftonline.com/${id}/v2.0`, connection],
  ['https://gitlab.com', 'project_path:octo/app:ref_type:branch:ref:main'],
  [`https://westeurope.oic.prod-aks.azure.com/${id}/${id}/`, 'system:serviceaccount:agents:azp'],
  ['https://oidc.example.com', 'system:serviceaccount:agents:azp'],
] as const;
const spellings: readonly ((iss: string) => string)[] = [
  ...[(iss: string) => iss, (iss: string) => `${iss}/`, (iss: string) => iss.replace(/\/$/, '')],
  ...[(iss: string) => iss.toUpperCase().replace('HTTPS', 'https'), (iss: string) => `${iss}/more`],
  (iss: string) => iss.replace(/[^/]*$/, 'contoso'),
];
const subjects = (own: string): readonly string[] => [
  ...[
    own,
    `${own} `,
    ` ${own}`,
    '',
    'x',
    `${own}*`,
    own.replace('ref:refs/heads/', ''),
    own.replace('/app', '/app.git'),
  ],
  ...[own.replace('refs/heads/', ''), own.replace(/ref:.*/, 'environment:'), own.replace(/ref:.*/, 'environment:*')],
  ...[own.replace('main', '*'), own.replace(/:azp/, ''), own.replace('sc://', 'p://'), 'repo:octo/app'],
];
const audiences = [
  ...['api://AzureADTokenExchange', 'api://AzureADTokenExchange/', 'api://azureadtokenexchange', 'sts.amazonaws.com'],
  ...[
    'api://AzureADTokenExchangeUSGov',
    'fb60f99c-7a34-4190-8149-302f77469936',
    'api://my-app',
    '',
    'sts.amazonaws.com ',
  ],
  ...['499b84ac-1321-427f-aa17-267ca6975798', id],
];

/** Tokens of which each part is what a document says; at Entra's issuer also with an azp. */
function tokensLike(iss: string, sub: string, audience: string): readonly WebIdentityClaims[] {
  const entras = ['fb60f99c-7a34-4190-8149-302f77469936', audience];
  const azps = [undefined, '499b84ac-1321-427f-aa17-267ca6975798', audience];
  return entras.flatMap((aud) => azps.map((azp) => ({ iss, sub, aud, ...(azp === undefined ? {} : { azp }) })));
}

function* documents() {
  for (const [iss, own] of signers)
    for (const spell of spellings)
      for (const subject of subjects(own))
        for (const audience of audiences) {
          const parts = [
            spell(iss) !== iss,
            subject !== own,
            !['api://AzureADTokenExchange', audiences[3]].includes(audience),
          ];
          // What is wrong in two parts is wrong in one.
          if (parts.filter(Boolean).length <= 1) yield { iss: spell(iss), subject, audience };
        }
}

describe('of a federated credential lint, who and test say the same', () => {
  it.each([...documents()])('$iss $subject $audience', ({ iss, subject, audience }) => {
    for (const name of ['main', 'a b']) {
      const credential = { name, issuer: iss, subject, audiences: [audience] };
      const rules = lintFederatedCredentials([credential]).map(({ rule }) => rule);
      const isNobody = farthest(whoPresents([credential], [], now)) === 'nobody';
      const allows = (claims: WebIdentityClaims) =>
        verdictOnSigned(credentialsVerdict([credential], claims, presented), claims).allowed;
      const isAllowed = tokensLike(iss, subject, audience).some(allows);
      expect({ rules, isSaid: saysNobody(rules, isNobody) }).toEqual({ rules, isSaid: isNobody });
      // Of the URI of another cloud nobody knows.
      if (!rules.includes('hardly-matches') || isNobody) expect({ isAllowed }).toEqual({ isAllowed: !isNobody });
      if (isNobody)
        expect(grantsOfCredentials([credential]).map((one) => whyNobody(one, now))).not.toContain(undefined);
    }
  });

  it.each(credentialLists)('$title', ({ document }) => {
    for (const one of document as unknown[]) {
      const credential = readFederatedCredential(one);
      if (!credential) continue;
      const rules = lintFederatedCredentials([one]).map(({ rule }) => rule);
      const [grant] = grantsOfCredentials([credential]);
      const isNobody = grant !== undefined && whoIsGranted(grant, [], now).reach === 'nobody';
      expect({ rules, isSaid: saysNobody(rules, isNobody) }).toEqual({ rules, isSaid: isNobody });
    }
  });
});

describe('of a trust policy lint, who and test say the same', () => {
  it.each([...documents()])('$iss $subject $audience', ({ iss, subject, audience }) => {
    const name = conditionPrefix(iss);
    for (const key of entraIssuer(iss) ? ['aud', 'oaud'] : ['aud']) {
      const document = policy(
        statement(name, { StringEquals: { [`${name}:${key}`]: audience, [`${name}:sub`]: subject } }),
      );
      const read = parseTrustPolicy(document);
      const rules = lintTrustPolicy(document).map(({ rule }) => rule);
      const isNobody = farthest(whoAssumes(read, [], now)) === 'nobody';
      const allows = (claims: WebIdentityClaims) =>
        verdictOnSigned(policyVerdict(read, claims, presented), claims).allowed;
      const isAllowed = tokensLike(iss, subject, audience).some(allows);
      const isSaid = saysNobody(rules, isNobody);
      expect({ rules, isSaid, isAllowed }).toEqual({ rules, isSaid: isNobody, isAllowed: !isNobody });
      if (isNobody) expect(grantsOfPolicy(read, now).map((one) => whyNobody(one, now))).not.toContain(undefined);
    }
  });
});
