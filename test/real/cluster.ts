import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import tls from 'node:tls';
import { machineEnvironment } from '../harness/process.ts';
import { freePorts, ServerProcess } from '../harness/server-process.ts';
import { pathOf } from './programs.ts';

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
export class KubernetesProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const token = 'administrator-of-this-test';

type Options = Readonly<Record<string, string | readonly string[]>>;

interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** etcd, the API server, the controller manager and the scheduler, on loopback: all of Kubernetes that needs no machine. */
export class Cluster implements AsyncDisposable {
  /** The address of the API server, and the issuer of its service accounts' tokens. */
  readonly url: string;
  /** A file with the certificate of its CA, PEM. */
  readonly ca: string;
  /** A file by which clients are its administrator. */
  readonly kubeconfig: string;
  readonly #folder: string;
  readonly #etcd: string;
  readonly #servers = new Map<string, ServerProcess>();
  /** Files with the keys of its tokens, the newest first. */
  readonly #keys: string[] = [];
  #agent: https.Agent | undefined;

  private constructor(folder: string, etcd: string, url: string) {
    this.url = url;
    this.ca = join(folder, 'certificates', 'apiserver.crt');
    this.kubeconfig = join(folder, 'kubeconfig');
    this.#folder = folder;
    this.#etcd = etcd;
  }

  /** @param folder - for what it stores; removed by whoever made it */
  static async start(folder: string): Promise<Cluster> {
    const [etcd = 0, peer = 0, api = 0] = await freePorts(3);
    const cluster = new Cluster(folder, `http://127.0.0.1:${etcd}`, `https://127.0.0.1:${api}`);
    try {
      await cluster.#open(`http://127.0.0.1:${peer}`);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #open(peer: string): Promise<void> {
    this.#start('etcd', {
      'data-dir': this.#path('etcd'),
      'listen-client-urls': this.#etcd,
      'advertise-client-urls': this.#etcd,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
      // What it had goes with the folder.
      'unsafe-no-fsync': 'true',
    });
    writeFileSync(this.#path('tokens'), `${token},administrator,1,"system:masters"\n`);
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfig(this)));
    await this.#startApiServer();
    this.#start('kube-controller-manager', {
      kubeconfig: this.kubeconfig,
      'root-ca-file': this.ca,
      'leader-elect': 'false',
      'secure-port': '0',
    });
    this.#start('kube-scheduler', { kubeconfig: this.kubeconfig, 'leader-elect': 'false', 'secure-port': '0' });
    await this.#until(async () => {
      const { length } = await this.list('/api/v1/namespaces/default/serviceaccounts');
      return length > 0;
    });
  }

  /** Signs tokens with another key from now on; those before stay published. */
  async changeKey(): Promise<void> {
    await this.#servers.get('kube-apiserver')?.[Symbol.asyncDispose]();
    await this.#startApiServer();
  }

  /** Has it trust tokens of others too, as an AuthenticationConfiguration says. */
  async trust(authentication: object): Promise<void> {
    writeFileSync(this.#path('authentication'), JSON.stringify(authentication));
    await this.changeKey();
  }

  async #startApiServer(): Promise<void> {
    const key = this.#path(`key-${this.#keys.length}`);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    this.#keys.unshift(key);
    this.#start('kube-apiserver', {
      'etcd-servers': this.#etcd,
      'bind-address': '127.0.0.1',
      'secure-port': new URL(this.url).port,
      'cert-dir': this.#path('certificates'),
      'service-account-issuer': this.url,
      'service-account-jwks-uri': `${this.url}/openid/v1/jwks`,
      'service-account-signing-key-file': key,
      'service-account-key-file': this.#keys,
      'api-audiences': 'https://kubernetes.default.svc',
      'service-cluster-ip-range': '10.0.0.0/24',
      'authorization-mode': 'RBAC',
      'token-auth-file': this.#path('tokens'),
      ...(existsSync(this.#path('authentication')) ? { 'authentication-config': this.#path('authentication') } : {}),
    });
    await this.#until(async () => {
      // It writes its certificate when it starts.
      this.#agent ??= new https.Agent({ keepAlive: true, ca: readFileSync(this.ca) });
      return (await this.#send('GET', '/readyz')).status === 200;
    });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #start(name: string, options: Options): void {
    const args = Object.entries(options).flatMap(([option, values]) =>
      [values].flat().map((value) => `--${option}=${value}`),
    );
    const log = this.#path(`${name}.log`);
    const environment = machineEnvironment(this.#folder);
    this.#servers.set(name, new ServerProcess(pathOf('kubernetes'), [name, ...args], environment, log));
  }

  /** Looks again and again: what is not there yet, or answers nothing yet, is looked at again. */
  async #until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition().catch(() => false))) {
      for (const [name, server] of this.#servers)
        if (!server.isRunning) throw new Error(`${name} has ended: ${server.said.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** @param path - with its query @throws KubernetesProblem */
  async request<Answer = KubernetesObject>(method: string, path: string, body?: object): Promise<Answer> {
    const { status, text } = await this.#send(method, path, body);
    // Not all of it is JSON: a kind that is not known yet has no server.
    if (status >= 400) throw new KubernetesProblem(status, `${method} ${path}: ${text}`);
    return JSON.parse(text);
  }

  async list(path: string): Promise<readonly KubernetesObject[]> {
    return (await this.request<{ readonly items: readonly KubernetesObject[] }>('GET', path)).items;
  }

  async createServiceAccount({ namespace, name }: ServiceAccount): Promise<void> {
    const serviceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
    await this.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, serviceAccount);
  }

  /**
   * A token of a service account.
   *
   * @param seconds - how long it lives: ten minutes at least
   * @param pod - that it is bound to
   */
  async tokenOf(
    { namespace, name }: ServiceAccount,
    audience: string,
    seconds: number,
    pod?: { readonly name: string; readonly uid?: string },
  ): Promise<string> {
    const { status } = await this.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...{ audiences: [audience], expirationSeconds: seconds },
        ...(pod ? { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod.name, uid: pod.uid } } : {}),
      },
    });
    return status.token;
  }

  #send(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        // Node says none by itself for the body of a DELETE.
        'content-length': Buffer.byteLength(sent),
      };
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
      request.end(sent);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent?.destroy();
    for (const server of [...this.#servers.values()].reverse()) await server[Symbol.asyncDispose]();
  }
}

/** A cluster whose keys anybody may read, with the service accounts `deploy` and `other`. @param folder - for what it stores */
export async function clusterWithAccounts(folder: string): Promise<Cluster> {
  const cluster = await Cluster.start(folder);
  await letDiscover(cluster);
  for (const name of ['deploy', 'other']) await cluster.createServiceAccount({ namespace: 'default', name });
  return cluster;
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
