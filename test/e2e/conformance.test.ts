/**
 * Whether a server decides as it ought to, as a user asks: the built command.
 *
 * Tests as well:
 * - packages/cli/src/commands/conformance/conformance.ts
 * - packages/cli/src/commands/conformance/listen.ts
 * - packages/cli/src/commands/conformance/print.ts
 * - packages/cli/src/commands/conformance/try-servers.ts
 * - packages/conformance/src/profiles/kubernetes.ts
 * - packages/conformance/src/profiles/keycloak.ts
 * - packages/conformance/src/profiles/fulcio.ts
 * - packages/conformance/src/profiles/server-set-up.ts
 * - packages/conformance/src/profiles/step-ca.ts
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommand, startCommand } from '../harness/cli.ts';
import { anyPorts } from '../harness/emulator-command.ts';
import { freePort } from '../harness/free-port.ts';
import type { Variables } from '../harness/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
const conformance = (args: readonly string[], environment: Variables = {}) =>
  runCommand(['conformance', ...args], environment, folder);

type Handler = (request: IncomingMessage, body: string) => { readonly status: number; readonly body: unknown };

/** A server that answers so, and what it was asked. */
async function server(answer: Handler) {
  const asked: { readonly what: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const listening = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    asked.push({ what: `${request.method} ${request.url}`, headers: request.headers, body });
    const { status, body: answered } = answer(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => void listening.close(),
  };
}

describe('without a server', () => {
  it('tries the services of the emulator, which decide as expected', async () => {
    const { exitCode, stdout, stderr } = await conformance([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const title of ['AWS STS', 'Microsoft Entra', 'Vault']) expect(stdout).toContain(`${title}, the emulator's\n`);
    expect(stdout.match(/, 0 otherwise, /g)).toHaveLength(3);
    expect(stdout).toContain('audiences/authorized-party-alone: accepted\n');
    expect(stdout).not.toMatch(/\beyJ/);
  });

  it('lists the cases, as text and as data with what they trust', async () => {
    const { stdout } = await conformance(['--list', '--case', 'keys/small', 'rotation/']);
    expect(stdout).toMatch(/^keys\/small: refused\. RSA keys of .*\nrotation\/added: accepted\. [\s\S]*\n5 cases\n$/);
    const data = await conformance(['--list', '--json', '--case', 'keys/small']);
    expect(JSON.parse(data.stdout)).toEqual([
      expect.objectContaining({
        ...{ id: 'keys/small', platform: 'GitHub', expected: 'refused' },
        trust: expect.objectContaining({ name: 'keys-small', subject: { equals: expect.any(String) } }),
        source: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.3',
      }),
    ]);
  });

  it.each([
    [['--server', 'https://x.example.com'], '--server is about one server'],
    [['--print-setup'], '--print-setup is about one server'],
    [['--against', 'vault', '--print-setup'], 'Vault needs no set-up'],
    [['--against', 'kubernetes', '--print-setup'], '--issuer'],
    [['--against', 'kubernetes'], 'The address of an API server is not given.'],
    [['--against', 'keycloak'], '--print-setup'],
    [['--against', 'fulcio'], '--print-setup'],
    [['--against', 'step-ca'], '--print-setup'],
    [['--against', 'vault', '--server', 'http://127.0.0.1:1'], 'Set VAULT_TOKEN, or name a file with it'],
    [['--against', 'sts', '--token-file', 'x'], '--token-file is not for it'],
    [['--against', 'nobody'], 'sts, entra, vault, kubernetes, keycloak, fulcio, step-ca'],
    [['--case', 'keys'], 'See them with --list.'],
    [['--listen', '127.0.0.1'], '127.0.0.1:8443'],
    [['--listen', '127.0.0.1:65536'], '127.0.0.1:8443'],
    [['--listen', '192.0.2.1:0'], 'The issuer cannot listen on 192.0.2.1:0: EADDRNOTAVAIL.'],
    [['--issuer', 'http://issuer.example.com'], 'which is not HTTPS'],
  ])('says what is wrong with %j', async (args, said) => {
    const { exitCode, stdout, stderr } = await conformance(args);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: expect.stringContaining(said) });
  });
});

describe('a server at an address', () => {
  it('of an emulator: what is printed is its configuration', async () => {
    const issuer = await freePort();
    const at = ['--listen', `127.0.0.1:${issuer}`, '--issuer', `http://127.0.0.1:${issuer}`];
    const { stdout } = await conformance(['--against', 'sts', '--print-setup', ...at]);
    const folderOfEmulator = mkdtempSync(join(tmpdir(), 'emulator-'));
    const config = JSON.stringify({ ...JSON.parse(stdout), ...parse(anyPorts()) });
    writeFileSync(join(folderOfEmulator, 'emulator.yaml'), config);
    const { child, says, ended } = startCommand(['emulator'], {}, folderOfEmulator);
    const url = new Promise<string>((resolve) => {
      child.stdout?.on('data', (line) => {
        const [, found] = /^sts +(\S+)$/m.exec(String(line)) ?? [];
        if (found) resolve(found);
      });
    });
    await says('Ctrl+C ends it.');
    const args = ['--against', 'sts', '--server', await url, ...at, '--case', 'jobs/', 'keys/'];
    const { exitCode, stdout: said, stderr } = await conformance(args);
    child.kill('SIGTERM');
    await ended;
    expect({ exitCode, said, stderr }).toEqual({
      exitCode: 0,
      said: expect.stringContaining(', 0 otherwise, '),
      stderr: '',
    });
    expect(said).toContain(`AWS STS, ${await url}\n`);
  });

  it('of Vault: is set up with a token that nothing shows, and left as it was', async () => {
    const secret = 'hvs.of-the-administrator';
    using vault = await server(({ url = '', headers }) => {
      if (url.endsWith('/login')) return { status: 200, body: { auth: { client_token: 'hvs.given' } } };
      return headers['x-vault-token'] === secret ? { status: 204, body: null } : { status: 403, body: { errors: [] } };
    });
    writeFileSync(join(folder, 'vault-token'), `${secret}\n`);
    const args = ['--against', 'vault', '--server', vault.url, '--case', 'audiences/other', 'audiences/list-of-one'];
    for (const [more, environment] of [
      [['--token-file', 'vault-token'], {}],
      [['--json'], { VAULT_TOKEN: secret }],
    ] as const) {
      vault.asked.length = 0;
      const { exitCode, stdout, stderr } = await conformance([...args, ...more], environment);
      // It accepts everything.
      expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
      expect(stdout).toContain('audiences/other');
      for (const hidden of [secret, 'hvs.given', 'eyJ']) expect(stdout).not.toContain(hidden);
      expect(vault.asked.map(({ what }) => what)).toEqual([
        'POST /v1/sys/auth/fedbridge-conformance/github',
        'POST /v1/auth/fedbridge-conformance/github/config',
        'POST /v1/auth/fedbridge-conformance/github/role/github-branch',
        ...Array.from({ length: 3 }, () => 'POST /v1/auth/fedbridge-conformance/github/login'),
        'DELETE /v1/sys/auth/fedbridge-conformance/github',
      ]);
      const roles = vault.asked.filter(({ what }) => what.includes('/role/')).map(({ body }) => JSON.parse(body));
      expect(roles).toEqual([
        expect.objectContaining({ token_type: 'batch', token_ttl: 60, token_no_default_policy: true }),
      ]);
      expect(vault.asked.filter(({ what, headers }) => what.endsWith('/login') && 'x-vault-token' in headers)).toEqual(
        [],
      );
    }
  });

  it('of Vault: one that does not take the set-up is told of, and what was made is removed', async () => {
    using vault = await server(({ url = '', method }) =>
      url.includes('/config')
        ? { status: 400, body: { errors: ['error checking oidc discovery URL'] } }
        : { status: method === 'DELETE' ? 204 : 200, body: {} },
    );
    const args = ['--against', 'vault', '--server', vault.url, '--case', 'audiences/other'];
    const { exitCode, stderr } = await conformance(args, { VAULT_TOKEN: 'x' });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('error checking oidc discovery URL'),
    });
    expect(vault.asked.at(-1)?.what).toBe('DELETE /v1/sys/auth/fedbridge-conformance/github');
  });

  it('of Kubernetes: is asked who a token makes its holder', async () => {
    using kubernetes = await server(({ headers }) => {
      const [, payload = ''] = headers.authorization?.split('.') ?? [];
      const { sub, aud } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      if (aud !== 'https://kubernetes.example.com') return { status: 401, body: { message: 'Unauthorized' } };
      return { status: 201, body: { status: { userInfo: { username: sub } } } };
    });
    const cases = [
      'subjects/in-another-case',
      'audiences/other',
      'form/line-break',
      'jobs/github-claims',
      'audiences/list-of-one',
    ];
    const args = ['--against', 'kubernetes', '--server', kubernetes.url, '--json', '--case', ...cases];
    const { exitCode, stdout } = await conformance(args);
    const [report] = JSON.parse(stdout).servers;
    const found = (report.results as { id: string; outcome: string; said: string }[]).map(({ id, outcome, said }) => [
      id,
      outcome,
      said,
    ]);
    expect(Object.fromEntries(found.map(([id, ...rest]) => [id, rest]))).toEqual({
      'audiences/list-of-one': ['otherwise', 'HTTP 401: Unauthorized'],
      'audiences/other': ['as expected', 'HTTP 401: Unauthorized'],
      'subjects/in-another-case': ['as expected', 'user "repo:Octo/App:ref:refs/heads/main"'],
      'form/line-break': ['not tried', 'Its protocol cannot carry such a token.'],
      'jobs/github-claims': ['not tried', 'Role bindings name users and groups, and no further claims.'],
    });
    expect(exitCode).toBe(3);
    expect(kubernetes.asked[0]?.what).toBe('POST /apis/authentication.k8s.io/v1/selfsubjectreviews');
  });

  it.each([
    ['keycloak', '/realms/fedbridge-conformance/protocol/openid-connect/token', { access_token: 'x' }],
    ['fulcio', '/api/v2/signingCert', { signedCertificateDetachedSct: {} }],
    ['step-ca', '/1.0/sign', { crt: 'a certificate' }, 201],
  ])('of %s: is asked by its protocol', async (against, path, given, status = 200) => {
    using one = await server((_request, body) => {
      const [, payload = ''] = /[\w-]{20,}\.([\w-]{20,})\.[\w-]{20,}/.exec(body) ?? [];
      const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      return String(aud).startsWith('https://other')
        ? { status: 400, body: { message: 'No.', error: 'no' } }
        : { status, body: given };
    });
    const args = ['--against', against, '--server', one.url, '--case', 'audiences/other', 'audiences/list-of-one'];
    const { exitCode, stdout } = await conformance(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('2 as expected') });
    expect(new Set(one.asked.map(({ what }) => what))).toEqual(new Set([`POST ${path}`]));
  });

  it('that is not there is told of', async () => {
    const args = ['--against', 'entra', '--server', `http://127.0.0.1:${await freePort()}`];
    expect(await conformance(args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('[HTTP_CONNECT]') });
  });
});
