import { FedbridgeError, HttpClient, isGuid, type Outbound, parsePairs, type System } from '@fedbridge/core';
import {
  Identity,
  type ManagedIdentityId,
  type PlatformJob,
  parseManagedIdentityId,
  type RequiredClaims,
} from '@fedbridge/identity';
import { platforms } from '@fedbridge/platforms';
import { type Command, Option } from 'commander';
import type { Cli } from './command-line.ts';
import { identities } from './identities.ts';
import { parsed } from './option-values.ts';

/** Who asks, and what must be true of the ID token, as the options of a command say. */
export interface IdentityOptions {
  readonly identity: string;
  readonly managedIdentity?: ManagedIdentityId;
  readonly audience?: string;
  readonly requireClaim?: RequiredClaims;
  readonly serviceConnection?: string;
}

/** The options that say where the ID token comes from. */
export function withIdentityOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--identity <name>', 'where the identity comes from')
        .choices(identities.filter((one) => one !== 'aws'))
        .default('auto'),
    )
    .addOption(
      new Option(
        '--managed-identity <id>',
        'which of the machine: system, a client id, object:<id> or a resource id',
      ).argParser(parsed(parseManagedIdentityId)),
    )
    .option('--audience <audience>', "the ID token's audience, where it is not the cloud's usual one")
    .addOption(
      new Option(
        '--require-claim <name=pattern>',
        'a claim that the ID token must have before it is sent; may be repeated',
      ).argParser(requiredClaim),
    )
    .addOption(
      new Option('--service-connection <id>', 'in Azure Pipelines, the service connection to speak for').env(
        'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
      ),
    );
}

/**
 * The identity that the options name.
 *
 * @param which - of the machine, where no option says
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function chooseIdentity(
  options: IdentityOptions,
  { system }: Cli,
  outbound: Outbound,
  which: ManagedIdentityId = { by: 'system' },
): Promise<Identity> {
  return Identity.choose(
    {
      wanted: options.identity,
      own: jobSource(system, options.serviceConnection),
      platforms,
      managedIdentity: options.managedIdentity ?? which,
      requiredClaims: options.requireClaim ?? [],
    },
    outbound,
  );
}

/** Bounds that are new for each piece of work, over the same connections. */
export function outbounds({ terminal, system }: Cli): (ms: number) => Outbound {
  const http = new HttpClient(system.environment);
  return (ms) => ({
    http,
    system,
    deadline: system.now() + ms,
    maxAttempts: 10,
    log: (line) => terminal.log(line),
    debug: () => {},
    mask: (secret) => terminal.mask(secret),
  });
}

/** What the platform gives this job, where it is one. */
export function jobSource({ environment }: System, serviceConnection: string | undefined): PlatformJob | undefined {
  const platform = platforms.find(({ isHere }) => isHere(environment));
  const isConnected = platform?.hasServiceConnections && Boolean(serviceConnection);
  return platform?.jobOf(environment, isConnected ? connectionId(serviceConnection ?? '', environment) : undefined);
}

/** @param before - what the option was given already */
function requiredClaim(text: string, before: RequiredClaims = []): RequiredClaims {
  return [...before, ...parsed(parsePairs)(text)];
}

/** No variable of a job holds a connection's name, but those of the connections that it refers to begin with their ids. */
function connectionId(text: string, environment: System['environment']): string {
  if (isGuid(text)) return text;
  const ids = Object.keys(environment).flatMap((name) => /^ENDPOINT_DATA_([\da-f-]{36})_/i.exec(name)?.[1] ?? []);
  const known = [...new Set(ids.filter(isGuid))];
  throw new FedbridgeError('INPUT_INVALID', `"${text}" is not the id of a service connection, a GUID.`, {
    hint:
      known.length > 0
        ? `This job refers to ${known.join(', ')}.`
        : "It is in the address of the connection's page; AzureCLI@2 sets AZURESUBSCRIPTION_SERVICE_CONNECTION_ID.",
  });
}
