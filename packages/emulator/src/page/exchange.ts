import type { Setup } from '../emulator.ts';
import type { FederatedCredential } from '../entra/federated-credential.ts';
import { type Claims, readJwt } from '../server/jwt.ts';
import type { RecordedRequest } from '../server/record.ts';
import type { AwsAccount, Role } from '../sts/aws-account.ts';
import { findRole } from '../sts/role-session.ts';

/** An ID token that was presented, to whom and for what, and what became of it. */
export interface Exchange {
  /** Who was to trust it: `AWS STS`. */
  readonly party: string;
  /** What was asked for: a role's ARN, a client ID. */
  readonly wanted: string;
  readonly claims: Claims;
  readonly allowed: boolean;
  /** What a denial said, its code first. */
  readonly said: string;
  /** When, in ms since 1970-01-01 UTC by the emulator's clock. */
  readonly at: number;
  /** What the set-up has to decide it by, where it is known. */
  readonly aws?: { readonly account: AwsAccount | undefined; readonly role: Role | undefined };
  readonly entra?: { readonly credentials: readonly FederatedCredential[] | undefined };
}

const parties: Readonly<Record<string, string>> = {
  sts: 'AWS STS',
  entra: 'Microsoft Entra',
  google: 'Google Cloud',
  vault: 'Vault',
  octoSts: 'octo-sts',
  oauth: 'Authorization server',
};

/** The names under which a token is presented, of all of them. */
const tokenNames = ['WebIdentityToken', 'client_assertion', 'subject_token', 'subjectToken', 'assertion', 'jwt'];
const wantedNames = ['RoleArn', 'client_id', 'audience', 'role', 'identity', 'resource', 'scope'];

/** Undefined for a request that presents no token. */
export function exchangeOf(request: RecordedRequest, setup: Setup): Exchange | undefined {
  const party = Object.hasOwn(parties, request.service) ? parties[request.service] : undefined;
  if (party === undefined || request.internal) return undefined;
  const given = parametersOf(request);
  const bearer =
    request.service === 'octoSts' ? /^Bearer (\S+)$/i.exec(String(request.headers.authorization))?.[1] : undefined;
  const claims = claimsOf(first(given, tokenNames) ?? bearer);
  if (!claims) return undefined;
  const wanted = first(given, wantedNames) ?? '';
  const { status, at } = request;
  const allowed = status >= 200 && status < 300;
  const exchange = { party, wanted, claims, allowed, said: allowed ? '' : saidBy(request), at };
  if (request.service === 'sts') return { ...exchange, aws: roleIn(setup, wanted) };
  return request.service === 'entra' ? { ...exchange, entra: { credentials: credentialsIn(setup, wanted) } } : exchange;
}

type Parameters = Readonly<Record<string, unknown>>;

function parametersOf({ body, query }: RecordedRequest): Parameters {
  const ofQuery = Object.fromEntries(new URLSearchParams(query));
  if (!body.startsWith('{')) return { ...ofQuery, ...Object.fromEntries(new URLSearchParams(body)) };
  try {
    return { ...ofQuery, ...(JSON.parse(body) as Parameters) };
  } catch {
    return ofQuery;
  }
}

function first(given: Parameters, names: readonly string[]): string | undefined {
  const value = names.map((name) => given[name]).find((one) => typeof one === 'string' && one !== '');
  return value as string | undefined;
}

function claimsOf(token: string | undefined): Claims | undefined {
  try {
    return token === undefined ? undefined : readJwt(token).claims;
  } catch {
    return undefined;
  }
}

function roleIn({ accounts = [] }: Setup, arn: string): NonNullable<Exchange['aws']> {
  const [, partition, , , id] = arn.split(':');
  const account = accounts.find((one) => one.id === id && (one.partition ?? 'aws') === partition);
  return { account, role: findRole(accounts, arn)?.role };
}

function credentialsIn({ tenants = [] }: Setup, clientId: string): readonly FederatedCredential[] | undefined {
  const applications = tenants.flatMap((tenant) => tenant.applications);
  return applications.find((one) => one.clientId.toLowerCase() === clientId.toLowerCase())?.federatedCredentials;
}

/** Code and message of an answer, without what names the one request. */
function saidBy({ status, answer }: RecordedRequest): string {
  const [, code, message] = /<Code>([^<]*)<\/Code><Message>([^<]*)<\/Message>/.exec(answer) ?? [];
  if (code !== undefined) return `${code}: ${unescaped(message ?? '')}`;
  try {
    const parsed = JSON.parse(answer) as Readonly<Record<string, unknown>>;
    const text = parsed.error_description ?? parsed.message ?? parsed.errors ?? parsed.error;
    return String(typeof text === 'object' ? JSON.stringify(text) : text).replace(/ Trace ID: .*$/s, '');
  } catch {
    return `HTTP ${status}`;
  }
}

const unescaped = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
