import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { answering } from './answering.ts';
import type { Variables } from './process.ts';
import { startProxy } from './proxy.ts';

/** A domain that nobody has. */
const domain = 'stranger.example.com';

/**
 * Somebody who waits for what is not theirs: on loopback, with a certificate that is trusted and without, and behind a proxy on the way
 * to all names of the world.
 */
export interface Stranger extends AsyncDisposable {
  /** Addresses of the stranger's, by kind, of one host each. No slash at the end. */
  readonly origins: Readonly<Record<OriginKind, string>>;
  /** What has a process trust the stranger's certificates, and ask all names through the stranger. */
  readonly environment: Variables;
  /** All that was ever received: addresses, headers and bodies. */
  received(): string;
  /** Hosts beside this one that somebody wanted to reach. */
  wanted(): readonly string[];
}

export const originKinds = [
  'a name, over HTTPS',
  'a name, over HTTP',
  'a look-alike of Azure DevOps',
  'a look-alike of GitHub',
  'a look-alike of Entra',
  "a look-alike of the machine's",
  'a user name that looks like Entra',
  "a user name that looks like the machine's",
  'loopback, over HTTP',
  'loopback by name, over HTTP',
  'loopback in another notation',
  'loopback, over HTTPS',
] as const;
export type OriginKind = (typeof originKinds)[number];

export async function startStranger(): Promise<Stranger> {
  const folder = mkdtempSync(join(tmpdir(), 'stranger-'));
  const [bait, ca] = [join(folder, 'secret.key'), join(folder, 'ca.pem')];
  writeFileSync(bait, 'what a stranger would like to be shown');
  const http = await answering((asked) =>
    asked.url.includes('/latest/')
      ? { body: 'session' }
      : // As Azure Arc's agent asks for its key.
        { status: 401, headers: { 'www-authenticate': `Basic realm=${bait}` }, body: {} },
  );
  const https = await startEmulator({ tls: true });
  const proxy = await startProxy({ routes: {} });
  writeFileSync(ca, https.ca ?? '');
  const { port } = new URL(http.url);
  const isOwn = (host: string) => host.includes('127.0.0.1') || host.includes('localhost');
  return {
    origins: {
      'a name, over HTTPS': `https://${domain}`,
      'a name, over HTTP': `http://${domain}:${port}`,
      'a look-alike of Azure DevOps': `https://dev.azure.com.${domain}`,
      'a look-alike of GitHub': `https://pipelines.actions.githubusercontent.com.${domain}`,
      'a look-alike of Entra': `https://login.microsoftonline.com.${domain}`,
      "a look-alike of the machine's": `http://169.254.169.254.${domain}:${port}`,
      'a user name that looks like Entra': `https://login.microsoftonline.com@${domain}`,
      "a user name that looks like the machine's": `http://169.254.169.254@127.0.0.1:${port}`,
      'loopback, over HTTP': http.url,
      'loopback by name, over HTTP': `http://localhost:${port}`,
      'loopback in another notation': `http://2130706433:${port}`,
      'loopback, over HTTPS': https.urls.resources,
    },
    environment: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: ca },
    received: () => JSON.stringify([http.asked, https.requests, proxy.asked]),
    wanted: () => proxy.asked.filter((host) => !isOwn(host)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([http, https, proxy].map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
