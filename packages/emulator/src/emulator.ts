import type { AzurePipelinesJob, Organization } from './azure-devops/config.ts';
import { AzureDevOpsService } from './azure-devops/service.ts';
import type { Tenant } from './entra/config.ts';
import { serveEntra } from './entra/service.ts';
import type { GitHubJob } from './github/claims.ts';
import { GitHubService, type StartedJob } from './github/service.ts';
import { serveResources } from './resources.ts';
import { EmulatorClock } from './server/clock.ts';
import { type FaultRule, Faults } from './server/faults.ts';
import { TokenIssuer } from './server/issuer.ts';
import type { RecordedRequest, ServiceName } from './server/record.ts';
import { RelyingParty } from './server/relying-party.ts';
import { openService, type Service, type World } from './server/service.ts';
import type { AwsAccount } from './sts/config.ts';
import { serveSts } from './sts/service.ts';

/** The origins of the services, without a trailing slash. */
export type EmulatorUrls = Readonly<Record<ServiceName, string>>;

/** What there is on the platforms and in the clouds. */
export interface Setup {
  readonly organizations?: readonly Organization[];
  readonly tenants?: readonly Tenant[];
  readonly accounts?: readonly AwsAccount[];
  /**
   * Whether STS wants a token's `azp` that differs from its `aud` among the provider's client ids; true by default,
   * as has been seen.
   */
  readonly azpMustBeClientId?: boolean;
}

export interface EmulatorOptions {
  /** HTTPS with a CA of the emulator's own, `Emulator.ca`; HTTP by default. */
  readonly tls?: boolean;
  /** Names that the certificate also holds for, beside localhost and 127.0.0.1. */
  readonly hostnames?: readonly string[];
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
  };
  readonly clock: EmulatorClock;
  /** Every request, in the order they came in. */
  readonly requests: readonly RecordedRequest[];
  /** Starts a job of GitHub Actions. @returns the variables that the runner sets */
  startGitHubJob(job?: GitHubJob): StartedJob;
  /** Starts a job of Azure Pipelines. @returns the variables that the agent sets @throws Error for unknown names */
  startAzurePipelinesJob(job: AzurePipelinesJob): StartedJob;
  /** Makes requests go wrong. @returns a function that ends it */
  inject(rule: FaultRule): () => void;
  /** Every secret that was ever given out: tokens, keys, bearers. */
  secrets(): readonly string[];
  close(): Promise<void>;
}

const serviceNames: readonly ServiceName[] = ['github', 'vstoken', 'azureDevOps', 'entra', 'sts', 'resources'];

/**
 * Starts GitHub's and Azure DevOps' token endpoints, Entra, STS and a few APIs behind them, each on a port of its own on
 * 127.0.0.1. Tokens are really signed and really verified.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const certificate = options.tls ? await certificateFor(options.hostnames ?? []) : undefined;
  const world: World = { clock: new EmulatorClock(), faults: new Faults(), requests: [], secrets: new Set() };
  const [gitHubIssuer, azureDevOpsIssuer, entraIssuer] = await Promise.all([
    TokenIssuer.create('github'),
    TokenIssuer.create('azureDevOps'),
    TokenIssuer.create('entra'),
  ]);
  const relyingParty = new RelyingParty(certificate?.ca);

  const services = Object.fromEntries(
    await Promise.all(serviceNames.map(async (name) => [name, await openService(name, world, certificate)] as const)),
  ) as Record<ServiceName, Service>;
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
  serveEntra(services.entra.app, tenants, entraIssuer, relyingParty, world, urls.entra);
  serveResources(services.resources.app, tenants, relyingParty, world, urls);
  serveSts(
    services.sts.app,
    { accounts, azpMustBeClientId: setup.azpMustBeClientId ?? true, gitHub: urls.github },
    relyingParty,
    world,
  );
  await Promise.all(Object.values(services).map((service) => service.ready()));

  const close = async () => {
    await Promise.all(Object.values(services).map((service) => service.close()));
  };
  return {
    urls,
    ca: certificate?.ca,
    issuers: {
      gitHub: urls.github,
      azureDevOps: (organizationId) => `${urls.vstoken}/${organizationId}`,
      entra: (tenantId) => `${urls.entra}/${tenantId}/v2.0`,
    },
    clock: world.clock,
    requests: world.requests,
    startGitHubJob: (job) => gitHub.startJob(job),
    startAzurePipelinesJob: (job) => azureDevOps.startJob(job),
    inject: (rule) => world.faults.inject(rule),
    secrets: () => [...world.secrets],
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function certificateFor(hostnames: readonly string[]) {
  const { makeCertificate } = await import('./server/certificate.ts');
  return makeCertificate(hostnames);
}
