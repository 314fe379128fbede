import { type System, version } from '@fedbridge/core';
import { Command } from 'commander';
import { asProgram, type Cli, runCommandLine } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** Loads a command: most command lines name one, and the others take as long to load as Node takes to start. */
type Load = () => Promise<(cli: Cli) => Command>;

/** In the order of the help. */
const commands: Readonly<Record<string, Load>> = {
  init: async () => (await import('./commands/init/init.ts')).initCommand,
  trust: async () => (await import('./commands/trust/trust.ts')).trustCommand,
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  'id-token': async () => (await import('./commands/id-token.ts')).idTokenCommand,
  'aws-credentials': async () => (await import('./commands/aws-credentials.ts')).awsCredentialsCommand,
  exec: async () => (await import('./commands/exec.ts')).execCommand,
  'git-credential': async () => (await import('./commands/git-credential.ts')).gitCredentialCommand,
  'docker-credential': async () => (await import('./commands/docker-credential.ts')).dockerCredentialCommand,
  doctor: async () => (await import('./commands/doctor/doctor.ts')).doctorCommand,
  connection: async () => (await import('./commands/connection.ts')).connectionCommand,
  organization: async () => (await import('./commands/organization.ts')).organizationCommand,
  agent: async () => (await import('./commands/agent/index.ts')).agentCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
  conformance: async () => (await import('./commands/conformance/conformance.ts')).conformanceCommand,
  emulator: async () => (await import('./commands/emulator/emulator.ts')).emulatorCommand,
};

/** Those that programs call. */
const hidden: Readonly<Record<string, Load>> = {
  complete: async () => (await import('./commands/completion.ts')).completeCommand,
};

/** Runs one command line. */
export async function runCli(args: readonly string[], terminal: Terminal, system: System): Promise<void> {
  const [first = ''] = args;
  const isAlone = Object.hasOwn(commands, first) || ['--version', '-V'].includes(first);
  const program = await treeOf(isAlone ? (name) => name === first : () => true, { terminal, system });
  return runCommandLine(program, args, terminal);
}

/** Every command, with its options. */
export function commandTree(terminal: Terminal, system: System): Promise<Command> {
  return treeOf(() => true, { terminal, system });
}

async function treeOf(isWanted: (name: string) => boolean, cli: Cli): Promise<Command> {
  const program = new Command('fedbridge')
    .description('Short-lived cloud credentials, and agents, without a stored secret.')
    .version(version ?? 'not a release')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 not done (standard error says why), 2 the command line or a file is wrong, 3 a check found something, 130 interrupted.',
    );
  for (const [name, load] of Object.entries({ ...commands, ...hidden })) {
    if (isWanted(name)) program.addCommand((await load())(cli), { hidden: Object.hasOwn(hidden, name) });
  }
  return asProgram(program, cli.terminal);
}
