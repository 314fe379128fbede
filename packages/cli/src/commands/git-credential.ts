import { isLoopback } from '@fedbridge/core';
import { azureDevOpsDomains, azureDevOpsHost, isAzureDevOpsHost } from '@fedbridge/issuers';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type EntraOptions, identityOf, resourceOf, withEntraOptions } from '../command-identity.ts';
import type { Cli } from '../command-line.ts';

interface GitCredentialOptions extends EntraOptions {
  readonly allowInsecureLoopback?: string;
}

/** Source: git, gitcredentials(7) and git-credential(1). */
export function gitCredentialCommand(cli: Cli): Command {
  return withEntraOptions(new Command('git-credential'))
    .description(
      `A credential helper: git over HTTPS to Azure Repos, ${azureDevOpsDomains.join(' and *.')} alone, as this job's, pod's or machine's identity.`,
    )
    .addArgument(new Argument('<operation>', 'what git asks for').choices(['get', 'store', 'erase', 'capability']))
    .addOption(
      new Option(
        '--allow-insecure-loopback <host:port>',
        'INSECURE, for an emulator: the token is also given to whatever listens there on this machine',
      ).argParser(loopback),
    )
    .addHelpText(
      'after',
      `
Example:
  git config --global credential.https://${azureDevOpsHost}.helper '!fedbridge git-credential'`,
    )
    .action(async (operation: string, options: GitCredentialOptions) => {
      const asked = attributes(await cli.terminal.read());
      // Nothing is kept, so there is nothing to store or to erase.
      if (operation !== 'get' || !asked || !mayHaveToken(asked, options.allowInsecureLoopback)) return;
      const identity = await identityOf(options, cli);
      const token = await identity.accessToken(resourceOf('azure-devops', identity.cloud));
      cli.terminal.print('username=fedbridge');
      cli.terminal.print(`password=${token.reveal()}`);
      cli.terminal.print(`password_expiry_utc=${Math.floor(token.expiresAt / 1000)}`);
    });
}

/**
 * What git asks about: `key=value`, a line each, up to an empty line. Undefined for what git would not write, since somebody else had
 * a hand in it: a control character, a line without a key, or a key for the second time, which a line break in a URL would bring
 * [CVE-2020-5260, CVE-2020-11008, CVE-2024-52006]. Keys that end in `[]` are lists.
 */
function attributes(text: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') break;
    const at = line.indexOf('=');
    const key = line.slice(0, Math.max(0, at));
    if (key === '' || /\p{Cc}/u.test(line) || (found.has(key) && !key.endsWith('[]'))) return undefined;
    found.set(key, line.slice(at + 1));
  }
  return found;
}

function mayHaveToken(asked: ReadonlyMap<string, string>, insecure: string | undefined): boolean {
  const [protocol, host = ''] = [asked.get('protocol'), asked.get('host')];
  if (protocol === 'https' && isAzureDevOpsHost(host)) return true;
  return (protocol === 'https' || protocol === 'http') && insecure !== undefined && host.toLowerCase() === insecure;
}

function loopback(text: string): string {
  const address = `http://${text}/`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && url.href === address && url.port !== '' && isLoopback(url)) return text;
  throw new InvalidArgumentError('expected an address on loopback with its port, such as 127.0.0.1:8080.');
}
