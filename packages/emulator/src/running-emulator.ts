import { AzurePipelinesService } from './azure-devops/azure-pipelines-service.ts';
import { type EmulatedPool, emulatedPool } from './azure-devops/emulated-pool.ts';
import type { AzurePipelinesJob } from './azure-devops/organization.ts';
import { OrganizationState } from './azure-devops/organization-state.ts';
import { serveAzureDevOpsRest } from './azure-devops/rest/rest-service.ts';
import type { Emulator, EmulatorOptions, EmulatorUrls, Platforms } from './emulator.ts';
import { AccessTokenVerifier } from './entra/access-token-verifier.ts';
import { Directory } from './entra/directory.ts';
import { serveEntra } from './entra/entra-service.ts';
import type { GitHubJob } from './github/github-job.ts';
import { GitHubService, type StartedJob } from './github/github-service.ts';
import { KubernetesService, type Pod, type StartedPod } from './kubernetes/kubernetes-service.ts';
import { type AwsMachine, serveAwsMachine } from './machine/aws-machine.ts';
import { serveAzureMachine } from './machine/azure-machine.ts';
import type { Machine, StartedMachine } from './machine/machine.ts';
import { MachineIdentities } from './machine/machine-identities.ts';
import { Machines } from './machine/machines.ts';
import { serveResources } from './resources/resources-service.ts';
import type { FaultRule } from './server/faults.ts';
import { RelyingParty } from './server/relying-party.ts';
import type { Service, World } from './server/service.ts';
import type { TokenIssuer } from './server/token-issuer.ts';
import { type PlatformName, platformNames, platforms, serviceNames } from './services.ts';
import { checkRoles } from './sts/create-role.ts';
import type { SignedRequest } from './sts/signature.ts';
import { StsService } from './sts/sts-service.ts';
import { serveTokenServices } from './token-services.ts';

interface Parts {
  readonly world: World;
  readonly issuers: Readonly<Record<'github' | 'azureDevOps' | 'entra' | 'kubernetes' | PlatformName, TokenIssuer>>;
  readonly services: Readonly<Record<(typeof serviceNames)[number], Service>>;
  readonly hostnames: readonly string[];
  readonly ca: string | undefined;
  readonly setup: NonNullable<EmulatorOptions['setup']>;
}

/** The platforms and clouds, each with its routes on its own service. */
export class RunningEmulator implements Emulator {
  readonly urls: EmulatorUrls;
  readonly ca: string | undefined;
  readonly issuers: Emulator['issuers'];
  readonly platforms: Platforms;
  readonly #parts: Parts;
  readonly #directory: Directory;
  readonly #gitHub: GitHubService;
  readonly #azurePipelines: AzurePipelinesService;
  readonly #organizations: ReadonlyMap<string, OrganizationState>;
  readonly #kubernetes: KubernetesService;
  readonly #sts: StsService;
  readonly #machines: Machines;

  /** @throws IamProblem, CredentialProblem for a set-up that AWS or Entra would not take */
  constructor(parts: Parts) {
    const { world, issuers, services, setup: given } = parts;
    const urls = Object.fromEntries(serviceNames.map((name) => [name, services[name].url])) as EmulatorUrls;
    const setup = typeof given === 'function' ? given(urls) : given;
    const { tenants = [], organizations = [], accounts = [] } = setup;
    const relyingParty = new RelyingParty(parts.ca);
    const directory = new Directory(tenants, urls.github);
    const verifier = new AccessTokenVerifier({ directory, relyingParty, world, entra: urls.entra });
    checkRoles(accounts, urls.github);

    this.#parts = parts;
    this.#directory = directory;
    this.urls = urls;
    this.ca = parts.ca;
    this.issuers = {
      gitHub: urls.github,
      azureDevOps: (organizationId) => `${urls.vstoken}/${organizationId}`,
      entra: (tenantId) => `${urls.entra}/${tenantId}/v2.0`,
      kubernetes: urls.kubernetes,
    };
    this.platforms = Object.fromEntries(
      platformNames.map((name) => [name, platforms[name]({ ...services[name], issuer: issuers[name], world })]),
    ) as Platforms;
    this.#gitHub = new GitHubService(services.github.app, issuers.github, world, urls.github);
    issuers.azureDevOps.publish(services.vstoken.app, '/:organization', (path) => `${urls.vstoken}${path}`);
    this.#azurePipelines = new AzurePipelinesService(services.azureDevOps.app, issuers, world, organizations, urls);
    this.#organizations = new Map(
      organizations.map((one) => [one.name.toLowerCase(), new OrganizationState(one, directory)]),
    );
    const rest = { states: this.#organizations, directory, verifier, world, azureDevOps: urls.azureDevOps };
    serveAzureDevOpsRest(services.azureDevOps.app, rest);
    this.#kubernetes = new KubernetesService(services.kubernetes.app, issuers.kubernetes, world, urls);
    const entra = {
      directory,
      issuer: issuers.entra,
      relyingParty,
      world,
      url: urls.entra,
      hostnames: parts.hostnames,
    };
    serveEntra(services.entra.app, entra);
    serveResources(services.resources.app, { directory, verifier, urls });
    this.#sts = new StsService(services.sts.app, { accounts, gitHub: urls.github, relyingParty, world });
    serveTokenServices(services, setup, { relyingParty, world });
    this.#machines = new Machines(world);
  }

  get clock() {
    return this.#parts.world.clock;
  }

  get requests() {
    return this.#parts.world.requests.all;
  }

  startGitHubJob(job?: GitHubJob): StartedJob {
    return this.#gitHub.startJob(job);
  }

  startAzurePipelinesJob(job: AzurePipelinesJob): StartedJob {
    return this.#azurePipelines.startJob(job);
  }

  startPod(pod: Pod): Promise<StartedPod> {
    return this.#kubernetes.startPod(pod);
  }

  startMachine(machine: Machine): Promise<StartedMachine> {
    const { world, issuers } = this.#parts;
    const options = { directory: this.#directory, issuer: issuers.entra, world, entra: this.urls.entra };
    const identities = new MachineIdentities(machine, options);
    return this.#machines.start(({ app, url }) => serveAzureMachine(app, machine, { identities, world, url }));
  }

  startAwsMachine(machine: AwsMachine): Promise<StartedMachine> {
    const { world } = this.#parts;
    return this.#machines.start(({ app, url }) => serveAwsMachine(app, machine, { sts: this.#sts, world, url }));
  }

  awsCaller(request: SignedRequest): string {
    return this.#sts.signerOf(request).arn;
  }

  agentPool(organization: string, pool: string): EmulatedPool {
    return emulatedPool(this.#organizations.get(organization.toLowerCase()), organization, pool);
  }

  inject(rule: FaultRule): () => void {
    return this.#parts.world.faults.inject(rule);
  }

  secrets(): readonly string[] {
    return [...new Set(this.#parts.world.secrets.all)];
  }

  async close(): Promise<void> {
    await this.#kubernetes.close();
    await Promise.all([...Object.values(this.#parts.services), this.#machines].map((one) => one.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
