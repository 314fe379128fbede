import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { region, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const sts = `sts.${region}.amazonaws.com`;
const folder = mkdtempSync(join(tmpdir(), 'ca-'));
const entra = 'login.microsoftonline.com';

describe.each(mainJourneys)('$title', (journey) => {
  it.concurrent('goes over HTTPS with a CA that the machine is told of', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    const run = await start(journey, emulator, {});
    expect(run.error).toBeUndefined();
    expect(outside(emulator.requests)).toHaveLength(2);
  });

  it.concurrent('reaches the real host names through a proxy, and none of its secrets goes there in the clear', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra] });
    await using proxy = await startProxy({
      [`${sts}:443`]: emulator.urls.sts,
      [`${entra}:443`]: emulator.urls.entra,
    });
    const run = await start(journey, emulator, { https_proxy: proxy.url }, endpointByDefault(journey));
    expect(run.error).toBeUndefined();
    // The ID token comes from loopback, which needs no proxy.
    expect(proxy.asked).toEqual([`${journey.cloud === 'AWS' ? sts : entra}:443`]);
  });

  it.concurrent('http-proxy and no-proxy do the same as inputs', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra] });
    await using proxy = await startProxy({ [`${sts}:443`]: emulator.urls.sts, [`${entra}:443`]: emulator.urls.entra });
    const through = { ...endpointByDefault(journey), ...input(journey, 'http-proxy', proxy.url) };
    expect((await start(journey, emulator, {}, through)).error).toBeUndefined();
    expect(proxy.asked).toHaveLength(1);
    const past = { ...through, ...input(journey, 'no-proxy', `${sts},${entra}`), ...timeout(journey) };
    expect((await start(journey, emulator, {}, past)).error).toMatch(/\[HTTP_(CONNECT|TIMEOUT)\]/);
    expect(proxy.asked).toHaveLength(1);
  });

  it.concurrent('no_proxy keeps a host from the proxy', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    await using proxy = await startProxy({});
    const environment = { https_proxy: proxy.url, no_proxy: '.amazonaws.com,login.microsoftonline.com' };
    const run = await start(journey, emulator, environment, { ...endpointByDefault(journey), ...timeout(journey) });
    expect(run.error).toMatch(/\[HTTP_(CONNECT|TIMEOUT)\]/);
    expect(proxy.asked).toEqual([]);
  });
});

async function start(
  journey: Journey,
  emulator: Emulator,
  environment: Record<string, string>,
  inputs: Record<string, string> = {},
) {
  const ca = join(folder, `${randomUUID()}.pem`);
  writeFileSync(ca, emulator.ca ?? '');
  const step = journey.start(emulator, { inputs, environment: { NODE_EXTRA_CA_CERTS: ca, ...environment } });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  return run;
}

/** The inputs that leave the exchange at its real address. */
function endpointByDefault(journey: Journey): Record<string, string> {
  return input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', '');
}

function timeout(journey: Journey): Record<string, string> {
  return input(journey, 'action-timeout-s', '2');
}

/** A proxy that connects names to addresses of this machine. */
async function startProxy(routes: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  const sockets = new Set<Duplex>();
  server.on('connect', (request, client) => {
    sockets.add(client);
    const name = request.url ?? '';
    asked.push(name);
    const target = routes[name];
    if (!target) return client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      // A connected socket is no longer the server's to close.
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
