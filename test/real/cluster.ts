import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import tls from 'node:tls';
import { machineEnvironment } from '../harness/process.ts';
import { pathOf } from './programs.ts';
import { freePorts, ServerProcess } from './server-process.ts';

/** An object of Kubernetes, as its API has it. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: it has what its kind has.
  readonly [member: string]: any;
}

/** An answer of the API server that is no success. */
class KubernetesProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const token = 'administrator-of-this-test';
const mergePatch = 'application/merge-patch+json';

/** etcd, the API server, the controller manager and the scheduler, on loopback: all of Kubernetes that needs no machine. */
export class Cluster implements AsyncDisposable {
  /** The address of the API server, and the issuer of its service accounts' tokens. */
  readonly url: string;
  /** A file with the certificate of its CA, PEM. */
  readonly ca: string;
  /** A file by which clients are its administrator. */
  readonly kubeconfig: string;
  readonly #agent: https.Agent;
  readonly #servers: readonly ServerProcess[];

  private constructor(port: number, folder: string, servers: readonly ServerProcess[]) {
    this.url = `https://127.0.0.1:${port}`;
    this.ca = join(folder, 'certificates', 'apiserver.crt');
    this.kubeconfig = join(folder, 'kubeconfig');
    this.#agent = new https.Agent({ keepAlive: true, ca: readFileSync(this.ca) });
    this.#servers = servers;
  }

  /** @param folder - for what it stores; removed by whoever made it */
  static async start(folder: string): Promise<Cluster> {
    const program = pathOf('kubernetes');
    const [etcd = 0, peer = 0, api = 0] = await freePorts(3);
    const path = (name: string) => join(folder, name);
    mkdirSync(path('certificates'));
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(path('key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(path('tokens'), `${token},administrator,1,"system:masters"\n`);
    const servers: ServerProcess[] = [];
    const start = (name: string, options: Readonly<Record<string, string>>) => {
      const args = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
      servers.push(new ServerProcess(program, [name, ...args], machineEnvironment(folder), path(`${name}.log`)));
    };
    try {
      start('etcd', {
        'data-dir': path('etcd'),
        'listen-client-urls': `http://127.0.0.1:${etcd}`,
        'advertise-client-urls': `http://127.0.0.1:${etcd}`,
        'listen-peer-urls': `http://127.0.0.1:${peer}`,
        'initial-advertise-peer-urls': `http://127.0.0.1:${peer}`,
        'initial-cluster': `default=http://127.0.0.1:${peer}`,
        // What it had goes with the folder.
        'unsafe-no-fsync': 'true',
      });
      start('kube-apiserver', {
        'etcd-servers': `http://127.0.0.1:${etcd}`,
        'bind-address': '127.0.0.1',
        'secure-port': String(api),
        'cert-dir': path('certificates'),
        'service-account-issuer': `https://127.0.0.1:${api}`,
        'service-account-jwks-uri': `https://127.0.0.1:${api}/openid/v1/jwks`,
        'service-account-signing-key-file': path('key'),
        'service-account-key-file': path('key'),
        'api-audiences': 'https://kubernetes.default.svc',
        'service-cluster-ip-range': '10.0.0.0/24',
        'authorization-mode': 'RBAC',
        'token-auth-file': path('tokens'),
      });
      await until(() => isReady(api, path('certificates/apiserver.crt')), servers);
      const cluster = new Cluster(api, folder, servers);
      writeFileSync(cluster.kubeconfig, JSON.stringify(kubeconfig(cluster)));
      start('kube-controller-manager', {
        kubeconfig: cluster.kubeconfig,
        'service-account-private-key-file': path('key'),
        'root-ca-file': cluster.ca,
        'leader-elect': 'false',
        'secure-port': '0',
      });
      start('kube-scheduler', { kubeconfig: cluster.kubeconfig, 'leader-elect': 'false', 'secure-port': '0' });
      await until(async () => (await cluster.list('/api/v1/namespaces/default/serviceaccounts')).length > 0, servers);
      return cluster;
    } catch (error) {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
      throw error;
    }
  }

  /** @param path - with its query @throws KubernetesProblem */
  async request<Answer = KubernetesObject>(method: string, path: string, body?: object): Promise<Answer> {
    const type = method === 'PATCH' ? mergePatch : 'application/json';
    const { status, text } = await this.#send(
      method,
      path,
      type,
      body === undefined ? undefined : JSON.stringify(body),
    );
    const answer = JSON.parse(text);
    if (status >= 400) throw new KubernetesProblem(status, `${method} ${path}: ${answer.message}`);
    return answer;
  }

  async list(path: string): Promise<readonly KubernetesObject[]> {
    return (await this.request<{ readonly items: readonly KubernetesObject[] }>('GET', path)).items;
  }

  #send(method: string, path: string, type: string, body?: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) };
      const request = https.request(this.url + path, { method, headers, agent: this.#agent }, (answer) => {
        answer.setEncoding('utf8');
        let text = '';
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    for (const server of [...this.#servers].reverse()) await server[Symbol.asyncDispose]();
  }
}

/**
 * Lets anybody read the keys of a cluster, as managed clusters do, and has this process trust its CA, for the emulator that runs in it.
 * Source: Kubernetes, "Service account issuer discovery".
 */
export async function letDiscover(cluster: Cluster): Promise<void> {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(cluster.ca, 'utf8')]);
  await cluster.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'service-account-issuer-discovery' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:service-account-issuer-discovery',
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:unauthenticated' }],
  });
}

function kubeconfig({ url, ca }: Cluster): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server: url, 'certificate-authority': ca } }],
    users: [{ name: 'administrator', user: { token } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'administrator' } }],
    'current-context': 'real',
  };
}

async function isReady(port: number, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    https
      .get(`https://127.0.0.1:${port}/readyz`, { ca: readFileSync(ca), headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      })
      .on('error', () => resolve(false));
  });
}

/** Looks again and again; one that is not there yet, or answers nothing yet, is looked at again. */
async function until(condition: () => Promise<boolean>, servers: readonly ServerProcess[]): Promise<void> {
  while (!(await condition().catch(() => false))) {
    const ended = servers.find(({ isRunning }) => !isRunning);
    if (ended) throw new Error(`A server of the cluster has ended: ${ended.said.slice(-2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
