import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, objectIdOf, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { machineEnvironment, root, type Variables } from '../harness/process.ts';
import { assignedResourceId, ids, pod, sharedSetup } from '../harness/setup.ts';

const devOps = '499b84ac-1321-427f-aa17-267ca6975798';
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
let emulator: Emulator;
let organization: string;
/** A pod as the application that administers the organisation. */
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
    [['token', '--identity', 'github'], 2, 'this job does not run there'],
    [['token', '--identity', 'managed-identity'], 1, 'it is not on Azure'],
  ])('%j: exit code %i', async (args, code, said) => {
    const { exitCode, stdout, stderr } = await runCommand(args, administrator, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/eyJ/);
  });

  it('--help has examples', async () => {
    for (const command of [['token'], ['git-credential'], ['agent', 'run'], ['agent', 'setup']]) {
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
  const helper = `!'${process.execPath}' '${join(root, 'packages/cli/dist/main/index.js')}' git-credential`;
  const git = (url: string, environment: Variables) =>
    new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn('git', ['-c', 'credential.helper=', '-c', `credential.helper=${helper}`, 'ls-remote', url], {
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

  it.each([
    ['another host', 'get', 'protocol=https\nhost=dev.azure.com.example.com\n'],
    ['plain HTTP', 'get', 'protocol=http\nhost=dev.azure.com\n'],
    ['what is to be stored', 'store', 'protocol=https\nhost=dev.azure.com\nusername=a\npassword=b\n'],
  ])('says nothing for %s', async (_title, operation, input) => {
    const { exitCode, stdout } = await runCommand(['git-credential', operation], administrator, folder, input);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(sent()).toEqual([]);
  });
});

it('an agent that was replaced while it waits for a job does not get it', async () => {
  const { stdout } = await runCommand(['token', '--resource', 'azure-devops'], administrator, folder);
  const pool = emulator.agentPool('contoso', 'kubernetes');
  const agents = `${organization}/_apis/distributedtask/pools`;
  const call = async (authorization: string, method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${authorization}`, 'content-type': 'application/json' };
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
  const agent = { name: 'twice', version: '1' };
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
    expect(stdout.match(/^would be done/gm)).toHaveLength(3);
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
        .map((line) => (JSON.parse(line) as { state: string }).state);
    expect(states(first.stdout)).toEqual(['done', 'done', 'is there', 'done', 'is there']);
    const again = await runCommand([...args(), '--json'], administrator, folder);
    expect(states(again.stdout)).toEqual(Array(5).fill('is there'));
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

  it('tells what is wrong', async () => {
    const other = args().map((arg) => (arg === assignedResourceId ? `${assignedResourceId}x` : arg));
    const unknown = await runCommand(other, administrator, folder);
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('There is no managed identity') });
    const noAz = args().filter((arg) => arg !== '--as' && arg !== 'kubernetes');
    const cli = await runCommand(noAz, { ...administrator, PATH: '' }, folder);
    expect(cli).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no "az".') });
  });
});
