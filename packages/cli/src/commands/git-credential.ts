import { isWithin } from '@fedbridge/core';
import { Argument, Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type IdentityOptions, identityOf, resourceOf, withIdentityOptions } from '../identity.ts';

/** Source: git, gitcredentials(7) and git-credential(1). */
export function gitCredentialCommand(cli: Cli): Command {
  return withIdentityOptions(new Command('git-credential'))
    .description("A credential helper: git over HTTPS to Azure Repos as this job's, pod's or machine's identity.")
    .addArgument(new Argument('<operation>', 'what git asks for').choices(['get', 'store', 'erase', 'capability']))
    .addHelpText(
      'after',
      `
Example:
  git config --global credential.https://dev.azure.com.helper '!fedbridge git-credential'`,
    )
    .action(async (operation: string, options: IdentityOptions) => {
      const asked = attributes(await cli.terminal.read());
      // Nothing is kept, so there is nothing to store or to erase.
      if (operation !== 'get' || !isAzureRepos(asked)) return;
      const identity = await identityOf(options, cli);
      const token = await identity.accessToken(resourceOf('azure-devops', identity.cloud));
      cli.terminal.print('username=fedbridge');
      cli.terminal.print(`password=${token.reveal()}`);
      cli.terminal.print(`password_expiry_utc=${Math.floor(token.expiresAt / 1000)}`);
    });
}

function attributes(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
  });
  return Object.fromEntries(pairs);
}

/** The token goes to Azure DevOps over HTTPS, and, for trials, to this machine. */
function isAzureRepos({ protocol, host = '' }: Readonly<Record<string, string>>): boolean {
  const name = host.replace(/:\d+$/, '');
  if (protocol === 'https')
    return isWithin(name, 'dev.azure.com') || isWithin(name, 'visualstudio.com') || isHere(name);
  return protocol === 'http' && isHere(name);
}

const isHere = (name: string) => name === 'localhost' || name === '127.0.0.1';
