import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatedPool, type Emulator, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { machineEnvironment, root, type Variables } from '../harness/process.ts';
import { run } from '../harness/run-program.ts';
import { ids, sharedSetup } from '../harness/setup.ts';
import { Cluster, type KubernetesObject, letDiscover } from './cluster.ts';
import { installKeda, kedaSubject, startKeda } from './keda.ts';
import { Kubelet } from './kubelet.ts';
import { build, pathOf } from './programs.ts';

const namespace = 'agents';
const release = 'agents';
const identity = { clientId: ids.assigned, tenantId: ids.tenant };
const missing = await build('kubernetes', 'keda', 'helm');

type Organization = NonNullable<Setup['organizations']>[number];

/** The chart on a cluster of its own, KEDA's operator, and the emulator's Azure DevOps, whose pool has the placeholder alone. */
interface World extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly emulator: Emulator;
  readonly pool: EmulatedPool;
  readonly node: Kubelet;
  /** One more node. */
  addNode(name: string): Promise<Kubelet>;
  helm(command: 'upgrade' | 'uninstall', values?: Variables): Promise<void>;
  /** Waits until all jobs of the pool have ended and no agent's pod is left. @returns what became of the jobs */
  rest(): Promise<readonly string[]>;
}

async function worldOf(organization: Partial<Organization> = {}): Promise<World> {
  await using open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'real-'));
  const cluster = open.use(await Cluster.start(folder));
  await letDiscover(cluster);
  const emulator = await startEmulator({
    names: 'real',
    setup: (urls) => setupOf(sharedSetup(urls), cluster, organization),
  });
  open.defer(() => emulator.close());
  const ca = join(folder, 'emulator.pem');
  writeFileSync(ca, emulator.ca ?? '');
  const outside = {
    ...{ HTTPS_PROXY: emulator.proxy ?? '', NO_PROXY: '127.0.0.1' },
    ...{ NODE_EXTRA_CA_CERTS: ca, NODE_USE_ENV_PROXY: '1', SSL_CERT_FILE: ca },
  };
  const node = open.use(await Kubelet.start(cluster, 'node-1', outside));
  await installKeda(cluster);
  open.use(await startKeda(cluster, folder, identity, outside));
  const pool = emulator.agentPool('contoso', 'kubernetes');
  const helm = async (command: readonly string[], more: readonly string[] = []) => {
    const where = ['--namespace', namespace, '--kubeconfig', cluster.kubeconfig, '--timeout', '30m'];
    const ended = await run(pathOf('helm'), [...command, release, ...more, ...where], machineEnvironment(folder));
    expect(ended).toMatchObject({ exitCode: 0 });
  };
  const chart = join(root, 'deploy/helm/fedbridge-agent');
  const valuesOf = (values: Variables) =>
    Object.entries({
      ...{ organizationUrl: 'https://dev.azure.com/contoso', 'pool.name': 'kubernetes', 'pool.id': String(pool.id) },
      ...{ 'identity.clientId': identity.clientId, 'identity.tenantId': identity.tenantId },
      ...{ 'keda.version': '2.21.0', 'scaling.pollingInterval': '2' },
      ...values,
    }).flatMap(([name, value]) => [name === 'pool.id' ? '--set-string' : '--set', `${name}=${value}`]);
  await helm(['install', '--create-namespace'], [chart, ...valuesOf({})]);
  const all = open.move();
  return {
    ...{ cluster, emulator, pool, node },
    addNode: async (name) => all.use(await Kubelet.start(cluster, name, outside)),
    helm: (command, values = {}) =>
      command === 'upgrade' ? helm(['upgrade'], [chart, ...valuesOf(values)]) : helm(['uninstall', '--wait']),
    async rest() {
      const unended = () => pool.jobs.filter(({ state }) => ['queued', 'running'].includes(state));
      await expect.poll(() => unended().length, { message: 'jobs that have not ended' }).toBe(0);
      const left = async () => (await agentsIn(cluster)).filter(isAlive).length;
      await expect.poll(left, { message: 'pods of agents' }).toBe(0);
      return pool.jobs.map(({ state }) => state);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** The shared world, with the real cluster as issuer of the agents' and of KEDA's identity. */
function setupOf(setup: Setup, { url }: Cluster, changed: Partial<Organization>): Setup {
  const subjects = [`system:serviceaccount:${namespace}:fedbridge-agent`, kedaSubject];
  const federatedCredentials = subjects.map((subject, index) => ({
    ...{ name: `cluster-${index}`, issuer: url, subject, audiences: ['api://AzureADTokenExchange'] },
  }));
  const tenants = (setup.tenants ?? []).map((tenant) => ({
    ...tenant,
    applications: tenant.applications.map((one) =>
      one.clientId === identity.clientId ? { ...one, federatedCredentials } : one,
    ),
  }));
  return { ...setup, tenants, organizations: (setup.organizations ?? []).map((one) => ({ ...one, ...changed })) };
}

const pods = `/api/v1/namespaces/${namespace}/pods`;
const agentsIn = (cluster: Cluster) => cluster.list(`${pods}?labelSelector=app.kubernetes.io/component=agent`);
const isAlive = ({ status }: KubernetesObject) => ['Pending', 'Running'].includes(status?.phase);
const isAgent = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/component'] === 'agent';
const agentsOn = ({ started }: Kubelet) => started.filter(isAgent);

/** Has jobs wait, each so many seconds long. */
function queue(pool: EmulatedPool, count: number, seconds: number): void {
  for (let job = 0; job < count; job++) pool.queue(seconds);
}

const succeeded = (count: number) => Array.from({ length: count }, () => 'succeeded');

describe.skipIf(missing !== undefined)(`agents${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('come for one job, for ten and for a hundred, and go; nothing is left of them', async () => {
    await using world = await worldOf();
    const { cluster, node, pool } = world;
    let [jobs, before] = [0, 0];
    for (const count of [1, 10, 100]) {
      queue(pool, count, 2);
      jobs += count;
      expect(await world.rest()).toEqual(succeeded(jobs));
      const started = agentsOn(node).length - before;
      before += started;
      console.log(`${count} jobs: ${started} agents`);
      expect(started).toBeLessThanOrEqual(Math.floor(1.05 * count));
      expect(pool.agents.map(({ name, status }) => `${name} ${status}`)).toEqual(['placeholder offline']);
    }
    await world.helm('uninstall');
    const kinds = [pods, `/apis/batch/v1/namespaces/${namespace}/jobs`, '/apis/keda.sh/v1alpha1/scaledjobs'];
    for (const kind of kinds) await expect.poll(() => cluster.list(kind), { message: kind }).toEqual([]);
  });

  it('are not joined by others while a job takes long', async () => {
    await using world = await worldOf();
    // Many polls long.
    queue(world.pool, 1, 40);
    expect(await world.rest()).toEqual(succeeded(1));
    expect(agentsOn(world.node)).toHaveLength(1);
  });

  it('finish their job through an upgrade, after which others have the new image', async () => {
    await using world = await worldOf();
    queue(world.pool, 1, 20);
    await expect.poll(() => world.pool.jobs[0]?.state).toBe('running');
    await world.helm('upgrade', { 'image.tag': 'next' });
    queue(world.pool, 1, 2);
    expect(await world.rest()).toEqual(succeeded(2));
    const images = agentsOn(world.node).map(({ spec }) => spec.containers[0].image.split(':')[1]);
    expect(images).toEqual([expect.not.stringMatching('next'), 'next']);
  });

  it('keep a node from being drained until their job is done, and come on another', async () => {
    await using world = await worldOf();
    const { cluster, node, pool } = world;
    queue(pool, 1, 20);
    await expect.poll(() => pool.jobs[0]?.state).toBe('running');
    await cluster.request('PATCH', '/api/v1/nodes/node-1', { spec: { unschedulable: true } });
    const other = await world.addNode('node-2');
    const [{ metadata }] = agentsOn(node) as [KubernetesObject];
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name, namespace } };
    await expect(cluster.request('POST', `${pods}/${metadata.name}/eviction`, eviction)).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('disruption budget'),
    });
    queue(pool, 1, 2);
    expect(await world.rest()).toEqual(succeeded(2));
    expect([node, other].map((one) => agentsOn(one).length)).toEqual([1, 1]);
  });

  it('that are deleted finish their job first', async () => {
    await using world = await worldOf();
    queue(world.pool, 1, 20);
    await expect.poll(() => world.pool.jobs[0]?.state).toBe('running');
    const [{ metadata }] = agentsOn(world.node) as [KubernetesObject];
    await world.cluster.request('DELETE', `${pods}/${metadata.name}`);
    expect(await world.rest()).toEqual(succeeded(1));
    expect(agentsOn(world.node)).toHaveLength(1);
    expect(world.node.logOf(metadata.name)).toContain('completed with result: succeeded');
  });

  it('that are killed before they have a job leave it to another', async () => {
    await using world = await worldOf();
    queue(world.pool, 1, 2);
    await expect.poll(() => agentsOn(world.node)).toHaveLength(1);
    world.node.kill(agentsOn(world.node)[0]?.metadata.name ?? '');
    expect(await world.rest()).toEqual(succeeded(1));
    expect(agentsOn(world.node)).toHaveLength(2);
  });

  // In a container that is killed nothing removes the agent: the one beside it does, when its job is given up.
  it('that are killed in their job are gone when that is given up, and are not missed', async () => {
    await using world = await worldOf();
    const { node, pool, emulator } = world;
    queue(pool, 1, 600);
    await expect.poll(() => pool.jobs[0]?.state).toBe('running');
    const [{ metadata }] = agentsOn(node) as [KubernetesObject];
    node.killContainer(metadata.name, 'agent');
    await expect.poll(() => node.logOf(metadata.name)).toContain('It had a job');
    emulator.clock.advance(11 * 60);
    queue(pool, 1, 2);
    expect(await world.rest()).toEqual(['abandoned', 'succeeded']);
    expect(node.logOf(metadata.name)).toContain(`Agent ${metadata.name} is removed.`);
    expect(pool.agents.map(({ name, status }) => `${name} ${status}`)).toEqual(['placeholder offline']);
  });

  it('finish their job, and are removed, though the container that registered them is killed', async () => {
    await using world = await worldOf();
    const { node, pool } = world;
    queue(pool, 1, 15);
    await expect.poll(() => pool.jobs[0]?.state).toBe('running');
    const [{ metadata }] = agentsOn(node) as [KubernetesObject];
    node.killContainer(metadata.name, 'registration');
    expect(await world.rest()).toEqual(succeeded(1));
    expect(pool.agents.map(({ name, status }) => `${name} ${status}`)).toEqual(['placeholder offline']);
  });

  it('come late where Azure DevOps is busy, and no job is lost', async () => {
    await using world = await worldOf({ rateLimit: { requests: 25, seconds: 15 } });
    queue(world.pool, 10, 2);
    expect(await world.rest()).toEqual(succeeded(10));
    const throttled = world.emulator.requests.filter(
      ({ service, status }) => service === 'azureDevOps' && status === 429,
    );
    expect(throttled).not.toEqual([]);
    expect(agentsOn(world.node)).toHaveLength(10);
    expect(world.pool.agents.map(({ name, status }) => `${name} ${status}`)).toEqual(['placeholder offline']);
  });
});
