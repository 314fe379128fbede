import type { EmulatedPool } from './azure-devops/emulated-pool.ts';
import type { AzurePipelinesJob, Organization } from './azure-devops/organization.ts';
import type { Tenant } from './entra/tenant.ts';
import type { GitHubJob } from './github/github-job.ts';
import type { StartedJob } from './github/github-service.ts';
import type { Pod, StartedPod } from './kubernetes/kubernetes-service.ts';
import type { AwsMachine } from './machine/aws-machine.ts';
import type { Machine, StartedMachine } from './machine/machine.ts';
import type { EmulatorClock } from './server/clock.ts';
import type { FaultRule } from './server/faults.ts';
import type { IssuerOptions } from './server/names.ts';
import type { RecordedRequest } from './server/record.ts';
import type { PlatformName, platforms, serviceNames } from './services.ts';
import type { AwsAccount } from './sts/aws-account.ts';
import type { SignedRequest } from './sts/signature.ts';
import type { TokenServicesSetup } from './token-services.ts';

/** The origins of the services, without a trailing slash. */
export type EmulatorUrls = Readonly<Record<ServiceNames, string>>;

/** The services that there are from the start. */
export type ServiceNames = (typeof serviceNames)[number];

/** What starts the jobs of each further platform. */
export type Platforms = { readonly [Name in PlatformName]: ReturnType<(typeof platforms)[Name]> };

/** What there is on the platforms and in the clouds. */
export interface Setup extends TokenServicesSetup {
  readonly organizations?: readonly Organization[];
  readonly tenants?: readonly Tenant[];
  readonly accounts?: readonly AwsAccount[];
}

/** How an emulator is started; a call without options has an empty set-up. */
export interface EmulatorOptions {
  /** HTTPS with a CA of the emulator's own, `Emulator.ca`; HTTP by default. */
  readonly tls?: boolean;
  /** Names that the certificate also holds for, beside localhost and 127.0.0.1. */
  readonly hostnames?: readonly string[];
  /**
   * How many of the newest requests, secrets and AWS sessions are known: 20,000 by default,
   * so that a load test does not fill the memory. The older ones may be gone.
   */
  readonly historyLimit?: number;
  /** The set-up, or a function that makes it: issuers' URLs hold ports that are known only at start. */
  readonly setup?: Setup | ((urls: EmulatorUrls) => Setup);
  /** Ports of the services, and of the proxy for `real` names; any that are free by default. */
  readonly ports?: Partial<Readonly<Record<ServiceNames | 'proxy', number>>>;
  /** An address of this machine to listen on; 127.0.0.1 by default. */
  readonly address?: string;
  /**
   * What issuers are called. `local`: by their URLs here, which is the default. `real`: as tokens and trust policies have them, and with
   * a proxy by which clients find the services under the names of the clouds.
   */
  readonly names?: 'local' | 'real';
  /** Issuers of your own, with `real` names. */
  readonly issuers?: IssuerOptions;
  /** A folder for keys, jobs and what was issued, so that they survive a restart; in memory by default. */
  readonly state?: string;
}

/** An emulator that runs. What it has is gone once it is closed. */
export interface Emulator extends AsyncDisposable {
  readonly urls: EmulatorUrls;
  /** The proxy for HTTPS that leads to the services by the clouds' own names; only with `real` names. */
  readonly proxy: string | undefined;
  /** The CA's certificate, PEM, for `NODE_EXTRA_CA_CERTS`; only with `tls` or `real` names. */
  readonly ca: string | undefined;
  /** The issuer of each kind of ID token: GitHub's, Azure DevOps' for an organization, Entra's for a tenant. */
  readonly issuers: {
    readonly gitHub: string;
    azureDevOps(organizationId: string): string;
    entra(tenantId: string): string;
    readonly kubernetes: string;
  };
  /** Further platforms by name, each with what starts its jobs. */
  readonly platforms: Platforms;
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
  /** The accounts as they are now: as the set-up has them, with what was made and changed by IAM since. */
  readonly accounts: readonly AwsAccount[];
  /** Signs an administrator of an account in. @returns the variables by which clients are that one @throws Error for an unknown account */
  signInToAws(account: string): StartedMachine;
  /** Who signed a request that a stand-in for an AWS service got: the session's ARN. @throws Error if nobody known did */
  awsCaller(request: SignedRequest): string;
  /** Starts a machine or container of AWS with a role. @returns the variables that lead clients to it */
  startAwsMachine(machine: AwsMachine): Promise<StartedMachine>;
  /** An organization's pool as it is now. @throws Error for unknown names */
  agentPool(organization: string, pool: string): EmulatedPool;
  /**
   * Puts another set-up in the place of this one. Addresses, keys, jobs that run and what was issued stay.
   *
   * @throws IamProblem, CredentialProblem or another error for a set-up that a cloud would not take: this one stays
   */
  replaceSetup(setup: Setup): Promise<void>;
  /** Tells of each request once it was answered. @returns a function that ends it */
  watch(listener: (request: RecordedRequest) => void): () => void;
  /** Makes requests go wrong. @returns a function that ends it */
  inject(rule: FaultRule): () => void;
  /** The secrets that were given out: tokens, keys, bearers. */
  secrets(): readonly string[];
  close(): Promise<void>;
}
