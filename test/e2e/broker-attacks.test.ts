import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../harness/job.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';

/** Somebody on this machine, or a page in its browser, wants what a broker has. */
describe('a broker under attack', () => {
  let emulator: Emulator;
  const steps: Step[] = [];
  const targets: { readonly url: URL; readonly right: Variables }[] = [];

  beforeAll(async () => {
    emulator = await startEmulator({ setup: sharedSetup });
    for (const journey of mainJourneys) {
      const step = journey.start(emulator, { inputs: input(journey, 'keep-fresh', 'true') });
      const { exported, error } = await step.run();
      if (error) throw new Error(error);
      steps.push(step);
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: aws, IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = exported;
      if (aws === undefined) {
        const url = new URL(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://vault.azure.net`);
        targets.push({ url, right: { 'x-identity-header': IDENTITY_HEADER } });
      } else {
        const authorization = execFileSync('cat', [exported.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? ''], {
          encoding: 'utf8',
        });
        targets.push({ url: new URL(aws), right: { authorization } });
      }
    }
  });

  afterAll(async () => {
    await Promise.all(steps.map((step) => step.cleanUp()));
    await emulator.close();
  });

  const each = async (attack: (target: (typeof targets)[number]) => Promise<void>) => {
    expect(targets).toHaveLength(4);
    for (const target of targets) {
      await attack(target);
      // It still serves who may be served.
      const answer = await ask(target.url, target.right);
      expect(answer.slice(0, 15)).toBe('HTTP/1.1 200 OK');
      expect(emulator.secrets().some((secret) => answer.includes(secret))).toBe(true);
    }
  };

  const refused = (answer: string, status: number) => {
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    for (const secret of emulator.secrets()) expect(answer).not.toContain(secret);
    expect(answer.toLowerCase()).not.toContain('access-control');
  };

  it('no bearer, a wrong one, one that is a part, one that is longer', () =>
    each(async ({ url, right }) => {
      const [[name = '', secret = '']] = Object.entries(right) as [[string, string]];
      const wrong = [undefined, '', 'x', secret.slice(0, -1), `${secret}x`, `Bearer ${secret}`, secret.toUpperCase()];
      for (const value of wrong) refused(await ask(url, value === undefined ? {} : { [name]: value }), 401);
      // An SDK that sends none may not know how: its user reads what to do.
      if (name === 'authorization')
        expect(await ask(url, {})).toMatch(/name a profile in the step \((aws-profile|awsProfile)\)/);
    }));

  it('another Host, as a name that was made to lead here has', () =>
    each(async ({ url, right }) => {
      const hosts = [
        'evil.example.com',
        `evil.example.com:${url.port}`,
        '127.0.0.1',
        'localhost',
        `[::1]:${url.port}`,
        '',
      ];
      for (const host of hosts) refused(await ask(url, { ...right, host }), 404);
    }));

  it('a page in a browser', () =>
    each(async ({ url, right }) => {
      for (const headers of [
        { origin: 'https://evil.example.com' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        refused(await ask(url, { ...right, ...headers }), 404);
      }
      refused(await ask(url, { ...right, origin: 'https://evil.example.com' }, 'OPTIONS'), 404);
    }));

  it('other methods, other paths, a body', () =>
    each(async ({ url, right }) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'])
        refused(await ask(url, right, method), 404);
      for (const path of [
        '/',
        '/aws',
        '/aws/',
        `${url.pathname}/`,
        `${url.pathname}/..`,
        '/stop',
        '/../etc/passwd',
        '/%2e%2e',
      ]) {
        refused(await ask(new URL(`${url.origin}${path}`), right), 404);
      }
      refused(await ask(url, { ...right, 'content-length': '5' }, 'GET', 'hello'), 404);
      refused(await ask(url, { ...right, 'transfer-encoding': 'chunked' }, 'GET', '5\r\nhello\r\n0\r\n\r\n'), 404);
    }));

  it('too much of everything', () =>
    each(async ({ url, right }) => {
      const long = 'x'.repeat(100_000);
      const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`h${index}`, '1']));
      for (const answer of [
        await ask(url, { ...right, long }),
        await ask(url, { ...right, ...many }),
        await ask(new URL(`${url.origin}/${long}`), right),
      ]) {
        expect(answer).not.toContain('200 OK');
      }
    }));

  it('more connections than it takes, which keep silent', () =>
    each(async ({ url, right }) => {
      const idle = Array.from({ length: 700 }, () => connect(Number(url.port), '127.0.0.1').on('error', () => {}));
      await Promise.all(idle.map((socket) => new Promise((open) => socket.once('connect', open).once('close', open))));
      refused(await ask(url, {}), 401);
      for (let round = 0; round < 5; round += 1) {
        expect((await ask(url, right)).slice(0, 15)).toBe('HTTP/1.1 200 OK');
        idle.push(connect(Number(url.port), '127.0.0.1').on('error', () => {}));
      }
      for (const socket of idle) socket.destroy();
    }));

  it('10,000 requests that are none', () =>
    each(async ({ url }) => {
      for (let batch = 0; batch < 50; batch += 1) {
        await Promise.all(
          Array.from({ length: 50 }, () => raw(url, randomBytes(Math.floor(Math.random() * 200)), true)),
        );
      }
    }));

  it('another user of the machine finds nothing to read', () => {
    for (const step of steps) {
      for (const file of step.files()) {
        const { mode } = statSync(join(step.tempDirectory, file));
        expect(mode & 0o077, file).toBe(0);
      }
    }
  });
});

/** One request, to the letter. @returns what came back, to the letter */
function ask(url: URL, headers: Variables, method = 'GET', body = ''): Promise<string> {
  const all = { host: url.host, connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return raw(url, Buffer.from(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`));
}

/** @param ends - whether nothing more is to come, which ends a request that is none */
function raw(url: URL, bytes: Buffer, ends = false): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(url.port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.setTimeout(600_000, () => socket.destroy());
    if (ends) socket.end();
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}
