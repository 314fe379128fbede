import { type FederatedIdentity, type Organization, ServiceConnections, type SetupStep } from '@fedbridge/agent';
import { clouds, parseClientId, parseSubscriptionId, parseTenantId, type TenantId } from '@fedbridge/entra';
import { azureDevOpsHost, isAzureDevOpsIssuer } from '@fedbridge/issuers';
import { type EntraFormat, entraTrust, formatEntraTrust, parseCredentialName } from '@fedbridge/trust';
import { Command, Option } from 'commander';
import { type CommandIdentity, needed, resourceOf } from '../command-identity.ts';
import type { Cli } from '../command-line.ts';
import { endpoint, parsed } from '../option-values.ts';
import {
  linesOfStep,
  organizationOption,
  type SetUpOptions,
  setUpIdentity,
  withSetUpOptions,
} from '../set-up-identity.ts';

interface ConnectionOptions extends SetUpOptions {
  readonly url: Organization;
  readonly project: string;
  readonly name: string;
  readonly apply: boolean;
  readonly format: EntraFormat;
  readonly credentialName?: string;
  readonly managedIdentity?: string;
  readonly resourceGroup?: string;
  readonly uniqueName?: string;
}

interface CreateOptions extends ConnectionOptions {
  readonly application: string;
  readonly applicationTenant?: TenantId;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly resourceManager?: string;
}

/** `fedbridge connection`: service connections of Azure Pipelines with workload identity federation. */
export function connectionCommand(cli: Cli): Command {
  return new Command('connection')
    .description(
      'Make service connections of Azure Pipelines with workload identity federation, and convert others to it.',
    )
    .addCommand(createCommand(cli))
    .addCommand(convertCommand(cli));
}

function createCommand(cli: Cli): Command {
  return withConnectionOptions(new Command('create'))
    .description(
      'Create a connection for an application or managed identity, and print the federated credential for it.',
    )
    .addOption(
      new Option('--application <client id>', 'the application or managed identity, by its client id')
        .makeOptionMandatory()
        .argParser(parsed(parseClientId)),
    )
    .addOption(
      new Option('--application-tenant <tenant>', 'of the application; --tenant-id without').argParser(
        parsed(parseTenantId),
      ),
    )
    .addOption(
      new Option('--subscription-id <guid>', 'the subscription')
        .makeOptionMandatory()
        .argParser(parsed(parseSubscriptionId)),
    )
    .requiredOption('--subscription-name <name>', 'its name, as the connection shows it')
    .addOption(
      new Option('--resource-manager <url>', 'another address for Azure Resource Manager').argParser(
        endpoint('The resource manager'),
      ),
    )
    .addHelpText(
      'after',
      `
${planned}

Example:
  fedbridge connection create --url https://${azureDevOpsHost}/contoso --project web --name azure-prod \\
    --application <client id> --tenant-id <tenant id> \\
    --subscription-id <guid> --subscription-name Production --format az --apply >credential.sh`,
    )
    .action(async (options: CreateOptions) => {
      const { application: clientId, subscriptionId, subscriptionName, name } = options;
      const identity = await setUpIdentity(options, cli);
      const { title, resources } = clouds[options.environment];
      const wanted = {
        ...{ name, clientId, subscriptionId, subscriptionName, environment: title },
        tenantId: options.applicationTenant ?? options.tenantId ?? needed('--application-tenant'),
        resourceManager: options.resourceManager ?? resources.arm,
      };
      tell(await connectionsOf(options, identity, cli).create(wanted), options, cli);
    });
}

function convertCommand(cli: Cli): Command {
  return withConnectionOptions(new Command('convert'))
    .description('Convert a connection with a client secret, and print the federated credential for it.')
    .addHelpText(
      'after',
      `
${planned}
Jobs that use the connection are denied from then on until the credential is
there. Azure DevOps reverts a conversion for seven days.

Example:
  fedbridge connection convert --url https://${azureDevOpsHost}/contoso --project web --name azure-prod --format az --apply`,
    )
    .action(async (options: ConnectionOptions) => {
      const identity = await setUpIdentity(options, cli);
      tell(await connectionsOf(options, identity, cli).convert(options.name), options, cli);
    });
}

const planned = `Without --apply nothing is changed, and what would be is printed.`;

function withConnectionOptions(command: Command): Command {
  return withSetUpOptions(
    command
      .addOption(organizationOption())
      .requiredOption('--project <name>', 'the project')
      .requiredOption('--name <name>', 'the service connection')
      .option('--apply', 'do it, rather than print what would be done', false)
      .addOption(
        new Option('--format <format>', 'as what the federated credential is printed')
          .choices(['json', 'az', 'terraform', 'bicep'] satisfies EntraFormat[])
          .default('json'),
      )
      .addOption(
        new Option(
          '--credential-name <name>',
          "the federated credential's name; made of the connection without",
        ).argParser(parsed(parseCredentialName)),
      )
      .option('--managed-identity <name>', 'the managed identity that it is put on; with --resource-group')
      .option('--resource-group <name>', 'of the managed identity')
      .option('--unique-name <name>', "the application's unique name, which Bicep knows it by; with --format bicep"),
  );
}

function connectionsOf(options: ConnectionOptions, identity: CommandIdentity, { terminal }: Cli): ServiceConnections {
  const { url: organization, project, apply } = options;
  return new ServiceConnections({
    ...{ organization, project, apply },
    accessToken: () => identity.accessToken(resourceOf('azure-devops', identity.cloud)),
    outbound: () => identity.outbound(60_000),
    report: (step: SetupStep) => linesOfStep(step).forEach((line) => void terminal.log(line)),
  });
}

/** The federated credential goes to standard output, and all else to whoever watches. */
function tell(found: FederatedIdentity | undefined, options: ConnectionOptions, { terminal }: Cli): void {
  if (!found) {
    terminal.log(
      'Nothing was changed: do it with --apply. Azure DevOps says the subject then, and the credential is printed.',
    );
    return;
  }
  const { issuer, subject } = found;
  if (isAzureDevOpsIssuer(issuer)) terminal.log(onFormerIssuer);
  const cloud = clouds[options.environment];
  const name = options.credentialName ?? `connection-${found.name.replace(/[^\w-]+/g, '-')}`.slice(0, 120);
  const credential = entraTrust({ issuer, subject, audience: cloud.audience }, name);
  const { managedIdentity, resourceGroup, uniqueName, format } = options;
  const place =
    managedIdentity === undefined
      ? {
          ...{ application: found.clientId ?? '<client id>', graph: cloud.resources.graph },
          uniqueName: uniqueName ?? (format === 'bicep' ? needed('--unique-name') : undefined),
        }
      : { managedIdentity, resourceGroup: resourceGroup ?? needed('--resource-group') };
  terminal.printDocument(formatEntraTrust(credential, place, format));
}

const onFormerIssuer =
  'It is on the Azure DevOps issuer, which ends: the page of the connection in the project settings converts it to the Entra issuer. ' +
  'This again then prints its new credential.';
