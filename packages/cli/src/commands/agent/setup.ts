import { writeFile } from 'node:fs/promises';
import { type Demand, type Organization, type SetupStep, setUpAgents } from '@fedbridge/agent';
import { FedbridgeError } from '@fedbridge/core';
import { azureDevOpsHost } from '@fedbridge/issuers';
import { Command, Option } from 'commander';
import type { Cli } from '../../command-line.ts';
import { seconds } from '../../option-values.ts';
import {
  linesOfStep,
  organizationOption,
  type SetUpOptions,
  setUpIdentity,
  withSetUpOptions,
} from '../../set-up-identity.ts';
import { chartValues, formatChartValues } from './chart-values.ts';
import {
  requiredIdentity,
  setupTokens,
  type TargetOptions,
  trustedAccounts,
  withTargetOptions,
} from './identity-target.ts';
import { demandOption, placeholderName, poolOption } from './pool-options.ts';

interface SetupCommandOptions extends SetUpOptions, TargetOptions {
  readonly url: Organization;
  readonly pool: string;
  readonly license: string;
  readonly allProjects: boolean;
  readonly project: readonly string[];
  readonly allPipelines: boolean;
  readonly placeholder: string | false;
  readonly demand: readonly Demand[];
  /** In ms. */
  readonly wait: number;
  readonly valuesFile?: string;
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** `fedbridge agent setup`. */
export function setupCommand(cli: Cli): Command {
  const command = new Command('setup')
    .description(
      'Let an identity register agents: federated credential, pool, user with a license, role, and an offline agent by which jobs can be queued. Run again, it does what is missing.',
    )
    .addOption(organizationOption())
    .addOption(poolOption());
  const minutes = 60_000;
  return withSetUpOptions(
    withTargetOptions(command)
      .addOption(
        new Option('--license <type>', 'the access level')
          .choices(['express', 'stakeholder', 'advanced'])
          .default('express'),
      )
      .option('--all-projects', 'let every project use a pool that is created', false)
      .addOption(
        new Option('--project <name>', 'let a project use the pool; again for each further one')
          .argParser((text: string, before: readonly string[] = []) => [...before, text])
          .default([], 'none'),
      )
      .option('--all-pipelines', 'with --project: no pipeline has to be permitted first', false)
      .addOption(
        new Option('--placeholder [name]', 'the offline agent: without one no job is queued while no agent runs')
          .preset(placeholderName)
          .default(placeholderName),
      )
      .option('--no-placeholder', 'make no offline agent')
      .addOption(demandOption('what pipelines demand of the agents, which the offline one is to satisfy')),
  )
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for what spreads, such as a new identity')
        .argParser(seconds)
        .default(5 * minutes, '300'),
    )
    .option('--values-file <path>', 'write what the Helm chart has to know')
    .option('--fix', 'change a federated credential that is there and wrong', false)
    .option('--dry-run', 'read what is there and print the requests that would change it', false)
    .option('--json', 'print a JSON object a step, and one with the result', false)
    .addHelpText(
      'after',
      `
Examples:
  fedbridge agent setup --url https://${azureDevOpsHost}/contoso --pool kubernetes --keda \\
    --managed-identity $(az identity show -g ci -n agents --query id -o tsv) \\
    --issuer $(az aks show -g ci -n cluster --query oidcIssuerProfile.issuerUrl -o tsv) \\
    --values-file values.yaml --dry-run

A managed identity of virtual machines, which needs no federated credential:
  fedbridge agent setup --url https://${azureDevOpsHost}/contoso --pool machines --no-placeholder \\
    --managed-identity $(az identity show -g ci -n agents --query id -o tsv)`,
    )
    .action((options: SetupCommandOptions) => setUp(options, cli));
}

async function setUp(options: SetupCommandOptions, cli: Cli): Promise<void> {
  const { url: organization, pool, demand: demands, placeholder, wait: waitMs, dryRun, json, valuesFile } = options;
  const identity = await setUpIdentity(options, cli);
  const accounts = trustedAccounts(options, identity);
  const { terminal } = cli;
  const report = (step: SetupStep) => {
    if (json) terminal.printJson(step);
    else for (const line of linesOfStep(step)) terminal.print(line);
  };
  if (options.allPipelines && options.project.length === 0)
    throw new FedbridgeError('INPUT_MISSING', 'With --all-pipelines, the option --project is required.');
  const setup = {
    ...{ projects: options.project, allPipelines: options.allPipelines },
    ...{ organization, pool, demands, accounts, waitMs, dryRun },
    ...{ license: options.license, allProjects: options.allProjects, fix: options.fix },
    identity: requiredIdentity(options, identity),
    placeholder: placeholder === false ? undefined : placeholder,
  };
  const result = await setUpAgents(setup, setupTokens(identity), () => identity.outbound(60_000), report);
  const { poolId, principal } = result;
  const values = chartValues({ ...result, organization, pool, demands, account: accounts[0] });
  if (json) terminal.printJson({ result: { poolId: poolId ?? null, ...principal, values: poolId ? values : null } });
  else {
    terminal.print(`Pool ${pool} has id ${poolId ?? 'that it is given when it is made'}.`);
    terminal.print(`Identity ${principal.clientId}, of tenant ${principal.tenantId}.`);
  }
  if (valuesFile !== undefined && !dryRun) {
    await writeValues(valuesFile, formatChartValues(values));
    if (!json) terminal.print(`Values of the chart: helm install … --values ${valuesFile}`);
  }
}

/** @throws FedbridgeError `DELIVERY_FAILED` */
async function writeValues(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new FedbridgeError('DELIVERY_FAILED', `The values could not be written to ${file}: ${code}.`, {
      cause,
      hint: 'All else is done. Run it again with another --values-file.',
    });
  }
}
