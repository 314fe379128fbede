import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { hasNginx, type NginxOptions, startNginx } from '../harness/nginx.ts';
import type { Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';

interface Way {
  readonly nginx?: NginxOptions;
  /** What is behind it, if not the cloud. */
  readonly service?: string;
  /** How the step writes its address. Default: as it is */
  readonly address?: (url: string) => string;
  /** Whether its CA is trusted. */
  readonly trusted?: boolean;
  /** How long the cloud takes, in ms, for its first two answers. */
  readonly delayMs?: number;
}

/** Runs a journey's step with its cloud behind an nginx. */
async function through(journey: Journey, { nginx: options, service, address, trusted, delayMs }: Way) {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const isAws = journey.cloud === 'AWS';
  await using nginx = await startNginx(service ?? (isAws ? emulator.urls.sts : emulator.urls.entra), options);
  if (delayMs) emulator.inject({ service: isAws ? 'sts' : 'entra', method: 'POST', times: 2, fault: { delayMs } });
  const url = (address ?? ((same) => same))(nginx.url);
  const inputs = { [isAws ? 'sts-endpoint' : 'authority-host']: url, 'retry-max-attempts': '2' };
  const named = Object.entries(inputs).flatMap(([name, value]) => Object.entries(input(journey, name, value)));
  const environment: Variables = trusted ? { NODE_EXTRA_CA_CERTS: nginx.ca } : {};
  const run = await journey.start(emulator, { inputs: Object.fromEntries(named), environment }).run();
  return { run, answered: nginx.answered };
}

/** Both platforms and both clouds for each case, and all four journeys for two that follow each other. */
const journeysOf = (index: number) =>
  mainJourneys.filter(
    ({ platform, cloud }) => ((platform === 'GitHub Actions') === (cloud === 'AWS')) === (index % 2 === 0),
  );

const large = (count: number) =>
  Array.from({ length: count }, (_, index) => `add_header x-large-${index} "${'x'.repeat(3000)}" always;`);

describe.skipIf(!hasNginx)(
  "nginx before a cloud (skipped: Debian's nginx-light is neither installed nor in INTEROP_DEBIAN)",
  () => {
    /** What it is like, what it is seen to answer, and how. */
    const good: readonly (readonly [string, Way, RegExp])[] = [
      ['HTTP/1.0 to the cloud, as it is by default', {}, /^200 HTTP\/1\.1 - -$/],
      [
        'HTTP/1.1 to the cloud, and a connection that it closes',
        { nginx: { server: ['proxy_http_version 1.1; keepalive_timeout 0;'] } },
        /^200 HTTP\/1\.1 - /,
      ],
      // A server that is told to take gzip by the proxy before it, whatever the client said.
      [
        'an answer that was compressed unasked, in chunks',
        {
          nginx: {
            server: ['proxy_set_header Accept-Encoding gzip;'],
            between: ['gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any; gzip_http_version 1.0;'],
          },
        },
        /^200 HTTP\/1\.1 gzip chunked$/,
      ],
      [
        'an answer in chunks',
        { nginx: { server: ['addition_types *; add_after_body /empty; location = /empty { return 200 ""; }'] } },
        /^200 HTTP\/1\.1 - chunked$/,
      ],
      ['headers of 12 kB', { nginx: { server: large(4) } }, /^200 /],
      ['an address of IPv6', { nginx: { six: true } }, /^200 /],
      // microsoft/azure-pipelines-tasks#11508, actions/upload-artifact#129: a CA of the company's own.
      ['TLS by a private CA', { nginx: { tls: { certificate: 'chain' } }, trusted: true }, /^200 /],
      ['TLS on IPv6', { nginx: { tls: { certificate: 'chain' }, six: true }, trusted: true }, /^200 /],
      [
        'TLS 1.2 alone',
        { nginx: { tls: { certificate: 'chain' }, server: ['ssl_protocols TLSv1.2;'] }, trusted: true },
        /^200 /,
      ],
      [
        'HTTP/2 offered, which is not taken',
        { nginx: { tls: { certificate: 'chain', listen: 'http2' } }, trusted: true },
        /^200 HTTP\/1\.1 /,
      ],
    ];
    it.concurrent.each(
      good.flatMap(([title, way, seen], index) =>
        journeysOf(index).map((journey) => ({ title: `${title}: ${journey.title}`, journey, way, seen })),
      ),
    )('$title gets its credentials', async ({ journey, way, seen }) => {
      const { run, answered } = await through(journey, way);
      expect(run.error).toBeUndefined();
      expect(answered).toHaveLength(1);
      expect(answered[0]).toMatch(seen);
    });

    const tls = { certificate: 'chain' } as const;
    const bad: readonly (readonly [string, Way, string, readonly RegExp[]])[] = [
      [
        'a body that is too large for it',
        { nginx: { server: ['client_max_body_size 100;'] } },
        'ANSWER_MALFORMED',
        [
          /Answer: HTTP 413, text\/html, titled "413 Request Entity Too Large"/,
          /A proxy, a firewall or a sign-in page/,
        ],
      ],
      [
        'nothing behind it',
        { service: 'http://127.0.0.1:9' },
        'UNAVAILABLE',
        [/is failing \(HTTP 502\)\. \(2 attempts\)/, /titled "502 Bad Gateway"/],
      ],
      [
        'maintenance',
        { nginx: { server: ['return 503;'] } },
        'UNAVAILABLE',
        [/is failing \(HTTP 503\)\. \(2 attempts\)/, /titled "503 Service Temporarily Unavailable"/],
      ],
      [
        'a cloud that is too slow for it',
        { nginx: { server: ['proxy_read_timeout 1s;'] }, delayMs: 6_000 },
        'UNAVAILABLE',
        [/is failing \(HTTP 504\)\. \(2 attempts\)/, /titled "504 Gateway Time-out"/],
      ],
      [
        'headers of 18 kB',
        { nginx: { server: large(6) } },
        'HTTP_TOO_LARGE',
        [/answered with headers of more than 16 KiB\. \[/],
      ],
      [
        'a CA that nobody here trusts',
        { nginx: { tls } },
        'HTTP_TLS',
        [/could not be trusted: UNABLE_TO_GET_ISSUER_CERT_LOCALLY\. \[/, /NODE_EXTRA_CA_CERTS/],
      ],
      // Azure/azure-cli#19571: a proxy that does not send the certificates between its own and the CA.
      [
        'a chain that is not complete',
        { nginx: { tls: { certificate: 'leaf' } }, trusted: true },
        'HTTP_TLS',
        [/could not be trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE\. \[/, /sends its own certificate alone/],
      ],
      [
        'a client certificate that it demands',
        { nginx: { tls, server: ['ssl_verify_client on; ssl_client_certificate {ca};'] }, trusted: true },
        'ANSWER_MALFORMED',
        [/titled "400 No required SSL certificate was sent"/],
      ],
      [
        'plain HTTP where it speaks TLS',
        { nginx: { tls }, address: (url) => url.replace('https:', 'http:') },
        'ANSWER_MALFORMED',
        [/titled "400 The plain HTTP request was sent to HTTPS port"/],
      ],
      [
        'TLS where it speaks plain HTTP',
        { address: (url) => url.replace('http:', 'https:') },
        'HTTP_TLS',
        [/did not agree on a TLS connection: wrong version number\. \[/, /does not speak TLS/],
      ],
    ];
    it.concurrent.each(
      bad.flatMap(([title, way, code, told], index) =>
        journeysOf(index).map((journey) => ({ title: `${title}: ${journey.title}`, journey, way, code, told })),
      ),
    )('$title: the error explains it', async ({ journey, way, code, told }) => {
      const { run } = await through(journey, way);
      expect(run.error).toContain(`[${code}]`);
      for (const text of told) expect(run.error).toMatch(text);
      expect(run.outputs).toEqual({});
    });
  },
);
