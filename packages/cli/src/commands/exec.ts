import { setTimeout } from 'node:timers/promises';
import { FedbridgeError } from '@fedbridge/core';
import { clouds, parseClientId, parseSubscriptionId, parseTenantId, type SubscriptionId } from '@fedbridge/entra';
import { Identity, reuseWhileFresh } from '@fedbridge/identity';
import { platforms } from '@fedbridge/platforms';
import {
  awsForOneCommand,
  type EntraIdentity,
  entraForOneCommand,
  environmentOf,
  type ForOneCommand,
  idTokenRequest,
} from '@fedbridge/steps/one-command';
import { Command, Option } from 'commander';
import {
  authorityOf,
  type ChosenIdentity,
  chosenIdentity,
  type EntraOptions,
  needed,
  withEntraOptions,
} from '../command-identity.ts';
import type { Cli } from '../command-line.ts';
import { outbounds } from '../identity-options.ts';
import { KeptTokenFile } from '../kept-token-file.ts';
import { parsed } from '../option-values.ts';
import { type RoleOptions, roleCredentials, withRoleOptions } from '../role-credentials.ts';
import { runCommand } from '../run-command.ts';

interface ExecOptions extends EntraOptions, RoleOptions {
  readonly cloud?: 'aws' | 'entra' | 'both';
  readonly subscriptionId?: SubscriptionId;
}

const timeoutMs = 120_000;
/** It is tried again as long as the command runs. */
const renewalTimeoutMs = 15_000;

/** `fedbridge exec`: one command with credentials of its own. */
export function execCommand(cli: Cli): Command {
  return withRoleOptions(withEntraOptions(new Command('exec')), false)
    .description(
      'Run one command with new credentials in its environment: AWS_* of a role, ARM_* and AZURE_* of Entra.',
    )
    .argument('<command...>', 'the command, after --')
    .addOption(
      new Option('--cloud <cloud>', 'which; with --role-to-assume aws, else entra').choices(['aws', 'entra', 'both']),
    )
    .addOption(
      new Option('--subscription-id <guid>', 'the subscription, where the service connection does not have it')
        .env('AZURE_SUBSCRIPTION_ID')
        .argParser(parsed(parseSubscriptionId)),
    )
    .addHelpText(
      'after',
      `
The command's exit code is that of this one, and signals are passed on. Keys,
profiles and secrets of the environment that its tools would take before are
not handed to it. No secret is in an argument. A file with the ID token is
renewed while the command runs, where the platform gives another, and removed
when it has ended. What is in variables is not renewed: keys of AWS are good for
--role-duration-seconds, and idToken for some minutes.

Examples:
  fedbridge exec --service-connection azure-prod -- terraform plan
  fedbridge exec --role-to-assume arn:aws:iam::123456789012:role/deploy --aws-region eu-central-1 -- aws s3 ls`,
    )
    .action((command: readonly string[], options: ExecOptions) => exec(command, options, cli));
}

async function exec(
  [program = '', ...args]: readonly string[],
  options: ExecOptions,
  { terminal, system }: Cli,
): Promise<void> {
  const cli = { terminal, system };
  const cloud = options.cloud ?? (options.roleToAssume ? 'aws' : 'entra');
  if (cloud === 'both' && options.audience !== undefined)
    throw new FedbridgeError('INPUT_INVALID', '--audience does not go with --cloud both: each cloud has its own.');
  const chosen = await chosenIdentity(options, cli);
  const given: ForOneCommand[] = [];
  if (cloud !== 'entra') given.push(await forAws(options, chosen, cli));
  const entra = cloud === 'aws' ? undefined : await forEntra(options, chosen, cli);
  await using _kept = entra?.kept;
  if (entra) given.push(entra.forCommand);
  const environment = environmentOf(system.environment, given, process.platform === 'win32');
  terminal.exitCode = await runCommand({ program, args, environment }, (why) => terminal.log(why));
}

async function forAws(options: ExecOptions, { identity }: ChosenIdentity, cli: Cli): Promise<ForOneCommand> {
  const { roleToAssume = needed('--role-to-assume'), awsRegion = needed('--aws-region') } = options;
  const credentials = await roleCredentials(
    { ...options, roleToAssume, awsRegion },
    identity,
    outbounds(cli)(timeoutMs),
  );
  return awsForOneCommand(credentials, awsRegion.name);
}

interface ForEntra {
  readonly forCommand: ForOneCommand;
  /** A file that is this command's own. */
  readonly kept?: KeptTokenFile | undefined;
}

async function forEntra(options: ExecOptions, chosen: ChosenIdentity, cli: Cli): Promise<ForEntra> {
  const { system } = cli;
  const identity = entraIdentityOf(options, chosen, system);
  const { environment } = system;
  const { from } = identity;
  if ('machine' in from)
    return { forCommand: entraForOneCommand({ identity, environment, tokenFile: undefined, request: undefined }) };
  const audience = options.audience ?? (chosen.identity.audience === 'chosen' ? identity.cloud.audience : undefined);
  const token = await reuseWhileFresh(chosen.identity, audience, system)();
  // Each has bounds of its own, and nothing of it outlives the command.
  const another = (stop: AbortSignal) => {
    const sleep = (ms: number) => setTimeout(ms, undefined, { signal: stop });
    const outbound = outbounds({ ...cli, system: { ...system, sleep } })(renewalTimeoutMs);
    return new Identity(chosen.identity.planToRenew, { ...outbound, stop }, platforms).getIdToken(audience);
  };
  const request = idTokenRequest({ host: { system }, identity: chosen.identity }, audience);
  const kept = token.file === undefined ? await KeptTokenFile.keep(token, another, cli) : undefined;
  const tokenFile = token.file ?? kept?.path;
  const { variables, without } = entraForOneCommand({ identity, environment, tokenFile, request });
  const { clientId, tenantId } = from;
  // As AzureCLI@2 has them with addSpnToEnvironment.
  const asTasks = { idToken: token.reveal(), servicePrincipalId: clientId, tenantId };
  return { forCommand: { variables: { ...variables, ...asTasks }, without }, kept };
}

function entraIdentityOf(options: ExecOptions, chosen: ChosenIdentity, system: Cli['system']): EntraIdentity {
  const { environment, connection } = chosen;
  const { machine } = chosen.identity;
  const cloud = clouds[environment];
  const clientId = chosen.clientId === undefined ? undefined : parseClientId(chosen.clientId);
  const tenantId = chosen.tenantId === undefined ? undefined : parseTenantId(chosen.tenantId);
  const known = connection?.subscriptionId ? parseSubscriptionId(connection.subscriptionId) : undefined;
  const subscriptionId = options.subscriptionId ?? known;
  const { authority, fromVariable } = authorityOf({ ...options, environment }, system);
  const isOwnCloud = options.authorityHost !== undefined && authority.origin !== new URL(cloud.authority).origin;
  const isFederated = options.managedIdentity !== undefined && clientId !== undefined;
  const about = { cloud, clientId, tenantId, subscriptionId, isOwnCloud };
  if (machine && !isFederated) return { ...about, from: { machine } };
  const application = {
    clientId: clientId ?? needed('--client-id'),
    tenantId: tenantId ?? needed('--tenant-id'),
  };
  return { ...about, from: { authority, fromVariable, ...application } };
}
