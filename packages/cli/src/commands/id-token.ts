import { clouds } from '@fedbridge/entra';
import { reuseWhileFresh } from '@fedbridge/identity';
import { awsAudience } from '@fedbridge/issuers';
import { Command, Option } from 'commander';
import { chosenIdentity, type EntraOptions, withEntraOptions } from '../command-identity.ts';
import type { Cli } from '../command-line.ts';
import { refuseOutsideOfJobs } from '../job-token.ts';
import { shells } from '../shells.ts';

interface IdTokenOptions extends EntraOptions {
  readonly cloud?: 'aws' | 'entra';
  readonly format: 'token' | 'json' | 'bash' | 'fish' | 'powershell';
}

/** `fedbridge id-token`: the job's own ID token, new each time, and who it is for at Entra. */
export function idTokenCommand(cli: Cli): Command {
  return withEntraOptions(new Command('id-token'))
    .description('Print a new ID token of this job or pod; for a shell with the client and the tenant that it is for.')
    .addOption(
      new Option('--cloud <cloud>', 'whose audience is asked for, where the job can choose').choices(['aws', 'entra']),
    )
    .addOption(
      new Option('--format <format>', 'as what it is printed: the token alone, JSON, or variables for a shell')
        .choices(['token', 'json', 'bash', 'fish', 'powershell'] satisfies IdTokenOptions['format'][])
        .default('token'),
    )
    .addHelpText(
      'after',
      `
The variables are those of AzureCLI@2 with addSpnToEnvironment: idToken,
servicePrincipalId and tenantId.

Examples:
  fedbridge id-token --cloud entra >token.txt
  eval "$(fedbridge id-token --service-connection azure-prod --format bash)"
  fedbridge id-token --service-connection azure-prod --format powershell | Out-String | Invoke-Expression`,
    )
    .action((options: IdTokenOptions) => print(options, cli));
}

async function print(options: IdTokenOptions, cli: Cli): Promise<void> {
  const { identity, clientId, tenantId, environment, connection } = await chosenIdentity(options, cli);
  if (options.identity === 'auto') refuseOutsideOfJobs(identity, options.audience);
  const ofCloud = { aws: awsAudience('aws'), entra: clouds[environment].audience };
  const usual = options.cloud && identity.audience === 'chosen' ? ofCloud[options.cloud] : undefined;
  const token = await reuseWhileFresh(identity, options.audience ?? usual, cli.system)();
  const idToken = token.reveal();
  if (options.format === 'token') {
    cli.terminal.print(idToken);
  } else if (options.format === 'json') {
    const { iss: issuer, sub: subject } = token.claims;
    const about = { issuer, subject, audiences: token.audiences, expiresOn: new Date(token.expiresAt).toISOString() };
    cli.terminal.printJson({ idToken, ...about, clientId, tenantId, serviceConnectionId: connection?.id });
  } else {
    const named = Object.entries({ idToken, servicePrincipalId: clientId, tenantId });
    const variables = Object.fromEntries(named.filter((one): one is [string, string] => one[1] !== undefined));
    cli.terminal.printDocument(shells[options.format](variables));
  }
}
