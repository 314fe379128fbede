import { type ProfileName, profileNames } from '@fedbridge/conformance/profiles';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../../command-line.ts';
import { endpoint, parsed } from '../../option-values.ts';
import { parseListen } from './listen.ts';
import type { ConformanceOptions } from './options.ts';

/** `fedbridge conformance`: whether a server decides as it ought to of CI identities. The cases are loaded where they are used. */
export function conformanceCommand(cli: Cli): Command {
  return new Command('conformance')
    .description(
      'Try a server that trusts CI identities with tokens that it must accept and tokens that it must refuse, and tell what it decides otherwise.',
    )
    .addOption(
      new Option('--against <server>', `${profileNames.join(', ')}; may be repeated; by default those of the emulator`)
        .choices(profileNames)
        .argParser(profile),
    )
    .addOption(
      new Option('--server <url>', 'its address; without it the emulator’s, where there is one').argParser(
        endpoint('the server'),
      ),
    )
    .addOption(
      new Option(
        '--issuer <url>',
        "the address by which it reaches this suite's issuer; by default where that listens",
      ).argParser(endpoint('the issuer')),
    )
    .addOption(
      new Option('--listen <address>', 'where the issuer listens, 0.0.0.0:8443 say')
        .argParser(parsed(parseListen))
        .default({ host: '127.0.0.1', port: 0 }, '127.0.0.1, on any port'),
    )
    .option('--token-file <file>', "has the server's own token, with which it is set up; VAULT_TOKEN without")
    .option('--case <id...>', 'these cases alone, or all that begin so: keys/')
    .option('--print-setup', 'print what the server is to be configured with, and try nothing', false)
    .option('--list', 'print the cases, and try nothing', false)
    .option('--json', 'print a JSON object', false)
    .addHelpText(
      'after',
      `
Exit code 3 if a server decides otherwise than expected, unless its own
documents say that it does.

Examples:
  fedbridge conformance
  fedbridge conformance --list --case keys/
  VAULT_TOKEN=… fedbridge conformance --against vault --server https://vault.example.com \\
    --issuer https://issuer.example.com --listen 127.0.0.1:8443
  fedbridge conformance --against kubernetes --issuer https://issuer.example.com --print-setup`,
    )
    .action(async (options: ConformanceOptions) => (await import('./try-servers.ts')).tryServers(options, cli));
}

function profile(text: string, before: readonly ProfileName[] = []): readonly ProfileName[] {
  const named = profileNames.find((one) => one === text);
  if (named) return [...new Set([...before, named])];
  throw new InvalidArgumentError(`it is one of ${profileNames.join(', ')}.`);
}
