import { inertJson } from '@fedbridge/core';
import type { Exchange, Explanation } from '@fedbridge/emulator';
import {
  credentialsVerdict,
  DocumentError,
  inspectClaims,
  MalformedPolicyError,
  parseFederatedCredential,
  parseTrustPolicy,
  policyVerdict,
  type Verdict,
  type WebIdentityClaims,
} from '@fedbridge/trust';

/** Why an exchange was allowed or denied, by the trust policy or the federated credentials, and what would allow it. */
export function explanationOf(exchange: Exchange): Explanation {
  try {
    if (exchange.aws) return ofAws(exchange, exchange.aws);
    if (exchange.entra) return ofEntra(exchange, exchange.entra);
    return { why: [] };
  } catch (error) {
    // Who presents a token can write whatever they like into it.
    if (error instanceof MalformedPolicyError || error instanceof DocumentError) return { why: [error.message] };
    return { why: [] };
  }
}

function ofAws({ claims, wanted, at }: Exchange, { account, role }: NonNullable<Exchange['aws']>): Explanation {
  const id = wanted.split(':')[4] ?? '';
  if (!account) return { why: [`There is no account ${id} in the configuration.`] };
  const fix = fixOf(claims, id, at, 'aws');
  if (!role) return { why: [`There is no role ${wanted} in the configuration.`], ...fix };
  const provider = account.oidcProviders.find(({ url }) => url === claims.iss);
  if (!provider) return { why: [`The account has no OIDC provider for ${String(claims.iss)}.`], ...fix };
  const arn = `arn:${account.partition ?? 'aws'}:iam::${id}:oidc-provider/${provider.url.replace(/^https?:\/\//, '')}`;
  const presented = { ...whole(at), provider: arn, clientIds: provider.clientIds, role: wanted };
  const { why } = policyVerdict(parseTrustPolicy(role.trustPolicy), claimsOf(claims), presented);
  return { why, ...fix };
}

function ofEntra(
  { claims, wanted, at, allowed }: Exchange,
  { credentials }: NonNullable<Exchange['entra']>,
): Explanation {
  // One that was registered while the emulator runs is not of the configuration.
  if (!credentials) return { why: allowed ? [] : [`There is no application ${wanted} in the configuration.`] };
  const parsed = credentials.map((one) => parseFederatedCredential(one));
  const verdict: Verdict = credentialsVerdict(parsed, claimsOf(claims), whole(at));
  return { why: verdict.why, ...fixOf(claims, '', at, 'entra') };
}

const claimsOf = (claims: Exchange['claims']) => claims as WebIdentityClaims;
const whole = (at: number) => ({ now: Math.floor(at / 1000), isWhole: true });

const documents = { aws: 'A trust policy that allows it:', entra: 'A federated credential that allows it:' } as const;

function fixOf(claims: Exchange['claims'], account: string, at: number, cloud: 'aws' | 'entra') {
  const { trust } = inspectClaims(claims as Parameters<typeof inspectClaims>[0], account || '123456789012', at);
  const document = trust[cloud];
  if ('neverMatches' in document) return {};
  const policy = 'trustPolicy' in document ? document.trustPolicy : document;
  return { fix: { what: documents[cloud], document: inertJson(policy, 2) } };
}
