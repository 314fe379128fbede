import { randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { entraAudience } from '../entra/audience.ts';
import type { World } from '../server/service.ts';
import type { TokenIssuer } from '../server/token-issuer.ts';

/** A pod whose service account's token is projected into it. */
export interface Pod {
  readonly namespace?: string;
  readonly serviceAccount: string;
  /** `api://AzureADTokenExchange` by default. */
  readonly audience?: string;
  /** Seconds; 3,600 by default. The token is written anew when 80 per cent of them are over. */
  readonly lifetimeSeconds?: number;
  /** What the webhook of Azure's workload identity sets, from the service account's annotations. */
  readonly azure?: { readonly clientId: string; readonly tenantId: string };
  /** What the webhook of EKS sets. */
  readonly aws?: { readonly roleArn: string };
}

/** A pod that runs, until it is stopped or the emulator closed. */
export interface StartedPod extends AsyncDisposable {
  /** The variables that webhooks set. */
  readonly environment: Readonly<Record<string, string>>;
  readonly tokenFile: string;
  /** Writes a new token now. */
  rotate(): Promise<void>;
  /** Tells it to end, as a node that is drained does: its token is not renewed any more. */
  terminate(): void;
  /** Removes the token. */
  stop(): Promise<void>;
}

/** A cluster's issuer, and the kubelet that writes its tokens. */
export class KubernetesService {
  readonly #issuer: TokenIssuer;
  readonly #world: World;
  readonly #name: string;
  readonly #entra: string;
  readonly #pods = new Set<StartedPod>();

  constructor(app: FastifyInstance, issuer: TokenIssuer, world: World, where: { name: string; entra: string }) {
    this.#issuer = issuer;
    this.#world = world;
    this.#name = where.name;
    this.#entra = where.entra;
    issuer.publish(app, new URL(where.name).pathname.replace(/\/$/, ''), () => where.name);
  }

  /** Source: Kubernetes, "Service account token volume projection"; azure-workload-identity, "Mutating admission webhook". */
  async startPod(pod: Pod): Promise<StartedPod> {
    const folder = await mkdtemp(join(tmpdir(), 'pod-'));
    const tokenFile = join(folder, 'token');
    const uid = randomUUID();
    const rotate = async () => {
      const token = await this.#issuer.sign(this.#claims(pod, uid));
      this.#world.secrets.add(token);
      await writeFile(`${tokenFile}.next`, token, { mode: 0o600 });
      await rename(`${tokenFile}.next`, tokenFile);
    };
    await rotate();
    const timer = setInterval(() => void rotate().catch(() => {}), (pod.lifetimeSeconds ?? 3600) * 800);
    timer.unref();
    // Source: kubernetes/kubernetes#116481, #122102.
    const terminate = () => clearInterval(timer);
    const stop = async () => {
      terminate();
      this.#pods.delete(started);
      await rm(folder, { recursive: true, force: true });
    };
    const started: StartedPod = {
      environment: this.#environment(pod, tokenFile),
      tokenFile,
      ...{ rotate, terminate, stop },
      [Symbol.asyncDispose]: stop,
    };
    this.#pods.add(started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pods].map((pod) => pod.stop()));
  }

  #claims({ namespace = 'default', serviceAccount, audience = entraAudience.uri, lifetimeSeconds }: Pod, uid: string) {
    const now = this.#world.clock.seconds();
    return {
      aud: [audience],
      exp: now + (lifetimeSeconds ?? 3600),
      iat: now,
      nbf: now,
      iss: this.#name,
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
      'kubernetes.io': {
        namespace,
        pod: { name: `${serviceAccount}-0`, uid },
        serviceaccount: { name: serviceAccount, uid: randomUUID() },
      },
    };
  }

  #environment({ azure, aws }: Pod, tokenFile: string): Record<string, string> {
    return {
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      ...(azure
        ? {
            AZURE_CLIENT_ID: azure.clientId,
            AZURE_TENANT_ID: azure.tenantId,
            AZURE_FEDERATED_TOKEN_FILE: tokenFile,
            AZURE_AUTHORITY_HOST: `${this.#entra}/`,
          }
        : {}),
      ...(aws ? { AWS_ROLE_ARN: aws.roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } : {}),
    };
  }
}
