import { azureDevOpsHost } from '@fedbridge/issuers';
import { Command } from 'commander';
import { type EntraOptions, identityOf, resourceOf, withEntraOptions } from '../command-identity.ts';
import type { Cli } from '../command-line.ts';

/** `fedbridge token`: an access token of Entra. */
export function tokenCommand(cli: Cli): Command {
  return withEntraOptions(new Command('token'))
    .description('Print an Entra access token of this job, pod or machine.')
    .option(
      '--resource <name>',
      'arm, graph, key-vault, storage, azure-devops, or the URI or GUID of a resource',
      'arm',
    )
    .option('--json', 'print a JSON object with the times as well', false)
    .addHelpText(
      'after',
      `
Examples:
  fedbridge token --resource azure-devops | az devops login --organization https://${azureDevOpsHost}/contoso
  curl -H "Authorization: Bearer $(fedbridge token --resource graph)" https://graph.microsoft.com/v1.0/organization`,
    )
    .action(async (options: EntraOptions & { resource: string; json: boolean }) => {
      const identity = await identityOf(options, cli);
      const token = await identity.accessToken(resourceOf(options.resource, identity.cloud));
      const { resource, expiresAt } = token;
      const result = { accessToken: token.reveal(), expiresOn: new Date(expiresAt).toISOString(), resource };
      if (options.json) cli.terminal.printJson(result);
      else cli.terminal.print(result.accessToken);
    });
}
