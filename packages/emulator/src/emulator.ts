import type { AzurePipelinesJob, Organization } from './azure-devops/config.ts';
import { OrganizationState, type PoolJob } from './azure-devops/pools.ts';
import { serveAzureDevOpsRest } from './azure-devops/rest/serve.ts';
import { AzureDevOpsService } from './azure-devops/service.ts';
import type { Tenant } from './entra/config.ts';
import { Directory } from './entra/directory.ts';
import { serveEntra } from './entra/service.ts';
import type { GitHubJob } from './github/claims.ts';
import { GitHubService, type StartedJob } from './github/service.ts';
import { KubernetesService, type Pod, type StartedPod } from './kubernetes/service.ts';
import { type AwsMachine, serveAwsMachine } from './machine/aws-machine.ts';
import { type Machine, type StartedMachine, serveMachine } from './machine/machine.ts';
import { serveResources } from './resources.ts';
import { EmulatorClock } from './server/clock.ts';
import { type FaultRule, Faults } from './server/faults.ts';
import { History } from './server/history.ts';
import { TokenIssuer } from './server/issuer.ts';
import type { RecordedRequest, ServiceName } from './server/record.ts';
import { RelyingParty } from './server/relying-party.ts';
import { openService, type Service, type World } from './server/service.ts';
import type { AwsAccount } from './sts/config.ts';
import { checkRoles } from './sts/create-role.ts';
import { serveSts } from './sts/service.ts';
import type { SignedRequest } from './sts/signature.ts';

/** The origins of the services, without a trailing slash. */
export type EmulatorUrls = Readonly<Record<Exclude<ServiceName, 'machine'>, string>>;

/** What there is on the platforms and in the clouds. */
export interface Setup {
  readonly organizations?: readonly Organization[];
  readonly tenants?: readonly Tenant[];
  readonly accounts?: readonly AwsAccount[];
}

export interface EmulatorOptions {
  /** HTTPS with a CA of the emulator's own, `Emulator.ca`; HTTP by default. */
  readonly tls?: boolean;
  /** Names that the certificate also holds for, beside localhost and 127.0.0.1. */
  readonly hostnames?: readonly string[];
  /**
   * How many of the newest requests and secrets are told, and of the newest AWS sessions are known: 20,000 by default,
   * so that a load test does not fill the memory. The older ones may be gone.
   */
  readonly kept?: number;
  /** The set-up, or a function that makes it: issuers' URLs hold ports that are known only at start. */
  readonly setup?: Setup | ((urls: EmulatorUrls) => Setup);
}

export interface Emulator extends AsyncDisposable {
  readonly urls: EmulatorUrls;
  /** The CA's certificate, PEM, for `NODE_EXTRA_CA_CERTS`; only with `tls`. */
  readonly ca: string | undefined;
  /** The issuer of each kind of ID token: GitHub's, Azure DevOps' for an organisation, Entra's for a tenant. */
  readonly issuers: {
    readonly gitHub: string;
    azureDevOps(organizationId: string): string;
    entra(tenantId: string): string;
    readonly kubernetes: string;
  };
  readonly clock: EmulatorClock;
  /** The requests, in the order they came in. */
  readonly requests: readonly RecordedRequest[];
  /** Starts a job of GitHub Actions. @returns the variables that the runner sets */
  startGitHubJob(job?: GitHubJob): StartedJob;
  /** Starts a job of Azure Pipelines. @returns the variables that the agent sets @throws Error for unknown names */
  startAzurePipelinesJob(job: AzurePipelinesJob): StartedJob;
  /** Starts a pod with a projected token. @returns the variables that webhooks set, and the token's file */
  startPod(pod: Pod): Promise<StartedPod>;
  /** Starts a machine with managed identities. @returns the variables that lead clients to it */
  startMachine(machine: Machine): Promise<StartedMachine>;
  /** Who signed a request that a stand-in for an AWS service got: the session's ARN. @throws Error if nobody known did */
  awsCaller(request: SignedRequest): string;
  /** Starts a machine or container of AWS with a role. @returns the variables that lead clients to it */
  startAwsMachine(machine: AwsMachine): Promise<StartedMachine>;
  /** What has become of an organisation's pool. @throws Error for unknown names */
  agentPool(organization: string, pool: string): EmulatedPool;
  /** Makes requests go wrong. @returns a function that ends it */
  inject(rule: FaultRule): () => void;
  /** The secrets that were given out: tokens, keys, bearers. */
  secrets(): readonly string[];
  close(): Promise<void>;
}

/** A pool of self-hosted agents as it is now. */
export interface EmulatedPool {
  readonly agents: readonly { readonly name: string; readonly status: string; readonly enabled: boolean }[];
  readonly jobs: readonly Readonly<PoolJob>[];
  /** Has a job wait for an agent. @param seconds - how long it takes */
  queue(seconds: number): Readonly<PoolJob>;
}

const serviceNames = ['github', 'vstoken', 'azureDevOps', 'entra', 'sts', 'resources', 'kubernetes'] as const;

/**
 * Starts GitHub's and Azure DevOps' token endpoints, Entra, STS and a few APIs behind them, each on a port of its own on
 * 127.0.0.1. Tokens are really signed and really verified.
 *
 * @throws IamProblem, CredentialProblem for a set-up that AWS or Entra would not take
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const certificate = options.tls ? await certificateFor(options.hostnames ?? []) : undefined;
  const { kept = 20_000 } = options;
  const world: World = {
    clock: new EmulatorClock(),
    faults: new Faults(),
    requests: new History(kept),
    secrets: new History(kept),
    kept,
  };
  const [gitHubIssuer, azureDevOpsIssuer, entraIssuer, kubernetesIssuer] = await Promise.all([
    TokenIssuer.create('github'),
    TokenIssuer.create('azureDevOps'),
    TokenIssuer.create('entra'),
    TokenIssuer.create('kubernetes'),
  ]);
  const relyingParty = new RelyingParty(certificate?.ca);

  const services = Object.fromEntries(
    await Promise.all(serviceNames.map(async (name) => [name, await openService(name, world, certificate)] as const)),
  ) as Record<(typeof serviceNames)[number], Service>;
  const urls = Object.fromEntries(serviceNames.map((name) => [name, services[name].url])) as EmulatorUrls;
  const setup = typeof options.setup === 'function' ? options.setup(urls) : (options.setup ?? {});
  const { tenants = [], organizations = [], accounts = [] } = setup;

  const gitHub = new GitHubService(services.github.app, gitHubIssuer, world, urls.github);
  azureDevOpsIssuer.publish(services.vstoken.app, '/:organization', (path) => `${urls.vstoken}${path}`);
  const azureDevOps = new AzureDevOpsService(
    services.azureDevOps.app,
    { azureDevOps: azureDevOpsIssuer, entra: entraIssuer },
    world,
    organizations,
    urls,
  );
  const directory = new Directory(tenants, urls.github);
  checkRoles(accounts, urls.github);
  const states = new Map(organizations.map((one) => [one.name.toLowerCase(), new OrganizationState(one, directory)]));
  serveAzureDevOpsRest(services.azureDevOps.app, { states, directory, relyingParty, world, urls });
  const kubernetes = new KubernetesService(services.kubernetes.app, kubernetesIssuer, world, urls);
  const machines: Service[] = [];
  serveEntra(services.entra.app, directory, entraIssuer, relyingParty, world, {
    url: urls.entra,
    hostnames: options.hostnames ?? [],
  });
  serveResources(services.resources.app, directory, relyingParty, world, urls);
  const { signerOf, begin } = serveSts(services.sts.app, { accounts, gitHub: urls.github }, relyingParty, world);
  await Promise.all(Object.values(services).map((service) => service.ready()));

  const close = async () => {
    await kubernetes.close();
    await Promise.all([...Object.values(services), ...machines].map((service) => service.close()));
  };
  return {
    urls,
    ca: certificate?.ca,
    issuers: {
      gitHub: urls.github,
      azureDevOps: (organizationId) => `${urls.vstoken}/${organizationId}`,
      entra: (tenantId) => `${urls.entra}/${tenantId}/v2.0`,
      kubernetes: urls.kubernetes,
    },
    clock: world.clock,
    requests: world.requests.all,
    startGitHubJob: (job) => gitHub.startJob(job),
    startAzurePipelinesJob: (job) => azureDevOps.startJob(job),
    startPod: (pod) => kubernetes.startPod(pod),
    startMachine: async (machine) => {
      const service = await openService('machine', world, undefined);
      machines.push(service);
      const served = { directory, issuer: entraIssuer, world, entra: urls.entra, url: service.url };
      const started = serveMachine(service.app, machine, served);
      await service.ready();
      return started;
    },
    awsCaller: (request) => signerOf(request).arn,
    startAwsMachine: async (machine) => {
      const service = await openService('machine', world, undefined);
      machines.push(service);
      const started = await serveAwsMachine(service.app, machine, { begin, world, url: service.url });
      await service.ready();
      return started;
    },
    agentPool: (organization, name) => {
      const state = states.get(organization.toLowerCase());
      const pool = [...(state?.pools.values() ?? [])].find((one) => one.name === name);
      if (!state || !pool) throw new Error(`no pool ${name} in ${organization}`);
      return {
        get agents() {
          return [...pool.agents.values()].map(({ name: agent, status, enabled }) => ({
            name: agent,
            status,
            enabled,
          }));
        },
        jobs: pool.jobs,
        queue: (seconds) => state.queue(pool, seconds),
      };
    },
    inject: (rule) => world.faults.inject(rule),
    secrets: () => [...new Set(world.secrets.all)],
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function certificateFor(hostnames: readonly string[]) {
  const { makeCertificate } = await import('./server/certificate.ts');
  return makeCertificate(hostnames);
}
