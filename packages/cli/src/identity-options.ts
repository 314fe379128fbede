import { HttpClient, type Outbound, parsePairs, type System } from '@fedbridge/core';
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
import { connectionOf } from './service-connection.ts';

/** Who asks, and what must be true of the ID token, as the options of a command say. */
export interface IdentityOptions {
  readonly identity: string;
  readonly managedIdentity?: ManagedIdentityId;
  readonly audience?: string;
  readonly requireClaim?: RequiredClaims;
  readonly serviceConnection?: string | undefined;
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
      new Option(
        '--service-connection <name>',
        'in Azure Pipelines, the service connection to speak for, by name or id; auto for the only one of the job',
      ).env('AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'),
    );
}

/**
 * The identity that the options name.
 *
 * @param which - of the machine, where no option says
 * @throws FedbridgeError `INPUT_INVALID`, and what looking a service connection up throws
 */
export async function chooseIdentity(
  options: IdentityOptions,
  { system }: Cli,
  outbound: Outbound,
  which: ManagedIdentityId = { by: 'system' },
): Promise<Identity> {
  const connection = await connectionOf(options.serviceConnection, outbound);
  return Identity.choose(
    {
      wanted: options.identity,
      own: jobSource(system, connection?.id),
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

/** What the platform gives this job, where it is one. @param connectionId - of the service connection that it speaks for */
export function jobSource({ environment }: System, connectionId: string | undefined): PlatformJob | undefined {
  const platform = platforms.find(({ isHere }) => isHere(environment));
  return platform?.jobOf(environment, platform.hasServiceConnections ? connectionId : undefined);
}

/** @param before - what the option was given already */
function requiredClaim(text: string, before: RequiredClaims = []): RequiredClaims {
  return [...before, ...parsed(parsePairs)(text)];
}
