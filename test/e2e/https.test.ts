/**
 * Tests as well:
 * - packages/emulator/src/server/certificate.ts
 */

import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient, parseEndpoint } from '@fedbridge/core';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { startProxy } from '../harness/proxy.ts';
import { region, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const sts = `sts.${region}.amazonaws.com`;
const folder = mkdtempSync(join(tmpdir(), 'ca-'));
const entra = 'login.microsoftonline.com';

/** Variables that name a CA, and what has Node read them. */
const waysToTrust: readonly [string, Record<string, string>][] = [
  ['NODE_EXTRA_CA_CERTS', {}],
  ['SSL_CERT_FILE', { NODE_USE_SYSTEM_CA: '1' }],
  ['SSL_CERT_FILE', { NODE_OPTIONS: '--use-system-ca' }],
  ['SSL_CERT_FILE', { NODE_OPTIONS: '--no-warnings --use-openssl-ca' }],
];

describe.each(mainJourneys)('$title', (journey) => {
  it.concurrent('goes over HTTPS with a CA that the machine is told of', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    const run = await start(journey, emulator, {});
    expect(run.error).toBeUndefined();
    expect(outside(emulator.requests)).toHaveLength(2);
  });

  it.concurrent.each(journey.cloud === 'Entra' ? waysToTrust : [])(
    'keep-fresh trusts a CA that is named by %s, %o',
    async (named, more) => {
      await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
      const ca = join(folder, `${randomUUID()}.pem`);
      writeFileSync(ca, emulator.ca ?? '');
      const step = journey.start(emulator, {
        inputs: input(journey, 'keep-fresh', 'true'),
        environment: { ...more, [named]: ca },
      });
      const { error, exported } = await step.run();
      expect(error).toBeUndefined();
      // One that it does not have: the broker gets an ID token, and exchanges it.
      const query = new URLSearchParams({ 'api-version': '2019-08-01', resource: 'https://vault.azure.net' });
      const headers = { 'x-identity-header': exported.IDENTITY_HEADER ?? '' };
      const answer = await fetch(`${exported.IDENTITY_ENDPOINT}?${query}`, { headers });
      expect(await answer.json()).toMatchObject({ access_token: expect.any(String) });
      await step.cleanUp();
    },
  );

  it.concurrent('a variable of the job does not switch the verification of certificates off', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '' };
    expect((await start(journey, emulator, environment)).error).toContain('[HTTP_TLS]');
    expect(emulator.requests).toEqual([]);
  });

  it.concurrent('a cloud whose certificate no trusted CA has signed is asked for nothing, though it is connected to ahead', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    await using stranger = await startEmulator({ setup: sharedSetup, tls: true });
    const url = journey.cloud === 'AWS' ? stranger.urls.sts : stranger.urls.entra;
    const run = await start(journey, emulator, {}, endpointOf(journey, url));
    expect(run.error).toContain('[HTTP_TLS]');
    expect(run.error).toContain(new URL(url).host);
    expect(stranger.requests).toEqual([]);
    expect(run.exported).toEqual({});
  });

  it.concurrent('reaches the real host names through a proxy, and none of its secrets goes there in the clear', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra] });
    await using proxy = await startProxy({ routes: routes(emulator) });
    const run = await start(journey, emulator, { https_proxy: proxy.url }, endpointOf(journey, byDefault));
    expect(run.error).toBeUndefined();
    // The ID token comes from loopback, which needs no proxy.
    expect(proxy.asked).toEqual([`${journey.cloud === 'AWS' ? sts : entra}:443`]);
  });

  it.concurrent('http-proxy and no-proxy do the same as inputs', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra] });
    await using proxy = await startProxy({ routes: routes(emulator) });
    const through = { ...endpointOf(journey, byDefault), ...input(journey, 'http-proxy', proxy.url) };
    expect((await start(journey, emulator, {}, through)).error).toBeUndefined();
    expect(proxy.asked).toHaveLength(1);
    const past = { ...through, ...input(journey, 'no-proxy', `${sts},${entra}`), ...timeout(journey) };
    expect((await start(journey, emulator, {}, past)).error).toMatch(/\[HTTP_(CONNECT|TIMEOUT)\]/);
    expect(proxy.asked).toHaveLength(1);
  });

  it.concurrent('no_proxy keeps a host from the proxy', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    await using proxy = await startProxy({});
    const environment = { https_proxy: proxy.url, no_proxy: '*.amazonaws.com, login.microsoftonline.com:443' };
    const run = await start(journey, emulator, environment, { ...endpointOf(journey, byDefault), ...timeout(journey) });
    expect(run.error).toMatch(/\[HTTP_(CONNECT|TIMEOUT)\]/);
    expect(proxy.asked).toEqual([]);
  });

  it.concurrent('a proxy that wants a user name and a password gets them, and nobody sees them', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra] });
    await using proxy = await startProxy({ routes: routes(emulator), credentials: 'user@corp:hunter:2' });
    // Without a scheme, as many machines have it.
    const run = await start(
      journey,
      emulator,
      { HTTPS_PROXY: `user%40corp:hunter%3A2@localhost:${proxy.port}` },
      endpointOf(journey, byDefault),
    );
    expect(run.error).toBeUndefined();
    expect(run.visible).not.toMatch(/hunter|user(@|%40)corp/);
    expect(proxy.asked).toHaveLength(1);
  });

  it.concurrent.each([
    ['user%40corp:hunter%3A2', /hunter|dXNlckBjb3JwOmh1bnRlcjoy/],
    ['hunter2token', /hunter|aHVudGVyMnRva2Vu/],
  ])('what Node prints of its requests has no form of the user information %s', async (user, secret) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    await using proxy = await startProxy({ says: '403 Forbidden' });
    const environment = { https_proxy: `http://${user}@127.0.0.1:${proxy.port}`, NODE_DEBUG: 'http,https,net,tls' };
    // The token that the job asks with is the platform's own, which hides it: not the step's business.
    const run = await journey.start(emulator, { inputs: endpointOf(journey, byDefault), environment }).run();
    // Node does print it, and the platform is told first.
    expect(run.stderr).toMatch(secret);
    expect(run.shown).not.toMatch(secret);
    expect(proxy.asked).toHaveLength(1);
  });

  it.concurrent.each([
    ['407 Proxy Authentication Required', 'HTTP 407 Proxy Authentication Required'],
    ['403 Forbidden', 'HTTP 403 Forbidden'],
  ])('a proxy that says %s is named at once', async (says, answer) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    await using proxy = await startProxy({ says });
    const https_proxy = `http://user:hunter2@127.0.0.1:${proxy.port}`;
    const run = await start(journey, emulator, { https_proxy }, endpointOf(journey, byDefault));
    const cloud = `${journey.cloud === 'AWS' ? sts : entra}:443`;
    expect(run.error).toContain(`The proxy 127.0.0.1:${proxy.port} (https_proxy) did not connect to ${cloud}.`);
    expect(run.error).toContain(`Answer: ${answer}`);
    expect(run.error).toContain('[HTTP_PROXY]');
    expect(run.visible).not.toContain('hunter2');
    expect(proxy.asked).toEqual([cloud]);
  });

  it.concurrent.each([
    ['that is not there', '127.0.0.1:1', 'The proxy 127.0.0.1:1 (https_proxy) could not be reached: ECONNREFUSED.', 3],
    ['of another kind', 'socks5://user:hunter2@127.0.0.1:1', 'The variable https_proxy does not name a proxy', 1],
    ['that is no address', ':hunter2:', 'The variable https_proxy does not name a proxy', 1],
  ])('a proxy %s stops the step, not much later', async (_title, https_proxy, told, attempts) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const run = await start(journey, emulator, { https_proxy }, endpointOf(journey, byDefault));
    expect(run.error).toContain(told);
    expect(run.error).toContain('[HTTP_PROXY]');
    expect(run.visible.match(/Trying again/g) ?? []).toHaveLength(attempts - 1);
    expect(run.visible).not.toContain('hunter2');
  });
});

it('takes a slow answer for no slow connection where that was begun ahead', async () => {
  await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
  const client = new HttpClient({}, () => ({ ca: emulator.ca }));
  const url = parseEndpoint(emulator.urls.sts, 'the address');
  const connectMs = 1_000;
  const begun = new Promise<Socket>((resolve) =>
    subscribe('net.client.socket', (message) => resolve((message as { socket: Socket }).socket)),
  );
  client.connectAhead(url);
  await once(await begun, 'secureConnect');
  emulator.inject({ service: 'sts', times: 1, fault: { delayMs: 2 * connectMs } });
  expect(await client.send({ method: 'GET', url, headers: {}, connectMs })).toHaveProperty('status');
  client.close();
});

function routes({ urls }: Emulator): Record<string, string> {
  return { [`${sts}:443`]: urls.sts, [`${entra}:443`]: urls.entra };
}

async function start(
  journey: Journey,
  emulator: Emulator,
  environment: Record<string, string>,
  inputs: Record<string, string> = {},
) {
  const ca = join(folder, `${randomUUID()}.pem`);
  if (emulator.ca) writeFileSync(ca, emulator.ca);
  const trusted = emulator.ca ? { NODE_EXTRA_CA_CERTS: ca } : {};
  const step = journey.start(emulator, { inputs, environment: { ...trusted, ...environment } });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  return run;
}

/** As an input: leaves the exchange at its real address. */
const byDefault = '';

/** The inputs that have the exchange somewhere. */
function endpointOf(journey: Journey, url: string): Record<string, string> {
  return input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', url);
}

function timeout(journey: Journey): Record<string, string> {
  return input(journey, 'action-timeout-s', '2');
}
