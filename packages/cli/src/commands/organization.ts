import { organizationId, parseOrganization } from '@fedbridge/agent';
import { azureDevOpsHost, azureDevOpsIssuer } from '@fedbridge/issuers';
import { Argument, Command } from 'commander';
import { resourceOf } from '../command-identity.ts';
import type { Cli } from '../command-line.ts';
import { parsed } from '../option-values.ts';
import { type SetUpOptions, setUpIdentity, withSetUpOptions } from '../set-up-identity.ts';

/** `fedbridge organization`: the id of an organization of Azure DevOps, which its issuer has. */
export function organizationCommand(cli: Cli): Command {
  return withSetUpOptions(new Command('organization'))
    .description('Print the id of an organization of Azure DevOps, a GUID, by its name or URL.')
    .addArgument(new Argument('<organization>', 'contoso, or its URL').argParser(parsed(organizationNamed)))
    .option('--json', 'print a JSON object with its issuer as well', false)
    .addHelpText(
      'after',
      `
Examples:
  fedbridge organization contoso
  fedbridge trust aws --azure-pipelines contoso/web --pipeline release --account 123456789012 --organization-id $(fedbridge organization contoso)`,
    )
    .action(async (url: ReturnType<typeof parseOrganization>, options: SetUpOptions & { readonly json: boolean }) => {
      const identity = await setUpIdentity(options, cli);
      const token = () => identity.accessToken(resourceOf('azure-devops', identity.cloud));
      const id = await organizationId(url, token, identity.outbound(60_000));
      if (options.json) cli.terminal.printJson({ id, url, issuer: azureDevOpsIssuer(id) });
      else cli.terminal.print(id);
    });
}

function organizationNamed(text: string): ReturnType<typeof parseOrganization> {
  return parseOrganization(/^[a-z\d-]+$/i.test(text) ? `https://${azureDevOpsHost}/${text}` : text);
}
