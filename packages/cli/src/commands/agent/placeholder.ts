import { type Demand, type Organization, providePlaceholder } from '@fedbridge/agent';
import { azureDevOpsHost } from '@fedbridge/issuers';
import { Command, Option } from 'commander';
import { type EntraOptions, identityOf, resourceOf, withEntraOptions } from '../../command-identity.ts';
import type { Cli } from '../../command-line.ts';
import { seconds } from '../../option-values.ts';
import { linesOfStep, organizationOption } from '../../set-up-identity.ts';
import { demandOption, placeholderName, poolOption } from './pool-options.ts';

interface PlaceholderOptions extends EntraOptions {
  readonly url: Organization;
  readonly pool: string;
  readonly name: string;
  readonly demand: readonly Demand[];
  /** In ms. */
  readonly wait: number;
}

const callMs = 60_000;
const minutes = 60_000;

/** `fedbridge agent placeholder`. */
export function placeholderCommand(cli: Cli): Command {
  return withEntraOptions(new Command('placeholder'))
    .description(
      'Make an offline agent in the pool, as the identity of the agents: without one Azure DevOps queues no job while no agent runs. Run again, it adds the demands that are missing.',
    )
    .addOption(organizationOption())
    .addOption(poolOption())
    .option('--name <name>', 'the name of the offline agent', placeholderName)
    .addOption(demandOption('what pipelines demand of the agents of the pool'))
    .addOption(
      new Option('--wait <seconds>', 'how long to try again what is denied, such as a new identity')
        .argParser(seconds)
        .default(5 * minutes, '300'),
    )
    .addHelpText(
      'after',
      `
Example:
  fedbridge agent placeholder --url https://${azureDevOpsHost}/contoso --pool kubernetes --demand docker`,
    )
    .action(async (options: PlaceholderOptions) => {
      const { url: organization, pool, name, demand: demands, wait: waitMs } = options;
      const identity = await identityOf(options, cli);
      const accessToken = () => identity.accessToken(resourceOf('azure-devops', identity.cloud));
      await providePlaceholder(
        { organization, pool, name, demands, waitMs },
        accessToken,
        () => identity.outbound(callMs),
        (step) => {
          for (const line of linesOfStep(step)) cli.terminal.print(line);
        },
      );
    });
}
