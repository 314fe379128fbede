import { parseOrganization, type SetupStep } from '@fedbridge/agent';
import { inertJson } from '@fedbridge/core';
import { cloudNames, parseClientId, parseTenantId } from '@fedbridge/entra';
import { azureDevOpsHost } from '@fedbridge/issuers';
import { type Command, Option } from 'commander';
import { azureCliIdentity } from './azure-cli-identity.ts';
import { type CommandIdentity, type EntraOptions, identityOf } from './command-identity.ts';
import type { Cli } from './command-line.ts';
import { identities } from './identities.ts';
import { endpoint, parsed } from './option-values.ts';

/** Who sets something up, as the options of a command say. */
export interface SetUpOptions extends Omit<EntraOptions, 'identity' | 'managedIdentity' | 'audience'> {
  readonly as: EntraOptions['identity'] | 'azure-cli';
}

/** The options that say who. */
export function withSetUpOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--as <identity>', 'who sets up: the user of the Azure CLI, or an identity as for "fedbridge token"')
        .choices(['azure-cli', ...identities])
        .default('azure-cli'),
    )
    .addOption(new Option('--client-id <guid>', 'with --as').env('AZURE_CLIENT_ID').argParser(parsed(parseClientId)))
    .addOption(new Option('--tenant-id <tenant>', 'with --as').env('AZURE_TENANT_ID').argParser(parsed(parseTenantId)))
    .addOption(new Option('--authority-host <url>', 'with --as').argParser(endpoint('The authority host')))
    .addOption(new Option('--environment <cloud>', 'the cloud').choices(cloudNames).default('azurecloud'));
}

/** Whoever that is. @throws FedbridgeError `INPUT_*`, `ENDPOINT_NOT_ALLOWED` */
export function setUpIdentity(options: SetUpOptions, cli: Cli): CommandIdentity | Promise<CommandIdentity> {
  const { as: identity, clientId, tenantId, authorityHost, environment } = options;
  return identity === 'azure-cli'
    ? azureCliIdentity(environment, cli)
    : identityOf({ identity, clientId, tenantId, authorityHost, environment }, cli);
}

/** Which organization of Azure DevOps is meant. */
export function organizationOption(): Option {
  return new Option('--url <organization>', `the organization, such as https://${azureDevOpsHost}/contoso`)
    .env('AZP_URL')
    .makeOptionMandatory()
    .argParser(parsed(parseOrganization));
}

/** A step for a person to read. */
export function linesOfStep({ what, state, detail, request }: SetupStep): string[] {
  const lines = [`${state.padEnd(13)} ${what}`, ...(detail ? [`              ${detail}`] : [])];
  if (state !== 'would be done' || !request) return lines;
  const { method, url, body } = request;
  return [...lines, `              ${method} ${url}`, `              ${inertJson(body)}`];
}
