/**
 * Tests as well:
 * - packages/cli/src/command-identity.ts
 * - packages/cli/src/commands/agent/index.ts
 * - packages/cli/src/commands/git-credential.ts
 * - packages/cli/src/commands/token.ts
 * - packages/emulator/src/azure-devops/rest/git-refs.ts
 * - packages/emulator/src/azure-devops/rest/rest-service.ts
 * - packages/emulator/src/kubernetes/kubernetes-service.ts
 */

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, objectIdOf, type Setup, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { machineEnvironment, root, type Variables } from '../harness/process.ts';
import { assignedResourceId, ids, pod, sharedSetup } from '../harness/setup.ts';

const devOps = '499b84ac-1321-427f-aa17-267ca6975798';
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
let emulator: Emulator;
let organization: string;
/** A pod as the application that administers the organization. */
let administrator: Variables;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  organization = `${emulator.urls.azureDevOps}/contoso`;
  const started = await emulator.startPod({ ...pod, azure: { clientId: ids.app, tenantId: ids.tenant } });
  administrator = started.environment;
});
afterAll(() => emulator.close());
let mark = 0;
beforeEach(() => {
  mark = emulator.requests.length;
});
const sent = () => emulator.requests.slice(mark).filter(({ internal }) => !internal);
const connectionData = (authorization: string) =>
  fetch(`${organization}/_apis/connectionData`, { headers: { authorization } });

describe('fedbridge token', () => {
  it('prints a token of a pod, and nothing else, on standard output', async () => {
    const { exitCode, stdout, stderr } = await runCommand(
      ['token', '--resource', 'azure-devops'],
      administrator,
      folder,
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'Identity: kubernetes, since no CI platform is here and AZURE_FEDERATED_TOKEN_FILE is set.\n',
    });
    expect((await connectionData(`Bearer ${stdout.trim()}`)).status).toBe(200);
  });

  it.each([
    ['a job of GitHub Actions', () => emulator.startGitHubJob().environment],
    [
      'a script of Azure Pipelines, with a service connection',
      () => {
        const { environment } = emulator.startAzurePipelinesJob({
          organization: 'contoso',
          project: 'web',
          pipeline: 'release',
          connections: ['azure'],
        });
        const accessToken = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
        return {
          ...environment,
          SYSTEM_ACCESSTOKEN: accessToken,
          AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: ids.newConnection,
        };
      },
    ],
  ])('of %s, as JSON', async (_title, job) => {
    const args = [
      'token',
      '--json',
      '--client-id',
      ids.app,
      '--tenant-id',
      ids.tenant,
      '--authority-host',
      emulator.urls.entra,
    ];
    const { exitCode, stdout } = await runCommand([...args, '--resource', 'azure-devops'], job(), folder);
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as { accessToken: string; resource: string; expiresOn: string };
    expect(result).toMatchObject({ resource: devOps, expiresOn: expect.stringMatching(/^2\d{3}-.*Z$/) });
    expect((await connectionData(`Bearer ${result.accessToken}`)).status).toBe(200);
  });

  it.each([
    [['token', '--resource', 'my api'], 2, 'expected arm, graph'],
    [['token', '--client-id', 'me'], 2, 'expected the client id'],
    [['token', '--nonsense'], 2, 'unknown option'],
    [['tokn'], 2, 'unknown command'],
    [['token', '--identity', 'github'], 2, 'this does not run in a job of that platform'],
    [['token', '--identity', 'managed-identity'], 1, 'it is not on Azure'],
  ])('%j: exit code %i', async (args, code, said) => {
    const { exitCode, stdout, stderr } = await runCommand(args, administrator, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/eyJ/);
  });

  it('tells the ids of the connections of a job, where a name cannot be looked up', async () => {
    const { environment } = emulator.startAzurePipelinesJob({
      ...{ organization: 'contoso', project: 'web', pipeline: 'release', connections: ['azure'] },
    });
    const args = ['token', '--service-connection', 'azure', '--client-id', ids.app, '--tenant-id', ids.tenant];
    const { exitCode, stderr } = await runCommand(args, environment, folder);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining(`This job refers to ${ids.newConnection}.`),
    });
    expect(sent()).toEqual([]);
  });

  it('takes a service connection by its name, which says the client and the tenant too', async () => {
    const { environment } = emulator.startAzurePipelinesJob({
      ...{ organization: 'contoso', project: 'web', pipeline: 'release', connections: ['azure'] },
    });
    const SYSTEM_ACCESSTOKEN = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
    const args = ['token', '--service-connection', 'azure', '--resource', 'azure-devops'];
    const { exitCode, stdout } = await runCommand(
      [...args, '--authority-host', emulator.urls.entra],
      { ...environment, SYSTEM_ACCESSTOKEN },
      folder,
    );
    expect(exitCode).toBe(0);
    expect((await connectionData(`Bearer ${stdout.trim()}`)).status).toBe(200);
  });

  it('--help has examples', async () => {
    for (const command of [
      ['token'],
      ['id-token'],
      ['exec'],
      ['git-credential'],
      ['agent', 'run'],
      ['agent', 'setup'],
      ['agent', 'check'],
      ['agent', 'placeholder'],
    ]) {
      const { exitCode, stdout } = await runCommand([...command, '--help'], {}, folder);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/Examples?[:,]/);
    }
  });
});

describe('the documented flow: managed identity to Azure DevOps token used as a PAT', () => {
  // Source: Microsoft Learn, "Use service principals and managed identities in Azure DevOps".
  it('asks IMDS and Azure DevOps what the documentation says, to the letter', async () => {
    const { environment } = await emulator.startMachine({ userAssigned: [ids.assigned] });
    const args = ['token', '--resource', 'azure-devops', '--client-id', ids.assigned];
    const { stdout } = await runCommand(args, environment, folder);
    const [imds] = sent();
    expect(imds).toMatchObject({
      method: 'GET',
      path: '/metadata/identity/oauth2/token',
      query: `api-version=2018-02-01&resource=${devOps}&client_id=${ids.assigned}`,
      body: '',
    });
    expect(imds?.headers.metadata).toBe('true');
    const asPat = await connectionData(`Basic ${Buffer.from(`:${stdout.trim()}`).toString('base64')}`);
    expect(asPat.status).toBe(200);
    const answer = (await asPat.json()) as { authenticatedUser: { descriptor: string } };
    expect(answer.authenticatedUser.descriptor).toContain(objectIdOf(ids.tenant, ids.assigned));
  });
});

describe('fedbridge git-credential', () => {
  const helper = (...options: string[]) =>
    `!'${process.execPath}' '${join(root, 'packages/cli/dist/main/index.js')}' git-credential ${options.join(' ')}`;
  const insecure = () => ['--allow-insecure-loopback', new URL(organization).host];
  const git = (url: string, environment: Variables, program = helper(...insecure())) =>
    new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn('git', ['-c', 'credential.helper=', '-c', `credential.helper=${program}`, 'ls-remote', url], {
        env: { ...machineEnvironment(folder), GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', ...environment },
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    });

  it('lets git in', async () => {
    const { exitCode, stdout } = await git(`${organization}/web/_git/app`, administrator);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('refs/heads/main') });
    const refused = await git(`${organization}/web/_git/app`, {});
    expect(refused.exitCode).not.toBe(0);
  });

  it('gives nothing to loopback without the option that allows it', async () => {
    expect((await git(`${organization}/web/_git/app`, administrator, helper())).exitCode).not.toBe(0);
    expect(sent().some(({ path }) => path.endsWith('/token'))).toBe(false);
  });

  it.each(['https', 'http'])('the option allows one address, over %s', async (protocol) => {
    const allowed = async (allowance: readonly string[], host: string) => {
      const input = `protocol=${protocol}\nhost=${host}\n\n`;
      const { stdout } = await runCommand(['git-credential', ...allowance, 'get'], administrator, folder, input);
      return stdout.includes('password=');
    };
    const { host, port } = new URL(organization);
    const answers = await Promise.all([
      allowed(insecure(), host),
      allowed(insecure(), `127.0.0.1:${Number(port) + 1}`),
      allowed(insecure(), 'localhost'),
      allowed([], host),
      allowed(['--allow-insecure-loopback', 'example.com:80'], 'example.com:80'),
      allowed(['--allow-insecure-loopback', '127.0.0.1'], '127.0.0.1'),
      allowed(['--allow-insecure-loopback', 'x@127.0.0.1:80'], '127.0.0.1:80'),
    ]);
    expect(answers).toEqual([true, false, false, false, false, false, false]);
  });

  // Source: git-credential(1), and CVE-2020-5260, CVE-2020-11008, CVE-2024-52006.
  it('gives a token to the hosts of Azure Repos over HTTPS, and to nobody else', async () => {
    const devAzure = 'protocol=https\nhost=dev.azure.com\n';
    const hosts = ['dev.azure.com', 'DEV.azure.com', 'dev.azure.com:443', 'contoso.visualstudio.com'];
    const others = [
      ...['dev.azure.com.example.com', 'evil-dev.azure.com', 'x.dev.azure.com', 'azure.com', 'visualstudio.com'],
      ...['a.b.visualstudio.com', 'evilvisualstudio.com', '.visualstudio.com', 'dev.azure.com:8443', 'dev.azure.com.'],
      ...[
        'dev.azure.com@example.com',
        'example.com/dev.azure.com',
        'dev.azure.com\\.example.com',
        'dev.azure.com ',
        '',
      ],
      ...[
        '127.0.0.1:9999',
        'localhost',
        '[::1]:80',
        'dev.azure.com\r',
        'dev.azure.com\0',
        'dev.azure.com%0aexample.com',
      ],
    ];
    const given = [
      ...hosts.map((host) => `protocol=https\nhost=${host}\n`),
      `${devAzure}path=contoso/web/_git/app\nusername=contoso\n\nhost=example.com\n`,
      `${devAzure}capability[]=authtype\ncapability[]=state\nwwwauth[]=Basic realm="x"\nwwwauth[]=Bearer\n`,
    ];
    const denied = [
      ...others.map((host) => `protocol=https\nhost=${host}\n`),
      ...['http', 'HTTPS', 'ssh', '', 'https '].map((protocol) => `protocol=${protocol}\nhost=dev.azure.com\n`),
      ...['host=example.com\n', 'protocol=http\n', 'username=a\nusername=b\n', '=x\n', 'dev.azure.com\n'].map(
        (line) => `${devAzure}${line}`,
      ),
      ...['host=example.com\n', 'path=a\x1bb\n', 'username=a\rb\n'].map((line) => `${line}${devAzure}`),
      ...['host=dev.azure.com\n', 'protocol=https\n', '\nprotocol=https\nhost=dev.azure.com\n', ''],
    ];
    const ask = async (input: string, operation = 'get') => {
      const { exitCode, stdout } = await runCommand(['git-credential', operation], administrator, folder, input);
      return { input, exitCode, isGiven: /^username=.+\npassword=.+\npassword_expiry_utc=\d+\n$/.test(stdout), stdout };
    };
    const answers = await Promise.all([
      ...denied.map((input) => ask(input)),
      ...['store', 'erase', 'capability'].map((operation) => ask(`${devAzure}username=a\npassword=b\n`, operation)),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ input: answer.input, exitCode: 0, stdout: '' });
    expect(sent()).toEqual([]);
    for (const answer of await Promise.all(given.map((input) => ask(input))))
      expect(answer).toMatchObject({ input: answer.input, exitCode: 0, isGiven: true });
  });
});

it('an agent that was replaced while it waits for a job does not get it', async () => {
  const { stdout } = await runCommand(['token', '--resource', 'azure-devops'], administrator, folder);
  const pool = emulator.agentPool('contoso', 'kubernetes');
  const agents = `${organization}/_apis/distributedtask/pools`;
  const call = async (authorization: string, method: string, path: string, body?: object) => {
    const accept = 'application/json; api-version=7.1';
    const headers = { authorization: `Bearer ${authorization}`, 'content-type': 'application/json', accept };
    const answer = await fetch(`${agents}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const token = stdout.trim();
  const { value } = await call(token, 'GET', '?poolName=kubernetes');
  const place = `/${value[0].id}`;
  const agent = { name: 'twice', version: '4.266.2' };
  const first = await call(token, 'POST', `${place}/agents`, agent);
  const own = first.authorization.token;
  const { sessionId } = await call(own, 'POST', `${place}/sessions`, {});
  const waiting = call(own, 'GET', `${place}/messages?sessionId=${sessionId}`);
  await expect.poll(() => sent().some(({ path }) => path.endsWith('/messages'))).toBe(true);
  await call(token, 'PUT', `${place}/agents/${first.id}`, agent);
  const job = pool.queue(0);
  expect(await waiting).toBeUndefined();
  expect(job).toMatchObject({ state: 'queued' });
  await call(token, 'DELETE', `${place}/agents/${first.id}`);
});

describe('fedbridge agent setup', () => {
  const args = () => [
    ...['agent', 'setup', '--url', organization, '--pool', 'linux', '--managed-identity', assignedResourceId],
    ...['--issuer', emulator.issuers.kubernetes, '--as', 'kubernetes', '--resource-manager', emulator.urls.resources],
  ];

  it('--dry-run prints the requests and sends none of them', async () => {
    const { exitCode, stdout } = await runCommand([...args(), '--dry-run'], administrator, folder);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^would be done/gm)).toHaveLength(4);
    expect(stdout).toContain(`POST ${organization}/_apis/distributedtask/pools?api-version=7.1`);
    expect(stdout).toContain('{"name":"linux","autoProvision":false}');
    expect(sent().every(({ method, path }) => method === 'GET' || path.endsWith('/token'))).toBe(true);
  });

  it('sets up, and again does nothing', async () => {
    const first = await runCommand([...args(), '--json'], administrator, folder);
    expect(first.exitCode).toBe(0);
    const states = (text: string) =>
      text
        .trim()
        .split('\n')
        .flatMap((line) => (JSON.parse(line) as { state?: string }).state ?? []);
    expect(states(first.stdout)).toEqual(['done', 'done', 'is there', 'done', 'done', 'is there']);
    const again = await runCommand([...args(), '--json'], administrator, folder);
    expect(states(again.stdout)).toEqual(Array(6).fill('is there'));
    // What was made is enough: a pod of that service account gets in.
    const started = await emulator.startPod({
      namespace: 'agents',
      serviceAccount: 'fedbridge-agent',
      azure: { clientId: ids.assigned, tenantId: ids.tenant },
    });
    const { stdout } = await runCommand(['token', '--resource', 'azure-devops'], started.environment, folder);
    const pools = await fetch(`${organization}/_apis/distributedtask/pools?poolName=linux`, {
      headers: { authorization: `Bearer ${stdout.trim()}` },
    });
    expect(await pools.json()).toMatchObject({ count: 1 });
  });

  it('counts the federated credentials of the identity before anything is changed', async () => {
    const withCredentials = async (count: number) => {
      await using full = await startEmulator({ setup: (urls) => fullSetup(sharedSetup(urls), urls.kubernetes, count) });
      const { environment } = await full.startPod({ ...pod, azure: { clientId: ids.app, tenantId: ids.tenant } });
      const named = [`${full.urls.azureDevOps}/contoso`, full.issuers.kubernetes, full.urls.resources];
      const [url = '', issuer = '', resources = ''] = named;
      const where = ['--url', url, '--issuer', issuer, '--resource-manager', resources];
      const ended = await runCommand([...args(), ...where], environment, folder);
      const changes = full.requests.filter(
        ({ service, method }) => /azureDevOps|resources/.test(service) && method !== 'GET',
      );
      return { ...ended, changes: changes.length };
    };
    const [last, none] = await Promise.all([withCredentials(19), withCredentials(20)]);
    expect(last.stdout).toContain(
      'federated credential for system:serviceaccount:agents:fedbridge-agent, which leaves room for 0 of 20',
    );
    expect(none).toMatchObject({
      exitCode: 2,
      changes: 0,
      stderr: expect.stringContaining('has 20 federated credentials'),
    });
  });

  it('tells what is wrong', async () => {
    const other = args().map((arg) => (arg === assignedResourceId ? `${assignedResourceId}x` : arg));
    const unknown = await runCommand(other, administrator, folder);
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('There is no managed identity') });
    const noAz = args().filter((arg) => arg !== '--as' && arg !== 'kubernetes');
    const cli = await runCommand(noAz, { ...administrator, PATH: '' }, folder);
    expect(cli).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no "az".') });
  });
});

/** The managed identity of the agents with so many credentials already. */
function fullSetup(setup: Setup, issuer: string, count: number): Setup {
  const federatedCredentials = Array.from({ length: count }, (_, index) => ({
    ...{ name: `other-${index}`, issuer, subject: `system:serviceaccount:others:${index}` },
    audiences: ['api://AzureADTokenExchange'],
  }));
  const tenants = (setup.tenants ?? []).map((tenant) => ({
    ...tenant,
    applications: tenant.applications.map((one) =>
      one.clientId === ids.assigned ? { ...one, federatedCredentials } : one,
    ),
  }));
  return { ...setup, tenants };
}
