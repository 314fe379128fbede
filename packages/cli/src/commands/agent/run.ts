import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Demand, type Organization, packagePlatform, runAgent, StoppableWaits } from '@fedbridge/agent';
import { azureDevOpsHost } from '@fedbridge/issuers';
import { Command, Option } from 'commander';
import { type EntraOptions, identityOf, resourceOf, withEntraOptions } from '../../command-identity.ts';
import type { Cli } from '../../command-line.ts';
import { seconds } from '../../option-values.ts';
import { organizationOption } from '../../set-up-identity.ts';
import { demandOption, poolOption } from './pool-options.ts';

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
  readonly demand: readonly Demand[];
  readonly logFormat: 'text' | 'json';
}

/** `fedbridge agent run`. */
export function runCommand(cli: Cli): Command {
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
    .addOption(demandOption('what pipelines demand, which the agent is to satisfy'))
    .option('--once', 'end after one job', false)
    .option('--share-identity', 'let jobs find the variables of this identity', false)
    .addOption(
      new Option('--registration-timeout <seconds>', 'how long all up to the registration may take')
        .argParser(seconds)
        .default(5 * minutes, '300'),
    )
    .addOption(
      new Option('--drain-timeout <seconds>', 'how long a job may take yet after SIGTERM')
        .argParser(seconds)
        .default(55 * minutes, '3300'),
    )
    .addOption(
      new Option('--log-format <format>', 'how the log is written: lines, or a JSON object a line')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Example, in a pod with workload identity:
  fedbridge agent run --url https://${azureDevOpsHost}/contoso --pool kubernetes --once`,
    )
    .action((options: RunOptions) => run(options, cli));
}

async function run(options: RunOptions, cli: Cli): Promise<void> {
  const { terminal } = cli;
  const { url: organization, pool, name, registrationTimeout: registrationMs, drainTimeout: drainMs } = options;
  const waits = new StoppableWaits(cli.system, terminal.stopSignal());
  const record = (source: 'fedbridge' | 'agent') => (message: string) =>
    JSON.stringify({ time: new Date(cli.system.now()).toISOString(), source, pool, agent: name, message });
  const isJson = options.logFormat === 'json';
  if (isJson) terminal.logAs(record('fedbridge'));
  const identity = await identityOf(options, { ...cli, system: waits.system });
  const devOps = resourceOf('azure-devops', identity.cloud);
  const agent = {
    ...{ organization, pool, name, registrationMs, drainMs },
    ...{ work: options.work, once: options.once, shareIdentity: options.shareIdentity, demands: options.demand },
    folder: resolve(options.folder),
    platform: packagePlatform(process.platform, process.arch, isMusl()),
    onLine: isJson ? (line: string) => terminal.log(line, record('agent')) : undefined,
  };
  const world = {
    ...{ waits, outbound: identity.outbound },
    accessToken: () => identity.accessToken(devOps),
    newAccessToken: () => identity.newAccessToken(devOps),
  };
  terminal.exitCode = await runAgent(agent, world);
}

/** Node is linked with glibc, or with what Alpine has. */
function isMusl(): boolean {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return process.platform === 'linux' && report?.header?.glibcVersionRuntime === undefined;
}
