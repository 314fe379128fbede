import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Demand, HandOver, type Organization, packagePlatform, runAgent, StoppableWaits } from '@fedbridge/agent';
import { azureDevOpsHost } from '@fedbridge/issuers';
import { Command, Option } from 'commander';
import { type EntraOptions, identityOf, resourceOf, withEntraOptions } from '../../command-identity.ts';
import type { Cli } from '../../command-line.ts';
import { seconds } from '../../option-values.ts';
import { organizationOption } from '../../set-up-identity.ts';
import { agentLog, type LogFormat, logFormatOption } from './agent-log.ts';
import { demandOption, poolOption } from './pool-options.ts';

interface RunOptions extends EntraOptions {
  readonly url: Organization;
  readonly pool: string;
  readonly name: string;
  readonly folder: string;
  readonly work: string;
  readonly once: boolean;
  readonly handOver?: string;
  readonly shareIdentity: boolean;
  readonly registrationTimeout: number;
  readonly drainTimeout: number;
  readonly demand: readonly Demand[];
  readonly logFormat: LogFormat;
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
    .option(
      '--hand-over <folder>',
      'let "fedbridge agent listen" run the agent in another container, whose jobs find no identity; the folder is of both',
    )
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
    .addOption(logFormatOption())
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
  const { handOver: shared, once } = options;
  const folder = resolve(options.folder);
  const terminated = terminal.stopSignal();
  if (shared === undefined) {
    terminal.exitCode = await runIn(folder, options, cli, terminated);
    return;
  }
  const handOver = await HandOver.open({ shared: resolve(shared), folder, once }, terminated);
  terminal.exitCode = await handOver.serve(() => runIn(folder, options, cli, handOver.stop, handOver));
}

async function runIn(
  folder: string,
  options: RunOptions,
  cli: Cli,
  stop: AbortSignal,
  host?: HandOver,
): Promise<number> {
  const { url: organization, pool, name, registrationTimeout: registrationMs, drainTimeout: drainMs } = options;
  const waits = new StoppableWaits(cli.system, stop);
  const onLine = agentLog(options.logFormat, { pool, agent: name }, cli);
  const identity = await identityOf(options, { ...cli, system: waits.system });
  const devOps = resourceOf('azure-devops', identity.cloud);
  const agent = {
    ...{ organization, pool, name, registrationMs, drainMs, folder, onLine },
    ...{ work: options.work, once: options.once, shareIdentity: options.shareIdentity, demands: options.demand },
    platform: packagePlatform(process.platform, process.arch, isMusl()),
  };
  const world = {
    ...{ waits, outbound: identity.outbound },
    accessToken: () => identity.accessToken(devOps),
    newAccessToken: () => identity.newAccessToken(devOps),
  };
  return runAgent(agent, world, host);
}

/** Node is linked with glibc, or with what Alpine has. */
function isMusl(): boolean {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return process.platform === 'linux' && report?.header?.glibcVersionRuntime === undefined;
}
