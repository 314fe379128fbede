import {
  FedbridgeError,
  type HttpResponse,
  type Outbound,
  readJson,
  retry,
  secondsMember,
  textMember,
  tokenMember,
  unavailable,
} from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import { ExchangedToken } from './exchanged-token.ts';
import type { Profile, TokenRequest } from './profile.ts';
import { sendTo } from './service-request.ts';
import type { Values } from './template.ts';

/** What is asked for, and where. */
export interface ExchangeOrder {
  readonly profile: Profile;
  /** By the names in the profile: `valuesOf` makes them. */
  readonly values: Values;
}

/**
 * Exchanges an ID token as a profile says.
 *
 * @param idToken - gives the token for each attempt, a new one when the last is about to end
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `INPUT_INVALID`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`,
 *   `ID_TOKEN_*`
 */
export async function exchange(
  { profile, values }: ExchangeOrder,
  idToken: () => Promise<AdmittedIdToken>,
  outbound: Outbound,
): Promise<ExchangedToken> {
  let token: ExchangedToken | undefined;
  for (const request of profile.exchange) {
    if (request.needs !== undefined && values[request.needs] === undefined) continue;
    token = await askForToken(request, { values, idToken, before: token }, outbound);
  }
  if (token === undefined) throw new Error(`The profile ${profile.name} exchanges nothing.`);
  return token;
}

/**
 * Has a token live on where its profile knows how; undefined where it does not, or the service does not want to.
 *
 * @param idToken - asked all the same: what the user requires of it guards each renewal
 * @throws FedbridgeError as `exchange`
 */
export async function renew(
  { profile, values }: ExchangeOrder,
  token: string,
  idToken: () => Promise<AdmittedIdToken>,
  outbound: Outbound,
): Promise<ExchangedToken | undefined> {
  if (profile.renew === undefined) return undefined;
  const { presented } = await idToken();
  const before = new ExchangedToken(token, { expiresAt: undefined, presented });
  try {
    return await askForToken(profile.renew, { values, idToken, before }, { ...outbound, maxAttempts: 1 });
  } catch (error) {
    if (error instanceof FedbridgeError && error.code === 'EXCHANGE_REFUSED') return undefined;
    throw error;
  }
}

interface Asked {
  readonly values: Values;
  readonly idToken: () => Promise<AdmittedIdToken>;
  /** What the request before gave. */
  readonly before: ExchangedToken | undefined;
}

function askForToken(
  request: TokenRequest,
  { values, idToken, before }: Asked,
  outbound: Outbound,
): Promise<ExchangedToken> {
  return retry(outbound, async () => {
    const assertion = await idToken();
    const filled = { ...values, idToken: assertion.reveal(), token: before?.reveal() };
    // The token's time runs from when it was made, to the second: not from when it is read.
    const asked = Math.floor(outbound.system.now() / 1000) * 1000;
    const response = await sendTo(request, filled, outbound);
    const later = unavailable(response, request.to, outbound.system.now());
    if (later) throw later.with({ presented: assertion.presented });
    if (response.status < 200 || response.status > 299) {
      const { denial } = await import('./exchange-denial.ts');
      const secrets = [assertion.reveal(), before?.reveal() ?? ''];
      throw denial(response, { request, values, presented: assertion.presented, secrets });
    }
    const { value, expiresAt } = readToken(request, response, { asked, mask: outbound.mask });
    return new ExchangedToken(value, { expiresAt, presented: assertion.presented });
  });
}

/** Vault gives tokens for 32 days unless it is told otherwise; a year is another service's answer. */
const longestMs = 366 * 86_400_000;

/** @throws FedbridgeError `ANSWER_MALFORMED` */
function readToken(
  { to, gives }: TokenRequest,
  response: HttpResponse,
  { asked, mask }: { readonly asked: number } & Pick<Outbound, 'mask'>,
): { readonly value: string; readonly expiresAt: number | undefined } {
  const answer = readJson(response, to);
  const malformed = (what: string) =>
    new FedbridgeError('ANSWER_MALFORMED', `${to} answered ${what}.`, { answer: `HTTP ${response.status}` });
  const value = tokenMember(...memberOf(answer, gives.token));
  if (value === undefined) throw malformed('without a token');
  mask(value);
  if (gives.type !== undefined) {
    const type = textMember(...memberOf(answer, gives.type));
    // "N_A" says that the token is not one for a header, whoever bears it [RFC 8693, 2.2.1].
    if (!/^(bearer|n_a)$/i.test(type ?? '')) throw malformed('with a token that is bound to a key, or does not say');
  }
  const expiresAt = expiryOf(answer, gives, asked);
  if (expiresAt === undefined) return { value, expiresAt };
  if (!(expiresAt > asked && expiresAt <= asked + longestMs)) throw malformed('with a token that is not valid now');
  return { value, expiresAt };
}

/** In ms since 1970-01-01 UTC; `NaN` for one that cannot be read. */
function expiryOf(
  answer: unknown,
  { seconds, until, lifetime }: TokenRequest['gives'],
  asked: number,
): number | undefined {
  if (lifetime !== undefined) return asked + lifetime * 1000;
  if (until !== undefined) {
    const text = textMember(...memberOf(answer, until)) ?? '';
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  }
  if (seconds === undefined) return undefined;
  const [holder, name] = memberOf(answer, seconds);
  const given = (holder as Record<string, unknown> | undefined)?.[name];
  return given === undefined ? undefined : asked + (secondsMember(holder, name) ?? Number.NaN) * 1000;
}

/** What has the last member of a path, and its name. */
function memberOf(answer: unknown, path: string): readonly [unknown, string] {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce((json, name) => (json as Record<string, unknown> | null | undefined)?.[name], answer);
  return [holder ?? undefined, last];
}
