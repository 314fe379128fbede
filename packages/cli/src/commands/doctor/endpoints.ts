import { type Endpoint as Address, FedbridgeError, type Outbound, proxyFor, send } from '@fedbridge/core';
import type { Endpoint, Finding } from './report.ts';

/** An address to ask, and what it is. */
export interface Asked {
  readonly name: string;
  readonly address: Address;
  /** Where on it something answers without a secret. */
  readonly path: string;
  /** Who has to reach it: for what the job itself asks it is an error where nothing answers. */
  readonly asks: 'this' | 'the cloud';
}

/** Asks an address, with nothing secret in the request; whatever answers is there. */
export async function endpointAt(
  { name, address, path, asks }: Asked,
  outbound: Outbound,
): Promise<{ readonly endpoint: Endpoint; readonly findings: readonly Finding[] }> {
  const began = outbound.system.now();
  const ended = (status: number | null, findings: readonly Finding[]) => {
    const ms = outbound.system.now() - began;
    return { endpoint: { name, url: address.href, proxy: proxyTo(address, outbound), status, ms }, findings };
  };
  try {
    const url = new URL(`${address.href.replace(/\/+$/, '')}${path}`);
    const { status } = await send(outbound, { method: 'GET', url, headers: { accept: '*/*' } });
    return ended(status, status < 500 ? [] : [failing(name, address, status)]);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    // A page for people, to which a browser is sent, is an answer too.
    const [, status] = error.code === 'HTTP_REDIRECT' ? (/^HTTP (\d{3})$/.exec(error.detail.answer ?? '') ?? []) : [];
    return status ? ended(Number(status), []) : ended(null, [unreached(name, asks, error)]);
  }
}

function proxyTo(address: URL, { system }: Outbound): string | null {
  try {
    return proxyFor(address, system.environment)?.shown ?? null;
  } catch {
    // Asking says why it cannot be used.
    return null;
  }
}

function unreached(name: string, asks: Asked['asks'], { code, message, detail }: FedbridgeError): Finding {
  const { answer = null, hint } = detail;
  const fix =
    asks === 'this'
      ? (hint ?? 'Let this machine reach it: a firewall, a proxy (https_proxy) or DNS is in the way.')
      : 'That this machine does not reach it proves nothing: the cloud has to, to read the keys. See that it is public.';
  const severity = asks === 'this' ? 'error' : 'note';
  return { severity, about: 'endpoint', code, message: `${name}: ${message}`, answer, names: [], fix };
}

function failing(name: string, address: URL, status: number): Finding {
  return {
    ...{ severity: 'error', about: 'endpoint', code: 'UNAVAILABLE', names: [] },
    message: `${name}: ${address.host} is failing.`,
    answer: `HTTP ${status}`,
    fix: "See the service's status page, and what stands between it and this machine.",
  };
}
