import { FedbridgeError, type HttpResponse, type Outbound, readJson, retry, unavailable } from '@fedbridge/core';
import type { ExchangeOrder } from './exchange.ts';
import type { ExchangedToken } from './exchanged-token.ts';
import type { ServiceRequest } from './profile.ts';
import { sendTo } from './service-request.ts';

/** A secret that is read with a token: a type, since its values go where JSON goes. */
export type WantedSecret = {
  /** Where, without a slash at its beginning: `secret/data/app`. */
  readonly path: string;
  /** What of it. */
  readonly key: string;
  /** What later steps call it. */
  readonly name: string;
};

/** A secret that was read. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/**
 * Reads secrets, each path once. They are masked.
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `INPUT_INVALID` for a key that is not there, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
 */
export async function readSecrets(
  { profile, values }: ExchangeOrder,
  token: ExchangedToken,
  wanted: readonly WantedSecret[],
  outbound: Outbound,
): Promise<readonly Secret[]> {
  const { secrets: request } = profile;
  if (!request) return [];
  const paths = [...new Set(wanted.map(({ path }) => path))];
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  const read = async (secretPath: string) => {
    const asked = { ...values, secretPath };
    found.set(secretPath, await readPath(request, asked, token, outbound));
  };
  await Promise.all(paths.map(read));
  return wanted.map(({ path, key, name }) => {
    const value = found.get(path)?.[key];
    if (value !== undefined && value !== null) return { name, value: masked(value, outbound) };
    throw new FedbridgeError('INPUT_INVALID', `The secret at ${path} has no "${key}".`, {
      hint: `It has ${Object.keys(found.get(path) ?? {}).join(', ') || 'nothing'}.`,
    });
  });
}

function readPath(request: ServiceRequest, values: ExchangeOrder['values'], token: ExchangedToken, outbound: Outbound) {
  return retry(outbound, async () => {
    const response = await sendTo(request, { ...values, token: token.reveal() }, outbound);
    const later = unavailable(response, request.to, outbound.system.now());
    if (later) throw later;
    if (response.status !== 200) {
      const { denial } = await import('./exchange-denial.ts');
      throw denial(response, { request, values, presented: token.presented, secrets: [token.reveal()] });
    }
    return membersOf(response, request.to);
  });
}

/**
 * What stands at a path: of a KV engine of version 2 beside its metadata.
 * Source: Vault API, "KV secrets engine - version 2", read.
 */
function membersOf(response: HttpResponse, to: string): Readonly<Record<string, unknown>> {
  const { data } = (readJson(response, to) ?? {}) as { readonly data?: unknown };
  if (!isObject(data)) throw new FedbridgeError('ANSWER_MALFORMED', `${to} answered without a secret.`);
  return isObject(data.data) && isObject(data.metadata) ? data.data : data;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As a text: what is none is JSON. */
function masked(value: unknown, outbound: Outbound): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  outbound.mask(text);
  return text;
}
