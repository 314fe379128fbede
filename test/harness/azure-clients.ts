import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from './azure-pipelines-step.ts';
import { gitHubStep } from './github-step.ts';
import type { Step, StepRun } from './job.ts';
import { machineEnvironment, root, type Variables } from './process.ts';
import { startProxy } from './proxy.ts';
import { python, pythonHas } from './python.ts';
import { runNode } from './run-node.ts';
import { ids, pipelineJob, sharedSetup } from './setup.ts';
import { compileCache } from './stand-in-tools.ts';

export type AzurePlatform = 'GitHub Actions' | 'Azure Pipelines';

/** What a job of Azure has, and what its later scripts have after the Entra step. */
export interface AzureJob {
  readonly emulator: Emulator;
  readonly step: Step;
  readonly run: StepRun;
  /** The environment of a later script. */
  readonly environment: Variables;
  /** Which hosts were asked for by name, `host:443`; none where the cloud is on loopback. */
  readonly asked: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface AzureJobOptions {
  readonly inputs: Variables;
  /** Of the machine: somebody else's. */
  readonly machine?: Variables;
  readonly lifetimeSeconds?: number;
  /** Whether the pipeline maps the job's own token into its scripts. */
  readonly isMapped?: boolean;
  /** Hosts of the internet that lead to services of the emulator: the step is told of no other Entra then. */
  readonly hosts?: Readonly<Record<string, 'entra' | 'resources'>>;
  readonly setup?: (urls: EmulatorUrls) => Setup;
}

/** Runs the Entra step over TLS, since Azure's clients want no other authority. @param options - inputs as on GitHub */
export async function azureJob(platform: AzurePlatform, options: AzureJobOptions): Promise<AzureJob> {
  const { inputs, machine = {}, lifetimeSeconds = 300, isMapped = false, hosts, setup = sharedSetup } = options;
  const emulator = await startEmulator({ setup, tls: true, hostnames: Object.keys(hosts ?? {}) });
  const routes = Object.entries(hosts ?? {}).map(([host, service]) => [`${host}:443`, emulator.urls[service]]);
  const proxy = hosts && (await startProxy({ routes: Object.fromEntries(routes) }));
  const through = proxy && {
    https_proxy: proxy.url,
    HTTPS_PROXY: proxy.url,
    no_proxy: '127.0.0.1',
    NO_PROXY: '127.0.0.1',
  };
  const certificates = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
  writeFileSync(certificates, emulator.ca ?? '');
  const trusting = {
    NODE_EXTRA_CA_CERTS: certificates,
    REQUESTS_CA_BUNDLE: certificates,
    SSL_CERT_FILE: certificates,
    ...(through ?? { AUTHORITY: emulator.urls.entra, ARM_DISABLE_INSTANCE_DISCOVERY: 'true' }),
    // What makes the Azure CLI take a cloud on loopback for a real one.
    ARM_CLOUD_METADATA_URL: `${emulator.urls.resources}/metadata/endpoints`,
    AZURE_CORE_INSTANCE_DISCOVERY: 'false',
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
  };
  const given = (common: Variables, job: Variables) => ({
    inputs: { ...common, ...inputs },
    environment: { ...job, ...trusting, ...machine },
  });
  const isGitHub = platform === 'GitHub Actions';
  const job = isGitHub
    ? emulator.startGitHubJob({ lifetimeSeconds }).environment
    : emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'], lifetimeSeconds }).environment;
  const usual = { ...(hosts ? {} : { 'authority-host': emulator.urls.entra }), 'subscription-id': ids.subscription };
  const mapped = isMapped
    ? { SYSTEM_ACCESSTOKEN: job.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '' }
    : {};
  const step = isGitHub
    ? gitHubStep({ name: 'entra-token', ...given({ ...usual, 'client-id': ids.app, 'tenant-id': ids.tenant }, job) })
    : pipelinesStep(given({ ...usual, 'azure-subscription': ids.newConnection }, { ...job, ...mapped }));
  const run = await step.run();
  // Endpoints and secrets are the agent's and its tasks'; GitHub's own variables are in every step.
  const platforms = Object.fromEntries(Object.entries(job).filter(([name]) => !name.startsWith('ENDPOINT_')));
  const environment = {
    ...machineEnvironment(step.home),
    ...platforms,
    ...mapped,
    ...trusting,
    ...machine,
    ...run.exported,
  };
  return {
    emulator,
    step,
    run,
    environment,
    asked: proxy?.asked ?? [],
    [Symbol.asyncDispose]: async () => {
      await step.cleanUp();
      await emulator.close();
      await proxy?.[Symbol.asyncDispose]();
    },
  };
}

function pipelinesStep({ inputs, environment }: { readonly inputs: Variables; readonly environment: Variables }): Step {
  const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return azurePipelinesStep({
    name: 'FedbridgeEntraToken',
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [camelCase(name), value])),
    environment,
  });
}

const interop = join(root, 'test', 'interop');
export const goClient = 'interop-client';
const execute = promisify(execFile);

/** A program of others: gives an access token for ARM with what it finds in an environment. */
export interface AzureClient {
  readonly title: string;
  readonly isThere: boolean;
  readonly token: (environment: Variables) => Promise<string>;
}

export const hasGo = spawnSync(goClient, ['none']).error === undefined;
const hasPython = pythonHas('azure.identity');
/** Where `.ci/run` has the classes and libraries of test/interop/java-azure. */
const java = process.env.INTEROP_JAVA_AZURE ?? '';
const hasJava = existsSync(join(java, 'InteropAzureClient.class')) && spawnSync('java', ['-version']).status === 0;
const rustClient = 'interop-rust';
const hasRust = spawnSync(rustClient, []).error === undefined;
const hasKubelogin = spawnSync('kubelogin', ['--version']).status === 0;
const hasAz = spawnSync('az', ['version'], { stdio: 'ignore' }).status === 0;

const printed = async (program: string, args: readonly string[], env: Variables) =>
  (await execute(program, [...args], { env, timeout: 600_000 })).stdout.trim();

async function nodeClient(credential: string, environment: Variables): Promise<string> {
  const script = join(interop, 'azure-identity-client.ts');
  const variables = { ...environment, ...compileCache(), CREDENTIAL: credential };
  const ended = await runNode(process.execPath, script, variables, tmpdir());
  if (ended.exitCode !== 0) throw new Error(ended.stderr);
  return (JSON.parse(ended.stdout) as { token: string }).token;
}

const go = (title: string, command: string): AzureClient => ({
  title: `${title} (Go)`,
  isThere: hasGo,
  token: (env) => printed(goClient, [command], env),
});
const inPython = (title: string, credential: string): AzureClient => ({
  title: `${title} (Python)`,
  isThere: hasPython,
  token: (env) => printed(python, [join(interop, 'azure-identity-client.py'), credential], env),
});
const inJava = (title: string, credential: string): AzureClient => ({
  title: `${title} (Java)`,
  isThere: hasJava,
  token: (env) => printed('java', ['-cp', `${java}:${java}/*`, 'InteropAzureClient', credential], env),
});
const inRust = (title: string, credential: string, isThere = true): AzureClient => ({
  title: `${title} (Rust)`,
  isThere: hasRust && isThere,
  token: (env) => printed(rustClient, ['azure', credential], env),
});
/** As kubectl runs it for a cluster of Azure's. Source: https://azure.github.io/kubelogin/concepts/aks.html */
export const kubelogin = (login: string, isThere = true): AzureClient => ({
  title: `kubelogin, ${login}`,
  isThere: hasKubelogin && isThere,
  token: async (env) => {
    const kubernetesServer = '6dae42f8-4368-4678-94ff-3960e28e3630';
    // A loopback authority has no discovery of instances, and azurepipelines is told of no authority by the environment.
    const authority = login === 'azurepipelines' ? ['--authority-host', env.AZURE_AUTHORITY_HOST ?? ''] : [];
    const loopback = ['--disable-instance-discovery', ...authority];
    const args = ['get-token', '--login', login, '--server-id', kubernetesServer, ...loopback];
    return (JSON.parse(await printed('kubelogin', args, env)) as { status: { token: string } }).status.token;
  },
});
const inNode = (title: string, credential: string): AzureClient => ({
  title: `${title} (JavaScript)`,
  isThere: true,
  token: (env) => nodeClient(credential, env),
});

export const defaultCredentials = [
  inNode('DefaultAzureCredential', 'default'),
  inPython('DefaultAzureCredential', 'default'),
  go('DefaultAzureCredential', 'azidentity-default'),
  inJava('DefaultAzureCredential', 'default'),
];
export const workloadIdentityInRust = inRust('WorkloadIdentityCredential', 'workload-identity');
export const workloadIdentities = [
  inNode('WorkloadIdentityCredential', 'workload-identity'),
  inPython('WorkloadIdentityCredential', 'workload-identity'),
  go('WorkloadIdentityCredential', 'azidentity-workload-identity'),
  inJava('WorkloadIdentityCredential', 'workload-identity'),
  workloadIdentityInRust,
  kubelogin('workloadidentity'),
];
/** Takes the file of a workload identity where one is named. */
export const managedIdentityInJava = inJava('ManagedIdentityCredential', 'managed-identity');
export const managedIdentities = [
  inNode('ManagedIdentityCredential', 'managed-identity'),
  inPython('ManagedIdentityCredential', 'managed-identity'),
  go('ManagedIdentityCredential', 'azidentity-managed-identity'),
  managedIdentityInJava,
  inRust('ManagedIdentityCredential', 'managed-identity'),
  kubelogin('msi'),
];
export const pipelinesCredentials = [
  inNode('AzurePipelinesCredential', 'azure-pipelines'),
  inRust('AzurePipelinesCredential', 'azure-pipelines'),
  kubelogin('azurepipelines'),
];
const azureCli: AzureClient = {
  title: 'Azure CLI',
  isThere: hasAz,
  token: async (env) => {
    const args = ['account', 'get-access-token', '--resource', 'https://management.azure.com', '--output', 'json'];
    return (JSON.parse(await printed('az', args, env)) as { accessToken: string }).accessToken;
  },
};
/** Those that ask the Azure CLI. */
export const throughAzureCli = [azureCli, inRust('AzureCliCredential', 'azure-cli', hasAz)];
/** Hands the CLI what the environment has for a tenant. */
export const kubeloginByAzureCli = kubelogin('azurecli', hasAz);
