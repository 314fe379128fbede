import { type EmulatedPool, emulatedPool } from './azure-devops/emulated-pool.ts';
import type { AzurePipelinesJob } from './azure-devops/organization.ts';
import type { Emulator, EmulatorUrls, Platforms, ServiceNames, Setup } from './emulator.ts';
import type { GitHubJob } from './github/github-job.ts';
import type { StartedJob } from './github/github-service.ts';
import type { Pod, StartedPod } from './kubernetes/kubernetes-service.ts';
import { type AwsMachine, serveAwsMachine } from './machine/aws-machine.ts';
import { serveAzureMachine } from './machine/azure-machine.ts';
import type { Machine, StartedMachine } from './machine/machine.ts';
import { MachineIdentities } from './machine/machine-identities.ts';
import { Machines } from './machine/machines.ts';
import { type Place, ServedSetup } from './served-setup.ts';
import type { FaultRule } from './server/faults.ts';
import type { RecordedRequest } from './server/record.ts';
import type { Server, Service } from './server/service.ts';
import type { Tunnel } from './server/tunnel.ts';
import { serviceNames } from './services.ts';
import type { SignedRequest } from './sts/signature.ts';

/** What an emulator is made of, whatever its set-up. */
export interface Parts extends Place {
  readonly servers: Readonly<Record<ServiceNames, Server>>;
  readonly tunnel: Tunnel | undefined;
}

/** Servers and keys, and the set-up that they serve now. */
export class RunningEmulator implements Emulator {
  readonly urls: EmulatorUrls;
  readonly ca: string | undefined;
  readonly proxy: string | undefined;
  readonly issuers: Emulator['issuers'];
  readonly #parts: Parts;
  readonly #machines: Machines;
  readonly #former: ServedSetup[] = [];
  #served: ServedSetup;

  private constructor(parts: Parts, served: ServedSetup) {
    const { names } = parts;
    this.#parts = parts;
    this.#served = served;
    this.urls = parts.urls;
    this.ca = parts.ca;
    this.proxy = parts.tunnel?.url;
    this.issuers = {
      gitHub: names.gitHub,
      azureDevOps: names.azureDevOps,
      entra: names.entra,
      kubernetes: names.kubernetes,
    };
    this.#machines = new Machines(parts.world);
  }

  /** @throws IamProblem, CredentialProblem for a set-up that AWS or Entra would not take */
  static async start(parts: Parts, setup: Setup): Promise<RunningEmulator> {
    const served = await serve(parts, setup);
    return new RunningEmulator(parts, served);
  }

  get platforms(): Platforms {
    return this.#served.platforms;
  }

  get clock() {
    return this.#parts.world.clock;
  }

  get requests() {
    return this.#parts.world.requests.all;
  }

  async replaceSetup(setup: Setup): Promise<void> {
    const next = await serve(this.#parts, setup);
    // Requests that it has begun to answer end as they would have; pods that it started go on.
    this.#former.push(this.#served);
    this.#served = next;
  }

  watch(listener: (request: RecordedRequest) => void): () => void {
    const { watchers } = this.#parts.world;
    watchers.add(listener);
    return () => void watchers.delete(listener);
  }

  startGitHubJob(job?: GitHubJob): StartedJob {
    return this.#served.gitHub.startJob(job);
  }

  startAzurePipelinesJob(job: AzurePipelinesJob): StartedJob {
    return this.#served.azurePipelines.startJob(job);
  }

  startPod(pod: Pod): Promise<StartedPod> {
    return this.#served.kubernetes.startPod(pod);
  }

  startMachine(machine: Machine): Promise<StartedMachine> {
    const { world, issuers, names } = this.#parts;
    const options = { directory: this.#served.directory, issuer: issuers.entra, world, names };
    const identities = new MachineIdentities(machine, options);
    return this.#machines.start(({ app, url }) => serveAzureMachine(app, machine, { identities, world, url }));
  }

  startAwsMachine(machine: AwsMachine): Promise<StartedMachine> {
    const { world } = this.#parts;
    const { sts } = this.#served;
    return this.#machines.start(({ app, url }) => serveAwsMachine(app, machine, { sts, world, url }));
  }

  get accounts() {
    return this.#served.accounts.all;
  }

  signInToAws(account: string): StartedMachine {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#served.sts.signIn(account);
    for (const secret of [secretAccessKey, sessionToken]) this.#parts.world.secrets.add(secret);
    return {
      environment: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      },
    };
  }

  awsCaller(request: SignedRequest): string {
    return this.#served.sts.signerOf(request).arn;
  }

  agentPool(organization: string, pool: string): EmulatedPool {
    return emulatedPool(this.#served.organizations.get(organization.toLowerCase()), organization, pool);
  }

  inject(rule: FaultRule): () => void {
    return this.#parts.world.faults.inject(rule);
  }

  secrets(): readonly string[] {
    return [...new Set(this.#parts.world.secrets.all)];
  }

  async close(): Promise<void> {
    const { tunnel, servers, world } = this.#parts;
    await tunnel?.close();
    await Promise.all([...Object.values(servers), this.#machines].map((one) => one.close()));
    await Promise.all([...this.#former, this.#served].map((one) => one.close()));
    world.state.save();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** @throws IamProblem, CredentialProblem */
async function serve(parts: Parts, setup: Setup): Promise<ServedSetup> {
  const services = Object.fromEntries(serviceNames.map((name) => [name, parts.servers[name].routes()]));
  const served = new ServedSetup(setup, services as Record<ServiceNames, Service>, parts);
  await served.ready();
  return served;
}
