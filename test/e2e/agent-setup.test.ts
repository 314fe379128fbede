/**
 * From an empty pool to an agent whose jobs start: `fedbridge agent setup`, `placeholder` and `check` on an emulator as strict as Azure
 * DevOps.
 *
 * Tests as well:
 * - packages/agent/src/check/check-agents.ts
 * - packages/agent/src/check/finding.ts
 * - packages/agent/src/check/pool-agents-check.ts
 * - packages/agent/src/check/queue-check.ts
 * - packages/agent/src/setup/agent-identity.ts
 * - packages/agent/src/setup/application.ts
 * - packages/agent/src/setup/placeholder.ts
 * - packages/agent/src/setup/project-queue.ts
 * - packages/cli/src/commands/agent/chart-values.ts
 * - packages/cli/src/commands/agent/check.ts
 * - packages/cli/src/commands/agent/identity-target.ts
 * - packages/cli/src/commands/agent/placeholder.ts
 * - packages/cli/src/commands/agent/pool-options.ts
 * - packages/cli/src/commands/agent/setup.ts
 * - packages/emulator/src/azure-devops/rest/queues.ts
 */

import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { assignedResourceId, ids, pod, sharedSetup } from '../harness/setup.ts';

const audience = 'api://AzureADTokenExchange';
/** A machine with an identity of its own. */
const machineId = `/subscriptions/${ids.subscription}/resourceGroups/ci/providers/Microsoft.Compute/virtualMachines/builder`;
const agentsSubject = 'system:serviceaccount:agents:fedbridge-agent';
let emulator: Emulator;
let folder: string;
/** A pod as the application that administers the organization. */
let administrator: Variables;

interface World {
  /** Credentials of the agents' managed identity, by name. */
  readonly credentials?: (issuer: string) => Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly organization?: object;
}

async function start({ credentials = () => ({}), organization = {} }: World = {}): Promise<void> {
  await emulator?.close();
  emulator = await startEmulator({ setup: (urls) => setupOf(urls, credentials(urls.kubernetes), organization) });
  administrator = (await emulator.startPod({ ...pod, azure: { clientId: ids.app, tenantId: ids.tenant } })).environment;
}

function setupOf(urls: EmulatorUrls, credentials: Readonly<Record<string, object>>, organization: object): Setup {
  const setup = sharedSetup(urls);
  const usual = { issuer: urls.kubernetes, subject: agentsSubject, audiences: [audience] };
  const federatedCredentials = Object.entries(credentials).map(([name, one]) => ({ ...usual, name, ...one }));
  return {
    ...setup,
    organizations: (setup.organizations ?? []).map((one) => ({ ...one, pools: [], ...organization })),
    tenants: (setup.tenants ?? []).map((tenant) => ({
      ...{ ...tenant, administrators: [ids.app] },
      applications: tenant.applications.map((one) => {
        if (one.clientId === ids.machine) return { ...one, resourceId: machineId };
        return one.clientId === ids.assigned ? { ...one, federatedCredentials } : one;
      }),
    })),
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-setup-'));
  await start();
});
afterEach(() => emulator.close());

const organization = () => `${emulator.urls.azureDevOps}/contoso`;
const where = () => [
  ...['--url', organization(), '--pool', 'linux', '--as', 'kubernetes'],
  ...['--resource-manager', emulator.urls.resources, '--graph', emulator.urls.resources],
];
const cluster = () => ['--issuer', emulator.issuers.kubernetes];
const ofIdentity = ['--managed-identity', assignedResourceId];
const run = (args: readonly string[], environment = administrator) => runCommand(args, environment, folder);
const setUp = (...more: readonly string[]) => run(['agent', 'setup', ...where(), ...ofIdentity, ...cluster(), ...more]);
const check = (...more: readonly string[]) => run(['agent', 'check', ...where(), ...more]);
const changes = () =>
  emulator.requests.filter(
    ({ service, method, path }) => method !== 'GET' && !path.endsWith('/token') && service !== 'entra',
  );
const pool = () => emulator.agentPool('contoso', 'linux');

/** A token of the agents' service account, or of another one, for Azure DevOps. */
async function tokenOf(clientId: string, account = { namespace: 'agents', serviceAccount: 'fedbridge-agent' }) {
  const started = await emulator.startPod({ ...account, azure: { clientId, tenantId: ids.tenant } });
  return run(['token', '--resource', 'azure-devops', '--identity', 'kubernetes'], started.environment);
}

describe('fedbridge agent setup', () => {
  it('makes an empty pool one that jobs are queued in, tells its id, and writes the values of the chart', async () => {
    const values = join(folder, 'values.yaml');
    const demands = ['--demand', 'docker', '--demand', 'size=large'];
    const { exitCode, stdout, stderr } = await setUp(...demands, '--keda', '--values-file', values);
    expect({ exitCode, stderr: stderr.split('\n').slice(1).join('\n') }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Pool linux has id ${pool().id}.`);
    expect(readFileSync(values, 'utf8').split('\n').slice(1)).toEqual([
      `organizationUrl: "${organization()}"`,
      'pool:',
      '  name: "linux"',
      `  id: "${pool().id}"`,
      '  demands:',
      '    - "docker"',
      '    - "size=large"',
      'identity:',
      `  clientId: "${ids.assigned}"`,
      `  tenantId: "${ids.tenant}"`,
      'serviceAccount:',
      '  name: "fedbridge-agent"',
      '',
    ]);
    expect(pool().agents).toMatchObject([
      { name: 'placeholder', status: 'offline', userCapabilities: { size: 'large' } },
    ]);
    expect(pool().queue(0, ['docker', 'size -equals large'])).toMatchObject({ state: 'queued' });
    const keda = { namespace: 'kube-system', serviceAccount: 'keda-operator' };
    expect(
      (await Promise.all([tokenOf(ids.assigned), tokenOf(ids.assigned, keda)])).map((one) => one.exitCode),
    ).toEqual([0, 0]);
    // Again: the id is told as well, and nothing is changed.
    const before = changes().length;
    const again = await setUp(...demands, '--keda', '--json');
    expect(changes()).toHaveLength(before);
    const lines = again.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toEqual({
      result: {
        ...{ poolId: pool().id, clientId: ids.assigned, tenantId: ids.tenant, principalId: expect.any(String) },
        values: expect.objectContaining({
          pool: { name: 'linux', id: String(pool().id), demands: ['docker', 'size=large'] },
        }),
      },
    });
    expect(new Set(lines.slice(0, -1).map(({ state }) => state))).toEqual(new Set(['is there']));
  });

  it('--dry-run shows what is there and what would be, and neither changes nor writes anything', async () => {
    const values = join(folder, 'values.yaml');
    const { exitCode, stdout } = await setUp('--dry-run', '--keda', '--values-file', values, '--demand', 'docker');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('system:serviceaccount:kube-system:keda-operator');
    expect(stdout).toMatch(/PUT .*\/agents\/<id>\/usercapabilities\S*\n\s+\{"docker":"true"\}/);
    expect(changes()).toEqual([]);
    expect(existsSync(values)).toBe(false);
  });

  it('lets projects use the pool, with all their pipelines where that is asked for', async () => {
    expect((await setUp('--project', 'web')).exitCode).toBe(0);
    expect(pool().projects).toEqual({ web: 'permitted pipelines' });
    expect((await setUp('--project', 'web')).stdout).toContain('is there      project web uses pool linux');
    expect(await setUp('--project', 'nowhere')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('There is no project "nowhere"'),
    });
    expect((await setUp('--all-pipelines')).stderr).toContain('the option --project is required');
    const planned = await setUp('--project', 'web', '--all-pipelines', '--dry-run');
    expect(planned.stdout).toMatch(
      /would be done project web uses pool linux, by all pipelines\n.*PATCH .*\/queue\/\d+/,
    );
    expect(pool().projects).toEqual({ web: 'permitted pipelines' });
    expect((await setUp('--project', 'web', '--all-pipelines')).exitCode).toBe(0);
    expect(pool().projects).toEqual({ web: 'all pipelines' });
    const again = await setUp('--project', 'web', '--all-pipelines');
    expect(again.stdout).toContain('is there      project web uses pool linux, by all pipelines');
    await start();
    const { stdout } = await setUp('--project', 'web', '--all-pipelines', '--dry-run');
    expect(stdout).toContain('authorizePipelines=true');
    await setUp('--project', 'web', '--all-pipelines');
    expect(pool().projects).toEqual({ web: 'all pipelines' });
  });

  it('takes a credential under another name as there, which Azure would refuse a second time', async () => {
    await start({ credentials: () => ({ 'made-by-hand': {} }) });
    const { exitCode, stdout } = await setUp();
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`is there      federated credential for ${agentsSubject} (made-by-hand)`);
    expect(changes().some(({ service }) => service === 'resources')).toBe(false);
  });

  it.each([
    [
      'audience',
      () => ({ audiences: ['api://AzureADTokenExchangeUSGov'] }),
      'its audience is api://AzureADTokenExchangeUSGov',
    ],
    ['issuer', (issuer: string) => ({ issuer: `${issuer}/` }), 'its issuer is '],
  ])('a credential with a wrong %s is found and told, and fixed with --fix', async (_what, change, said) => {
    await start({ credentials: (issuer) => ({ 'made-by-hand': change(issuer) }) });
    const left = await setUp();
    expect(left).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/\[CHECK_FAILED\][\s\S]*--fix/) });
    expect(left.stdout).toContain(`is wrong      federated credential for ${agentsSubject} (made-by-hand)`);
    expect(left.stdout).toContain(said);
    expect((await tokenOf(ids.assigned)).exitCode).toBe(1);
    const fixed = await setUp('--fix');
    expect(fixed.exitCode).toBe(0);
    expect((await tokenOf(ids.assigned)).exitCode).toBe(0);
  });

  it("leaves another cluster's credential alone, and makes one of another name beside it", async () => {
    const own = 'fedbridge-agents-fedbridge-agent';
    await start({ credentials: () => ({ [own]: { issuer: 'https://oidc.example.com/b' } }) });
    expect((await setUp()).stdout).toContain('its issuer is https://oidc.example.com/b');
    expect((await setUp('--credential-name', 'cluster-a')).exitCode).toBe(0);
    expect((await tokenOf(ids.assigned)).exitCode).toBe(0);
  });

  it('waits for an identity that has not spread, with a bound', async () => {
    await start({ organization: { spreading: { [ids.assigned]: 2 } } });
    const { exitCode, stdout, stderr } = await setUp();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('Waiting until Azure DevOps finds'),
    });
    expect(stdout).toContain('can register agents in linux');
    await start({ organization: { spreading: { [ids.assigned]: 1000 } } });
    expect(await setUp('--wait', '1')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/could not be added[\s\S]*VS403283[\s\S]*--wait/),
    });
  });

  it('an administrator who may not add users is told so', async () => {
    await start({
      organization: { administrators: [ids.stranger], pools: [{ name: 'linux', administrators: [ids.app] }] },
    });
    expect(await setUp()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/may not add users[\s\S]*\[EXCHANGE_REFUSED\][\s\S]*Add Users/),
    });
  });

  it('an application is as good as a managed identity', async () => {
    const { exitCode, stderr } = await run(['agent', 'setup', ...where(), '--application', ids.stranger, ...cluster()]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect((await tokenOf(ids.stranger)).exitCode).toBe(0);
    expect(pool().agents).toMatchObject([{ name: 'placeholder' }]);
  });

  it("a machine's managed identity needs no issuer, and KEDA does", async () => {
    const machines = ['agent', 'setup', ...where(), ...ofIdentity, '--no-placeholder'];
    const { exitCode, stdout } = await run(machines);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.not.stringContaining('federated credential') });
    expect(pool().agents).toEqual([]);
    expect(await run([...machines, '--keda'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('With --keda, the option --issuer is required.'),
    });
    expect((await run(['agent', 'setup', ...where()])).stderr).toContain('One of --managed-identity and --application');
  });

  it('a machine that has an identity of its own is named by its resource id', async () => {
    const machines = (id: string) => ['agent', 'setup', ...where(), '--managed-identity', id, '--no-placeholder'];
    const { exitCode, stdout } = await run(machines(machineId));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.not.stringContaining('federated credential') });
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine });
    const placeholder = ['agent', 'placeholder', '--url', organization(), '--pool', 'linux'];
    expect((await run([...placeholder, '--identity', 'managed-identity'], environment)).exitCode).toBe(0);
    expect(pool().agents).toMatchObject([{ name: 'placeholder' }]);
    expect(await check('--managed-identity', machineId)).toMatchObject({ exitCode: 0 });
    expect(await run([...machines(machineId), ...cluster()])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('A system-assigned managed identity trusts no issuer'),
    });
    expect(await run(machines(`${machineId}s`))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/There is no resource \S+ with a system-assigned managed identity/),
    });
    expect((await run(machines('builder'))).stderr).toContain('expected the resource id of a managed identity');
  });

  it('an empty --resource-manager is an error that names it', async () => {
    const { exitCode, stderr } = await setUp('--resource-manager', '');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining("'--resource-manager <url>'"),
    });
  });

  it('values that cannot be written are an error, when all else is done', async () => {
    const { exitCode, stderr } = await setUp('--values-file', join(folder, 'none', 'values.yaml'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('ENOENT. [DELIVERY_FAILED]') });
    expect(pool().agents).toHaveLength(1);
  });
});

describe('fedbridge agent placeholder', () => {
  it('makes one as the identity of the agents, adds what is demanded further, and takes no agent that runs', async () => {
    await setUp('--no-placeholder');
    expect(() => pool().queue(0)).toThrow('No agent found in pool linux');
    const agents = { namespace: 'agents', serviceAccount: 'fedbridge-agent' };
    const { environment } = await emulator.startPod({
      ...agents,
      azure: { clientId: ids.assigned, tenantId: ids.tenant },
    });
    const placeholder = (...more: readonly string[]) =>
      run(['agent', 'placeholder', '--url', organization(), '--pool', 'linux', ...more], environment);
    expect(await placeholder()).toMatchObject({
      exitCode: 0,
      stdout: 'done          offline agent placeholder in pool linux\n',
    });
    expect(await placeholder('--demand', 'docker')).toMatchObject({ exitCode: 0 });
    expect((await placeholder('--demand', 'DOCKER')).stdout).toMatch(/^is there /);
    await placeholder('--demand', 'size=large');
    expect(pool().agents).toMatchObject([{ userCapabilities: { docker: 'true', size: 'large' } }]);
    expect(pool().queue(0, ['docker', 'size -equals large'])).toMatchObject({ state: 'queued' });
    expect((await placeholder('--demand', 'a,b')).stderr).toContain('expected NAME or NAME=VALUE');
  });
});

describe('fedbridge agent placeholder, as an identity that is new', () => {
  const placeholder = async (...more: readonly string[]) => {
    await setUp('--no-placeholder');
    const agents = { namespace: 'agents', serviceAccount: 'fedbridge-agent' };
    const azure = { clientId: ids.assigned, tenantId: ids.tenant };
    const { environment } = await emulator.startPod({ ...agents, azure });
    emulator.inject({ service: 'azureDevOps', path: /\/pools$/, times: 4, fault: { status: 401 } });
    return run(['agent', 'placeholder', '--url', organization(), '--pool', 'linux', ...more], environment);
  };

  it('tries again what is denied', async () => {
    const { exitCode, stderr } = await placeholder();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/HTTP 401.*Trying again/) });
    expect(pool().agents).toMatchObject([{ name: 'placeholder', status: 'offline' }]);
  });

  it('--wait bounds that', async () => {
    const { exitCode, stderr } = await placeholder('--wait', '0');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('[EXCHANGE_REFUSED]') });
    expect(pool().agents).toEqual([]);
  });
});

describe('fedbridge agent check', () => {
  it('says in one screen why no job starts, and finds no problems where one will', async () => {
    const all = [...ofIdentity, ...cluster(), '--keda'];
    const before = await check(...all);
    expect(before.exitCode).toBe(3);
    expect(before.stdout).toMatch(/^problem {2}pool: \S+ has no agent pool "linux"/m);
    expect(before.stdout).toMatch(/^problem {2}user: \S+ is no user of /m);
    expect(before.stdout).toMatch(/^problem {2}federated credential: None trusts system:serviceaccount:kube-system:/m);
    expect(before.stdout.split('\n').length).toBeLessThan(25);

    await setUp('--keda', '--no-placeholder');
    const empty = await check(...all, '--json');
    const { problems, findings } = JSON.parse(empty.stdout);
    expect(problems).toBe(1);
    expect(findings.filter(({ state }: { state: string }) => state === 'problem')).toMatchObject([
      {
        check: 'agents',
        detail: expect.stringContaining('refuses to queue a job'),
        fix: expect.stringContaining('placeholder'),
      },
    ]);

    await setUp('--keda', '--demand', 'docker');
    const asked = changes().length;
    const after = await check(...all, '--demand', 'docker');
    expect({ exitCode: after.exitCode, stdout: after.stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/Agent placeholder satisfies docker[\s\S]*No problems found\.\n$/),
    });
    expect(changes()).toHaveLength(asked);
  });

  it('tells of waiting jobs why nothing starts', async () => {
    await setUp('--demand', 'docker', '--demand', 'maven');
    pool().queue(0, ['maven']);
    pool().queue(0, ['docker']);
    const findings = await check('--demand', 'docker', '--demand', 'gradle');
    expect(findings.stdout).toMatch(/problem {2}demands: No agent of the pool, online or not, satisfies gradle: /);
    expect(findings.stdout).toMatch(
      /problem {2}request \d+: Of release, for \d+ s: it demands maven, which --demand does/,
    );
    expect(findings.stdout).toMatch(/ok {7}request \d+: Of release, for \d+ s: an agent is yet to start for it/);
    emulator.clock.advance(-600);
    pool().queue(0, ['docker']);
    emulator.clock.advance(600);
    expect((await check('--demand', 'docker', '--demand', 'maven')).stdout).toMatch(
      /problem {2}request \d+: Of release, for \d+ s: nothing starts an agent for it\.\n\s+See what KEDA says/,
    );
  });

  it('judges all jobs that wait, by what a scaler counts, and shows five', async () => {
    await setUp('--demand', 'gpu=a100', '--demand', 'maven');
    for (let count = 0; count < 7; count += 1) pool().queue(0, ['gpu']);
    const demand = ['--demand', 'gpu=a100'];
    const fine = await check(...demand);
    expect(fine).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^ok {7}queue: 2 more wait\.$/m) });
    emulator.clock.advance(-60);
    for (let count = 0; count < 6; count += 1) pool().queue(0, ['maven']);
    emulator.clock.advance(60);
    for (let count = 0; count < 5; count += 1) pool().queue(0, ['gpu']);
    const { exitCode, stdout } = await check(...demand);
    expect(exitCode).toBe(3);
    expect(stdout.match(/^problem {2}request \d+: .* demands maven/gm)).toHaveLength(5);
    expect(stdout).toMatch(/^problem {2}queue: 13 more wait, 1 of them with a problem\.$/m);
    expect(stdout).not.toMatch(/^unknown/m);
  });

  it('a request without a time of assignment waits, whether that is null or missing', async () => {
    await setUp();
    const queueTime = new Date(emulator.clock.now()).toISOString();
    const value = [{ requestId: 1, assignTime: null }, { requestId: 2 }, { requestId: 3, assignTime: queueTime }];
    const body = JSON.stringify({ value: value.map((one) => ({ ...one, queueTime, demands: [] })) });
    const headers = { 'content-type': 'application/json' };
    emulator.inject({ service: 'azureDevOps', path: /jobrequests$/, times: 1, fault: { status: 200, headers, body } });
    expect((await check()).stdout).toMatch(/^ok {7}queue: 2 waiting, 1 running\.$/m);
  });

  it('what whoever asks may not see is told as unknown, and the rest is looked at', async () => {
    await setUp();
    emulator.inject({
      service: 'azureDevOps',
      path: /memberentitlements$/,
      times: 10,
      fault: { status: 403, body: '{"message":"TF400813"}', headers: { 'content-type': 'application/json' } },
    });
    const { exitCode, stdout } = await check(...ofIdentity, ...cluster());
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^unknown {2}user: .*TF400813/m);
    expect(stdout).toMatch(/^ok {7}federated credential: /m);
  });
});
