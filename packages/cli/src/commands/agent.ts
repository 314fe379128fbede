import { hostname } from 'node:os';
import { resolve } from 'node:path';
import {
  type Organization,
  packagePlatform,
  runAgent,
  type SetupOptions,
  type SetupStep,
  setUpAgents,
} from '@fedbridge/agent';
import { invalid } from '@fedbridge/core';
import { azureDevOpsHost, entraAudience } from '@fedbridge/issuers';
import { Command, Option } from 'commander';
import { type EntraOptions, identityOf, resourceOf, withEntraOptions } from '../command-identity.ts';
import type { Cli } from '../command-line.ts';
import { endpoint, issuerUrl, parsed, seconds } from '../option-values.ts';
import {
  linesOfStep,
  organizationOption,
  type SetUpOptions,
  setUpIdentity,
  withSetUpOptions,
} from '../set-up-identity.ts';

/** `fedbridge agent`: sets up and runs agents of Azure Pipelines. */
export function agentCommand(cli: Cli): Command {
  return new Command('agent')
    .description('Self-hosted Azure Pipelines agents without a personal access token.')
    .addCommand(runCommand(cli))
    .addCommand(setupCommand(cli));
}

interface RunOptions extends EntraOptions {
  readonly url: Organization;
  readonly pool: string;
  readonly name: string;
  readonly folder: string;
  readonly work: string;
  readonly once: boolean;
  readonly shareIdentity: boolean;
  readonly registrationTimeout: number;
  readonly drainTimeout: number;
}

function runCommand(cli: Cli): Command {
  const minutes = 60_000;
  return withEntraOptions(new Command('run'))
    .description('Register an agent, run it, and remove it at the end or on SIGTERM, each with a token of that moment.')
    .addOption(organizationOption())
    .addOption(poolOption())
    .addOption(
      new Option('--name <name>', 'the name of the agent').env('AZP_AGENT_NAME').default(hostname(), "this machine's"),
    )
    .addOption(
      new Option('--folder <path>', 'where the agent is unpacked: one agent, one folder')
        .env('AZP_AGENT_FOLDER')
        .default('agent'),
    )
    .addOption(new Option('--work <path>', 'the folder of jobs').env('AZP_WORK').default('_work'))
    .option('--once', 'end after one job', false)
    .option('--share-identity', 'let jobs find the variables of this identity', false)
    .addOption(
      new Option('--registration-timeout <seconds>', 'how long registering may take')
        .argParser(seconds)
        .default(5 * minutes, '300'),
    )
    .addOption(
      new Option('--drain-timeout <seconds>', 'how long a job may take yet after SIGTERM')
        .argParser(seconds)
        .default(55 * minutes, '3300'),
    )
    .addHelpText(
      'after',
      `
Example, in a pod with workload identity:
  fedbridge agent run --url https://${azureDevOpsHost}/contoso --pool kubernetes --once`,
    )
    .action(async (options: RunOptions) => {
      const identity = await identityOf(options, cli);
      const devOps = resourceOf('azure-devops', identity.cloud);
      const { url: organization, registrationTimeout: registrationMs, drainTimeout: drainMs } = options;
      const run = {
        ...options,
        organization,
        registrationMs,
        drainMs,
        folder: resolve(options.folder),
        platform: packagePlatform(process.platform, process.arch, isMusl()),
      };
      const world = {
        system: cli.system,
        accessToken: () => identity.accessToken(devOps),
        outbound: identity.outbound,
      };
      cli.terminal.exitCode = await runAgent(run, world, cli.terminal.stopSignal());
    });
}

interface SetupCommandOptions extends SetUpOptions, Omit<SetupOptions, 'organization' | 'resourceManager'> {
  readonly url: Organization;
  readonly resourceManager?: string;
  readonly json: boolean;
}

function setupCommand(cli: Cli): Command {
  const command = new Command('setup')
    .description(
      'Let a managed identity register agents from a cluster: pool, user, license, role and federated credential. Run again, it does what is missing.',
    )
    .addOption(organizationOption())
    .addOption(poolOption())
    .addOption(
      new Option('--managed-identity <resource id>', 'the user-assigned managed identity of the agents')
        .makeOptionMandatory()
        .argParser(parsed(parseResourceId)),
    )
    .addOption(
      new Option('--issuer <url>', "the issuer of the cluster's service account tokens, exactly")
        .makeOptionMandatory()
        .argParser(issuerUrl),
    )
    .option('--namespace <name>', 'the namespace of the agents', 'agents')
    .option('--service-account <name>', 'the service account of the agents', 'fedbridge-agent')
    .option('--audience <audience>', 'the audience of the projected token', entraAudience.uri)
    .addOption(
      new Option('--license <type>', 'the access level')
        .choices(['express', 'stakeholder', 'advanced'])
        .default('express'),
    )
    .option('--all-projects', 'let every project use a pool that is created', false);
  return withSetUpOptions(command)
    .addOption(
      new Option('--resource-manager <url>', 'another address for Azure Resource Manager').argParser(
        endpoint('The resource manager'),
      ),
    )
    .option('--dry-run', 'read what is there and print the requests that would change it', false)
    .option('--json', 'print a JSON object a step', false)
    .addHelpText(
      'after',
      `
Example:
  fedbridge agent setup --url https://${azureDevOpsHost}/contoso --pool kubernetes \\
    --managed-identity $(az identity show -g ci -n agents --query id -o tsv) \\
    --issuer $(az aks show -g ci -n cluster --query oidcIssuerProfile.issuerUrl -o tsv) --dry-run`,
    )
    .action((options: SetupCommandOptions) => setUp(options, cli));
}

async function setUp(options: SetupCommandOptions, cli: Cli): Promise<void> {
  const identity = await setUpIdentity(options, cli);
  const { cloud } = identity;
  const resourceManager = options.resourceManager ?? cloud.resources.arm.replace(/\/+$/, '');
  const tokens = {
    azureDevOps: () => identity.accessToken(resourceOf('azure-devops', cloud)),
    resourceManager: () => identity.accessToken(resourceOf('arm', cloud)),
  };
  const report = (step: SetupStep) => {
    if (options.json) cli.terminal.printJson(step);
    else for (const line of linesOfStep(step)) cli.terminal.print(line);
  };
  const setup = { ...options, organization: options.url, resourceManager };
  await setUpAgents(setup, tokens, () => identity.outbound(60_000), report);
}

function poolOption(): Option {
  return new Option('--pool <name>', 'the agent pool').env('AZP_POOL').makeOptionMandatory();
}

function parseResourceId(text: string): string {
  if (
    /^\/subscriptions\/[^/\s?#]+\/resourceGroups\/[^/\s?#]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]+$/i.test(
      text,
    )
  )
    return text;
  throw invalid('expected the resource id of a user-assigned managed identity, which begins with /subscriptions/.');
}

/** Node is linked with glibc, or with what Alpine has. */
function isMusl(): boolean {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return process.platform === 'linux' && report?.header?.glibcVersionRuntime === undefined;
}
