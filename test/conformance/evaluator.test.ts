import { conditionKeysOf, credentialAudience } from '@fedbridge/issuers';
import {
  type AnyFederatedCredential,
  evaluateTrustPolicy,
  matchFederatedCredential,
  parseTrustPolicy,
  type WebIdentityClaims,
  webIdentityProblem,
  webIdentityRequest,
} from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { connection, exchangeRows, uri } from './entra-exchange.ts';
import { credentialsOf } from './entra-world.ts';
import { documentedPolicyRows } from './iam-keys.ts';
import type { PolicyRow } from './iam-policies.ts';
import type { Claims } from './row.ts';
import { rolesClaimRows } from './sts-roles-claim.ts';
import { clientIds, tokenRows, usualClaims } from './sts-tokens.ts';
import { capturedPolicyRows } from './sts-trust.ts';
import { givenFor, policyFor, resolved } from './world.ts';

const now = 1_795_000_000;

/** Of keys, of parameters of a request and of session tags it knows nothing. */
const known = ['audience', 'claims', 'times', 'roles claim'];
const read = [...tokenRows, ...rolesClaimRows].filter(({ about }) => known.includes(about));

describe('the evaluator takes a token as real STS does', () => {
  it.each(read)('$name [$source]', ({ claims = {}, text, answer }) => {
    const given = givenFor('open', 'https://issuer.example.com', now);
    const json = JSON.stringify({
      iss: 'https://issuer.example.com',
      ...usualClaims(given),
      ...resolved(claims, given),
    });
    const token = JSON.parse(text?.(json) ?? json) as WebIdentityClaims;
    const problem = webIdentityProblem(token, { now, clientIds, role: given.role, isWhole: true });
    expect(problem === undefined).toBe('gives' in answer);
  });
});

const gitHub = 'https://token.actions.githubusercontent.com';

function allows(row: PolicyRow): boolean {
  const iss = row.issuer === 'GitHub' ? gitHub : 'https://issuer.example.com';
  const given = givenFor('deploy', iss, now);
  const aud = row.issuer === 'GitHub' ? 'sts.amazonaws.com' : 'first-client';
  const sub = 'repo:octo/app:ref:refs/heads/main';
  const token = { iss, ...usualClaims(given), aud, sub, ...resolved(row.claims, given) };
  const others = { 'sts:RoleSessionName': row.sessionName, 'aws:SourceIp': '127.0.0.1' };
  const request = webIdentityRequest(token, given.provider, conditionKeysOf(iss), now, others);
  return evaluateTrustPolicy(parseTrustPolicy(policyFor(row, iss, given)), request).allowed;
}

const policies = [...capturedPolicyRows, ...documentedPolicyRows];
describe('the evaluator reads a trust policy as IAM documents it', () => {
  it.each(policies)('$name: $allowed [$source]', (row) => {
    expect(allows(row)).toBe(row.allowed);
  });
});

/** What the codes of Entra are to who compares a token with credentials. */
const differences: Readonly<Record<number, string>> = {
  70025: 'none',
  700211: 'issuer',
  700212: 'audience',
  700213: 'subject',
  700214: 'audience',
  7002138: 'subject case',
};
const matched = exchangeRows.filter(({ code }) => code === undefined || code in differences);
function differs(row: (typeof matched)[number]): string | undefined {
  const { issuer, ...usual } = {
    GitHub: {
      issuer: gitHub,
      ...{ sub: 'repo:octo/app:ref:refs/heads/main', aud: uri },
      ...{ repository_id: '724113', repository_owner_id: '65001' },
    },
    Entra: {
      issuer: `https://login.microsoftonline.com/${connection.tenant}/v2.0`,
      ...{ sub: connection.subject, aud: 'fb60f99c-7a34-4190-8149-302f77469936' },
    },
    'Azure DevOps': {
      issuer: `https://vstoken.dev.azure.com/${connection.organization}`,
      ...{ sub: 'p://contoso/web/release', aud: uri },
    },
  }[row.signer];
  const claims: Claims = { ...usual, ...(typeof row.claims === 'function' ? row.claims(now) : row.claims) };
  const { sub, aud } = claims as Readonly<Record<'sub' | 'aud', string>>;
  const credentials = credentialsOf(row, issuer) as readonly unknown[] as readonly AnyFederatedCredential[];
  const assertion = { issuer, subject: sub, audience: credentialAudience(aud), claims };
  return matchFederatedCredential(credentials, assertion).differs;
}

describe('the evaluator compares a token with federated credentials as Entra does', () => {
  it.each(matched)('$name: $code [$source]', (row) => {
    expect(differs(row)).toBe(row.code === undefined ? undefined : differences[row.code]);
  });
});
