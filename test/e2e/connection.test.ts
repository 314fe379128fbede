/**
 * Tests as well:
 * - packages/agent/src/connections/organization-id.ts
 * - packages/agent/src/connections/service-connections.ts
 * - packages/cli/src/commands/connection.ts
 * - packages/cli/src/commands/organization.ts
 * - packages/cli/src/set-up-identity.ts
 * - packages/emulator/src/azure-devops/rest/service-endpoints.ts
 * - packages/emulator/src/azure-devops/service-endpoints.ts
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { ids, pipelineJob, pod, sharedSetup, subjects } from '../harness/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'connection-'));
let emulator: Emulator;
let organization: string;
/** A pod as the application that administers the organization. */
let administrator: Variables;
/** A machine that is no user of it. */
let stranger: Variables;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  organization = `${emulator.urls.azureDevOps}/contoso`;
  administrator = (await emulator.startPod({ ...pod, azure: { clientId: ids.app, tenantId: ids.tenant } })).environment;
  stranger = (await emulator.startMachine({ systemAssigned: ids.machine })).environment;
});
afterAll(() => emulator.close());
let mark = 0;
beforeEach(() => {
  mark = emulator.requests.length;
});

const changes = () =>
  emulator.requests.slice(mark).filter(({ service, method }) => service === 'azureDevOps' && method !== 'GET');
const run = (args: readonly string[], environment = administrator) => runCommand(args, environment, folder);
const as = ['--as', 'kubernetes'];
const connection = (command: string, name: string, ...more: readonly string[]) => [
  ...['connection', command, '--url', organization, '--project', 'web', '--name', name, ...as, ...more],
];
const create = (name: string, ...more: readonly string[]) => [
  ...connection('create', name, '--application', ids.stranger, '--subscription-id', ids.subscription),
  ...['--subscription-name', 'Production', ...more],
];

/** The ID token that a job gets which refers to a connection. */
async function tokenOf(name: string) {
  const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: [name] });
  const SYSTEM_ACCESSTOKEN = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
  const { stdout, stderr } = await run(['id-token', '--service-connection', name], {
    ...environment,
    SYSTEM_ACCESSTOKEN,
  });
  if (stdout === '') throw new Error(stderr);
  return decodeJwt(stdout);
}

/** Makes a connection with a client secret, as people did. */
async function withSecret(name: string): Promise<string> {
  const { stdout } = await run(['token', '--resource', 'azure-devops']);
  const answer = await fetch(`${organization}/_apis/serviceendpoint/endpoints?api-version=7.1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stdout.trim()}` },
    body: JSON.stringify({
      ...{ name, type: 'azurerm', data: { subscriptionId: ids.subscription, subscriptionName: 'Production' } },
      authorization: {
        scheme: 'ServicePrincipal',
        parameters: { tenantid: ids.tenant, serviceprincipalid: ids.app, serviceprincipalkey: 'a client secret' },
      },
      serviceEndpointProjectReferences: [{ projectReference: { id: ids.project, name: 'web' }, name }],
    }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { id: string }).id;
}

describe('fedbridge connection create', () => {
  it('shows first what it would do, and changes nothing', async () => {
    const { exitCode, stdout, stderr } = await run(create('planned'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain('would be done service connection planned');
    expect(stderr).toContain(`POST ${organization}/_apis/serviceendpoint/endpoints?api-version=7.1`);
    expect(stderr).toContain('Nothing was changed: do it with --apply.');
    expect(changes()).toEqual([]);
  });

  it('makes it, and prints the federated credential that its jobs need; again, what is there is left alone', async () => {
    const { exitCode, stdout } = await run(create('made', '--apply'));
    expect(exitCode).toBe(0);
    const credential = JSON.parse(stdout);
    const { iss, sub } = await tokenOf('made');
    expect(credential).toMatchObject({ issuer: iss, subject: sub, audiences: ['api://AzureADTokenExchange'] });
    expect(changes().map(({ method }) => method)).toContain('POST');

    mark = emulator.requests.length;
    const again = await run(create('MADE', '--apply', '--format', 'az'));
    expect(again.stderr).toContain('is there      service connection MADE');
    expect(again.stdout).toContain(ids.stranger);
    expect(again.stdout).toContain(sub);
    expect(changes()).toEqual([]);
  });

  it('writes the credential for a managed identity', async () => {
    const place = ['--managed-identity', 'deploy', '--resource-group', 'ci', '--format', 'az'];
    const { stdout } = await run(create('of-identity', '--apply', ...place));
    expect(stdout).toMatch(
      /^az identity federated-credential create .*--identity-name=deploy --name=connection-of-identity /,
    );
  });

  it.each([
    ['a project that there is not', () => [...create('x'), '--project', 'wbe'], 2, 'There is no project "wbe"'],
    ['an application that is none', () => [...create('x'), '--application', 'me'], 2, 'expected the client id'],
    [
      'the name of a connection of another application',
      () => create('azure', '--apply'),
      2,
      `of application ${ids.app}`,
    ],
    ['no subscription', () => connection('create', 'x', '--application', ids.app), 2, '--subscription-id'],
  ])('is denied %s', async (_what, args, code, said) => {
    const { exitCode, stdout, stderr } = await run(args());
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(said);
    expect(changes()).toEqual([]);
  });

  it('tells who is no user of the organization what it takes', async () => {
    const args = create('x', '--apply', '--as', 'managed-identity', '--tenant-id', ids.tenant);
    const { exitCode, stderr } = await run(args, stranger);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Creator or Administrator of service connections');
  });
});

describe('fedbridge connection convert', () => {
  it('has a connection with a secret use federation, after it has shown so', async () => {
    const id = await withSecret('old');
    mark = emulator.requests.length;
    const plan = await run(connection('convert', 'old'));
    expect(plan).toMatchObject({ exitCode: 0, stdout: '' });
    expect(plan.stderr).toContain(
      `PUT ${organization}/web/_apis/serviceendpoint/endpoints/${id}?operation=ConvertAuthenticationScheme`,
    );
    expect(changes()).toEqual([]);

    const { exitCode, stdout, stderr } = await run(connection('convert', 'old', '--apply'));
    expect(exitCode).toBe(0);
    const { iss, sub } = await tokenOf('old');
    expect(JSON.parse(stdout)).toMatchObject({ issuer: iss, subject: sub });
    expect(`${stdout}${stderr}`).not.toContain('a client secret');

    mark = emulator.requests.length;
    expect((await run(connection('convert', 'old', '--apply'))).stdout).toBe(stdout);
    expect(changes()).toEqual([]);
  });

  it('says of one on the former issuer that it ends, and prints the credential of today', async () => {
    const { exitCode, stdout } = await run(connection('convert', 'azure-old'));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ subject: subjects.oldConnection });
  });

  it('is denied a name that there is not', async () => {
    const { exitCode, stderr } = await run(connection('convert', 'azur'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The project has no service connection "azur"');
  });
});

describe('fedbridge trust entra --beside', () => {
  const write = (count: number) => {
    const list = Array.from({ length: count }, (_, index) => ({
      name: `one-${index}`,
      issuer: 'x',
      subject: `${index}`,
    }));
    const args = ['trust', 'entra', '--github', 'octo/app', '--branch', 'main', '--beside', '-'];
    return runCommand(args, {}, folder, JSON.stringify(list));
  };

  it('counts what is there before it writes', async () => {
    const { stdout, stderr } = await write(12);
    expect(stderr).toBe('12 of 20 federated credentials are there; this is one more, and 7 are left.\n');
    expect(JSON.parse(stdout)).toMatchObject({ subject: 'repo:octo/app:ref:refs/heads/main' });
    const full = await write(20);
    expect(full).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('no more is taken') });
  });
});

describe('fedbridge organization', () => {
  it('prints the id, which the issuer of its pipelines has', async () => {
    const { stdout } = await run(['organization', organization, ...as]);
    expect(stdout.trim()).toBe(ids.organization);
    const { stdout: json } = await run(['organization', organization, ...as, '--json']);
    expect(JSON.parse(json)).toEqual({
      ...{ id: ids.organization, url: organization },
      issuer: `https://vstoken.dev.azure.com/${ids.organization}`,
    });
  });

  it.each([
    ['one that there is not', () => `${emulator.urls.azureDevOps}/contos`, 'There is no organization'],
    ['a name that none can have', () => 'contoso web', 'The organization is not a URL'],
  ])('is denied %s', async (_what, name, said) => {
    const { exitCode, stdout, stderr } = await run(['organization', name(), ...as]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
  });
});
