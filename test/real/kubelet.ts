import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cliScript } from '../harness/cli.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { type Cluster, type KubernetesObject, KubernetesProblem } from './cluster.ts';

/** What stands in the place of the image: the program that its entrypoint is, with the variables that it sets. */
interface Image {
  readonly command: readonly string[];
  readonly environment: Variables;
}

/** The image of agents, as deploy/Dockerfile has it. */
const agentImage: Image = {
  command: [process.execPath, cliScript],
  environment: { AZP_AGENT_FOLDER: '/azp/agent', AZP_WORK: '/azp/work' },
};

interface Status {
  readonly phase: 'Running' | 'Succeeded' | 'Failed';
  /** Of the container that is none of its sidecars, as the API has it. */
  readonly state: object;
}

interface StartedPod {
  readonly name: string;
  readonly main: ChildProcess;
  /** By the names of their containers. */
  readonly sidecars: Map<string, ChildProcess>;
  status: Status;
  isEnding: boolean;
}

/**
 * Stands in for a node's kubelet: runs each pod's container, and its sidecars, as processes of this machine, with the tokens that the API
 * server signs for it. Paths of volumes are folders of their own; a pod of azure.workload.identity/use has what that webhook adds.
 */
export class Kubelet implements AsyncDisposable {
  /** Every pod that was started, in order, as it was then. */
  readonly started: KubernetesObject[] = [];
  readonly #cluster: Cluster;
  readonly #node: string;
  readonly #environment: Variables;
  readonly #pods = new Map<string, StartedPod>();
  readonly #logs = new Map<string, () => string>();
  #isOver = false;
  #renewedAt = Date.now();
  #loop: Promise<void> = Promise.resolve();

  private constructor(cluster: Cluster, node: string, environment: Variables) {
    this.#cluster = cluster;
    this.#node = node;
    this.#environment = environment;
  }

  /** @param environment - of every container beside its own: the proxy and the CA by which it finds the clouds */
  static async start(cluster: Cluster, node: string, environment: Variables): Promise<Kubelet> {
    const kubelet = new Kubelet(cluster, node, environment);
    await kubelet.#register();
    kubelet.#loop = kubelet.#run();
    return kubelet;
  }

  /** What a pod has said so far. */
  logOf(pod: string): string {
    return this.#logs.get(pod)?.() ?? '';
  }

  /** As a machine that is gone: nothing is told that it is to end. */
  kill(pod: string): void {
    const started = this.#named(pod);
    if (started?.status.phase !== 'Running') return;
    started.isEnding = true;
    for (const child of [started.main, ...started.sidecars.values()]) killAll(child);
  }

  /** As one that uses more memory than it may. @param container - a sidecar, or the one that is none */
  killContainer(pod: string, container: string): void {
    const started = this.#named(pod);
    const child = started?.sidecars.get(container) ?? started?.main;
    if (child) killAll(child);
  }

  #named(pod: string): StartedPod | undefined {
    return [...this.#pods.values()].find(({ name }) => name === pod);
  }

  async #register(): Promise<void> {
    await this.#cluster.request('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: this.#node, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': this.#node } },
    });
    const size = { cpu: '1000', memory: '1000Gi', pods: '1000', 'ephemeral-storage': '10000Gi' };
    await this.#cluster.request('PATCH', `/api/v1/nodes/${this.#node}/status`, {
      status: {
        capacity: size,
        allocatable: size,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      },
    });
    await this.#cluster.request('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#node, namespace: 'kube-node-lease' },
      spec: { holderIdentity: this.#node, leaseDurationSeconds: 40, renewTime: microTime() },
    });
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      // As a kubelet does: what did not work is tried again.
      await this.#tendAll().catch((error: unknown) => console.warn(`${this.#node}: ${error}`));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #tendAll(): Promise<void> {
    if (Date.now() - this.#renewedAt > 5_000) {
      this.#renewedAt = Date.now();
      const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${this.#node}`;
      await this.#cluster.request('PATCH', lease, { spec: { renewTime: microTime() } });
    }
    for (const pod of await this.#cluster.list(`/api/v1/pods?fieldSelector=spec.nodeName=${this.#node}`))
      await this.#tend(pod);
  }

  async #tend(pod: KubernetesObject): Promise<void> {
    const { uid = '', deletionTimestamp } = pod.metadata;
    const started = this.#pods.get(uid);
    if (!started) return deletionTimestamp ? this.#forget(pod) : this.#start(pod);
    if (pod.status?.phase !== started.status.phase) return this.#tell(pod, started.status);
    if (!deletionTimestamp) return;
    if (started.status.phase !== 'Running') return this.#forget(pod);
    if (started.isEnding) return;
    started.isEnding = true;
    // Sidecars are told when it has ended.
    started.main.kill('SIGTERM');
    const graceMs = 1_000 * (pod.metadata.deletionGracePeriodSeconds ?? 30);
    setTimeout(() => this.kill(started.name), graceMs).unref();
  }

  async #start(pod: KubernetesObject): Promise<void> {
    const { name, uid = '' } = pod.metadata;
    const folder = mkdtempSync(join(tmpdir(), 'pod-'));
    const volumes = await this.#volumesOf(pod, folder);
    let said = '';
    const run = async (container: Container) => {
      const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => ({
        from: mountPath,
        to: volumes.get(name) ?? folder,
      }));
      const own = (container.env ?? []).map((one) => [one.name, one.value ?? fieldOf(pod, one)]);
      const inside = { ...agentImage.environment, ...Object.fromEntries(own) };
      const mapped = Object.entries(inside).map(([key, value]) => [key, within(String(value), mounts)]);
      const environment = {
        ...machineEnvironment(folder),
        ...this.#environment,
        ...(await this.#identityOf(pod, container, folder)),
        ...Object.fromEntries(mapped),
      };
      const [program = '', ...first] = container.command ?? agentImage.command;
      const args = (container.args ?? []).map((one) => within(one, mounts));
      return () => {
        const child = spawn(program, [...first, ...args], {
          ...{ cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
        });
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => {
            said += text;
          });
        return child;
      };
    };
    const sidecars = new Map<string, ChildProcess>();
    let started: StartedPod | undefined;
    for (const container of pod.spec.initContainers ?? []) {
      if (container.restartPolicy !== 'Always') throw new Error('The stand-in of a kubelet knows sidecars alone.');
      const start = await run(container);
      const keep = () => {
        if (started?.isEnding) return;
        const child = start();
        sidecars.set(container.name, child);
        child.once('exit', () => {
          sidecars.delete(container.name);
          setTimeout(keep, 1_000);
        });
      };
      keep();
    }
    const main = (await run(pod.spec.containers[0]))();
    const running: Status = { phase: 'Running', state: { running: { startedAt: new Date().toISOString() } } };
    const tended: StartedPod = { name, main, sidecars, status: running, isEnding: false };
    started = tended;
    this.started.push(pod);
    this.#logs.set(name, () => said);
    this.#pods.set(uid, tended);
    main.once('exit', async (code) => {
      tended.isEnding = true;
      const sidecarsEnded = [...sidecars.values()].map((child) => once(child, 'exit'));
      for (const child of sidecars.values()) child.kill('SIGTERM');
      await Promise.all(sidecarsEnded);
      const exitCode = code ?? 137;
      const finishedAt = new Date().toISOString();
      const state = { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt } };
      tended.status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', state };
    });
  }

  async #tell({ metadata, spec }: KubernetesObject, { phase, state }: Status): Promise<void> {
    const isReady = phase === 'Running';
    const [{ name, image }] = spec.containers;
    const containerStatuses = [{ name, image, imageID: '', ready: isReady, restartCount: 0, state }];
    const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`;
    await unlessGone(this.#cluster.request('PATCH', path, { status: { phase, conditions, containerStatuses } }));
  }

  /** What is deleted goes once its container has ended. */
  async #forget({ metadata }: KubernetesObject): Promise<void> {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
    await unlessGone(
      this.#cluster.request('DELETE', path, { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } }),
    );
  }

  async #volumesOf(pod: KubernetesObject, folder: string): Promise<Map<string, string>> {
    const paths = new Map<string, string>();
    for (const volume of pod.spec.volumes ?? []) {
      const path = join(folder, 'volumes', volume.name);
      mkdirSync(path, { recursive: true });
      paths.set(volume.name, path);
      for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
        if (!serviceAccountToken) continue;
        const { audience, expirationSeconds, path: file } = serviceAccountToken;
        mkdirSync(dirname(join(path, file)), { recursive: true });
        writeFileSync(join(path, file), await this.#tokenOf(pod, audience, expirationSeconds), { mode: 0o600 });
      }
    }
    return paths;
  }

  /** Source: azure-workload-identity, "Mutating admission webhook", webhook.go. */
  async #identityOf(pod: KubernetesObject, { name: container }: Container, folder: string): Promise<Variables> {
    if (pod.metadata.labels?.['azure.workload.identity/use'] !== 'true') return {};
    const skipped = pod.metadata.annotations?.['azure.workload.identity/skip-containers'] ?? '';
    if (skipped.split(';').includes(container)) return {};
    const account = await this.#cluster.request(
      'GET',
      `/api/v1/namespaces/${pod.metadata.namespace}/serviceaccounts/${pod.spec.serviceAccountName}`,
    );
    const annotation = (name: string) => account.metadata.annotations?.[`azure.workload.identity/${name}`] ?? '';
    const file = join(folder, `${container}-azure-identity-token`);
    writeFileSync(file, await this.#tokenOf(pod, 'api://AzureADTokenExchange', 3_600), { mode: 0o600 });
    return {
      AZURE_CLIENT_ID: annotation('client-id'),
      AZURE_TENANT_ID: annotation('tenant-id'),
      AZURE_FEDERATED_TOKEN_FILE: file,
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
    };
  }

  #tokenOf({ metadata, spec }: KubernetesObject, audience: string, seconds: number): Promise<string> {
    const account = { namespace: metadata.namespace ?? '', name: spec.serviceAccountName };
    return this.#cluster.tokenOf(account, audience, seconds, metadata);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#loop;
    const left = [...this.#pods.values()].filter(({ status }) => status.phase === 'Running');
    const ended = left.map(({ main }) => once(main, 'exit'));
    for (const { name } of left) this.kill(name);
    await Promise.all(ended);
  }
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentEntry[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface EnvironmentEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

function fieldOf({ metadata }: KubernetesObject, { valueFrom }: EnvironmentEntry): string {
  const path = valueFrom?.fieldRef?.fieldPath;
  if (path === 'metadata.name') return metadata.name;
  if (path === 'metadata.namespace') return metadata.namespace ?? '';
  throw new Error(`The stand-in of a kubelet knows no field ${path}.`);
}

/** Ends a process and all that it has started, whatever groups of their own those have made: a container ends as a whole. */
function killAll({ pid = 0 }: ChildProcess): void {
  if (pid === 0) return;
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const doomed = [pid];
  for (const one of doomed) doomed.push(...parents.filter(([, parent]) => parent === one).map(([child = 0]) => child));
  for (const one of doomed)
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
}

/** A path of the container's where it stands on this machine. */
function within(value: string, mounts: readonly { readonly from: string; readonly to: string }[]): string {
  const mount = mounts.find(({ from }) => value === from || value.startsWith(`${from}/`));
  return mount ? mount.to + value.slice(mount.from.length) : value;
}

const microTime = () => new Date().toISOString().replace('Z', '000Z');

async function unlessGone(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error: unknown) => {
    if (!(error instanceof KubernetesProblem) || ![404, 409].includes(error.status)) throw error;
  });
}
