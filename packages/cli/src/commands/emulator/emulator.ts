import { platforms } from '@fedbridge/platforms';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../../command-line.ts';
import type { ShellName } from '../../shells.ts';
import type { AllowOptions } from './allow.ts';
import type { InitOptions } from './init.ts';
import type { JobOptions } from './job-options.ts';

const usualConfig = 'emulator.yaml';

const names = platforms.map(({ name }) => name);

/** What is needed is loaded where it is used: the emulator is larger than all else. */
export function emulatorCommand(cli: Cli): Command {
  return new Command('emulator')
    .description(
      'Run GitHub, Azure DevOps, GitLab, Entra, STS and more on this machine, to try a trust policy without a cloud.',
    )
    .addCommand(
      withConfig(new Command('start'))
        .description('Start it, with a page in the browser. This is what "fedbridge emulator" does without a command.')
        .addOption(addressOption())
        .action(async (options) => (await import('./serve.ts')).serve(options, cli)),
      { isDefault: true },
    )
    .addCommand(runCommand(cli))
    .addCommand(allowCommand(cli))
    .addCommand(envCommand(cli))
    .addCommand(
      new Command('init')
        .description('Write a configuration to begin with, and its JSON Schema beside it.')
        .option('--config <file>', 'where; - for standard output, without the schema', usualConfig)
        .addOption(
          new Option('--platform <platform>', 'whose jobs it has')
            .choices(names)
            .default('github')
            .conflicts('trustPolicy'),
        )
        .option(
          '--trust-policy <file>',
          'a trust policy of your own, for jobs of the repository of GitHub that it names',
        )
        .action(async (options: InitOptions) => (await import('./init.ts')).init(options, cli)),
    )
    .addCommand(
      new Command('schema')
        .description('Print the JSON Schema of the configuration.')
        .action(async () => cli.terminal.printJson((await import('@fedbridge/emulator')).configSchema, 2)),
    )
    .addHelpText(
      'after',
      `
Examples:
  fedbridge emulator init
  fedbridge emulator init --platform azure-pipelines
  fedbridge emulator --config emulator.yaml
  fedbridge emulator run --job github -- fedbridge inspect --from-job`,
    );
}

function runCommand(cli: Cli): Command {
  return withJob(new Command('run'))
    .description(
      'Run a command as a job: with the variables of its runner or agent, and those that lead clients to the emulator.',
    )
    .argument('<command...>', 'the command, after --')
    .addHelpText(
      'after',
      `
The command's exit code is that of this one. Where an emulator runs with this
configuration, it is used; else one is started for the command alone.
Credentials and CI variables of your own are not handed to the command.

Examples:
  fedbridge emulator run --job github -- fedbridge inspect --from-job
  fedbridge emulator run --job github --set ref=refs/heads/feature -- ./deploy.sh`,
    )
    .action(async (command: readonly string[], options: JobOptions) =>
      (await import('./run.ts')).run(command, options, cli),
    );
}

function allowCommand(cli: Cli): Command {
  return withJob(new Command('allow'))
    .description("Add to a role's trust policy, or to an application's credentials, what allows a job, and no other.")
    .argument('<role or application>', 'the ARN of a role, or a client ID')
    .option('--audience <audience>', "the ID token's audience, where it is not the cloud's usual one")
    .addHelpText(
      'after',
      `
It changes the configuration, or the file with the policy that it names, and no
cloud. What would be denied all the same, by a denial say, is not written.

Example:
  fedbridge emulator allow --job feature arn:aws:iam::123456789012:role/deploy`,
    )
    .action(async (wanted: string, options: AllowOptions) => (await import('./allow.ts')).allow(wanted, options, cli));
}

function envCommand(cli: Cli): Command {
  return withJob(new Command('env'))
    .description('Print the variables of a job, for a shell, from an emulator that runs.')
    .addOption(
      new Option('--shell <shell>', 'for which')
        .choices(['bash', 'fish', 'powershell', 'json'] satisfies ShellName[])
        .default('bash'),
    )
    .addHelpText(
      'after',
      `
Examples:
  eval "$(fedbridge emulator env --job github)"
  fedbridge emulator env --job github --shell fish | source
  fedbridge emulator env --job github --shell powershell | Out-String | Invoke-Expression`,
    )
    .action(async (options: JobOptions & { readonly shell: ShellName }) =>
      (await import('./env.ts')).env(options, cli),
    );
}

function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the configuration, YAML or JSON; - for standard input', usualConfig);
}

function withJob(command: Command): Command {
  return withConfig(command)
    .requiredOption(
      '--job <name>',
      `${names.slice(0, -1).join(', ')} or ${names.at(-1)}, or a job that the configuration names; aws-administrator is no job, but signed in to the first account of AWS`,
    )
    .addOption(
      new Option('--set <name=value>', 'a part of the job that is to be other; may be repeated').argParser(change),
    );
}

function change(text: string, before: JobOptions['set'] = []): JobOptions['set'] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('expected name=value.');
  return [...before, [name, value]];
}

function addressOption(): Option {
  return new Option(
    '--listen <address>',
    'another address than loopback; for a container of its own, whose ports are published on loopback alone',
  ).default('127.0.0.1');
}
