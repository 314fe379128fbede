import { FedbridgeError, leastLeft, type Outbound, parseEndpoint, renewed, type System } from '@fedbridge/core';
import {
  type AccessToken,
  type CloudName,
  cloudNames,
  cloudOf,
  clouds,
  exchangeForAccessToken,
  isResourceName,
  machineAccessToken,
  parseClientId,
  parseKnownAuthority,
  parseResource,
  parseTenantId,
  type Resource,
} from '@fedbridge/entra';
import { Identity, type ManagedIdentityId, reuseWhileFresh } from '@fedbridge/identity';
import { platforms } from '@fedbridge/platforms';
import { type Command, Option } from 'commander';
import type { Cli } from './command-line.ts';
import { chooseIdentity, type IdentityOptions, outbounds, withIdentityOptions } from './identity-options.ts';
import { endpoint, parsed } from './option-values.ts';
import { connectionOf, type JobConnection } from './service-connection.ts';

/** Who asks Entra, as the options of a command say. */
export interface EntraOptions extends IdentityOptions, AuthorityOptions {
  readonly clientId?: string | undefined;
}

/** Gives access tokens to one identity. */
export interface CommandIdentity {
  readonly cloud: (typeof clouds)[CloudName];
  /** @param ms - how long all attempts may take */
  outbound(ms: number): Outbound;
  /** A token that lives for some time yet, for as long as the identity itself does. */
  accessToken(resource: Resource): Promise<AccessToken>;
}

/** One that asks Entra itself. */
export interface EntraIdentity extends CommandIdentity {
  /** A token that nobody had before, where the machine does not keep them itself. */
  newAccessToken(resource: Resource): Promise<AccessToken>;
}

const timeoutMs = 120_000;

/** The options that say which application asks Entra, in which tenant and cloud, beside those of the identity. */
export function withEntraOptions(command: Command): Command {
  return withAuthorityOptions(
    withIdentityOptions(command).addOption(
      new Option('--client-id <guid>', 'the application or managed identity')
        .env('AZURE_CLIENT_ID')
        .argParser(parsed(parseClientId)),
    ),
  );
}

/** Which Entra is asked. */
export interface AuthorityOptions {
  readonly tenantId?: string | undefined;
  readonly environment: CloudName;
  readonly authorityHost?: string | undefined;
}

/** The options that say which. */
export function withAuthorityOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--tenant-id <tenant>', 'the tenant, by GUID or domain')
        .env('AZURE_TENANT_ID')
        .argParser(parsed(parseTenantId)),
    )
    .addOption(new Option('--environment <cloud>', 'the cloud').choices(cloudNames).default('azurecloud'))
    .addOption(
      new Option(
        '--authority-host <url>',
        "another address for Entra; by default that of AZURE_AUTHORITY_HOST, if it is one of Microsoft's",
      ).argParser(endpoint('The authority host')),
    );
}

/** An identity, and the application that it is to be at Entra. */
export interface ChosenIdentity {
  readonly identity: Identity;
  readonly environment: CloudName;
  readonly clientId: string | undefined;
  readonly tenantId: string | undefined;
  /** The service connection that it speaks for. */
  readonly connection: JobConnection | undefined;
}

/** Who the options name; a service connection has its application and tenant. @throws FedbridgeError `INPUT_*`, `CONNECTION_*` */
export async function chosenIdentity(options: EntraOptions, cli: Cli): Promise<ChosenIdentity> {
  const { environment } = cli.system;
  const outbound = outbounds(cli)(timeoutMs);
  const named = await connectionOf(options.serviceConnection, outbound);
  const ofConnection = { ...options, serviceConnection: named?.id };
  const identity = await chooseIdentity(ofConnection, cli, outbound, fromClientId(options.clientId));
  const connection = identity.connectionId === undefined ? undefined : named;
  // A variable is of the machine, and the connection of this command line.
  const given = (option: string | undefined, variable: string | undefined, known: string | undefined) =>
    option === variable ? (known ?? option) : (option ?? known);
  return {
    identity,
    environment: cloudOf(connection?.environment ?? '') ?? options.environment,
    clientId: given(options.clientId, environment.AZURE_CLIENT_ID, connection?.clientId),
    tenantId: given(options.tenantId, environment.AZURE_TENANT_ID, connection?.tenantId),
    connection,
  };
}

/** Who the options name. @throws FedbridgeError `INPUT_*`, `CONNECTION_*`, `ENDPOINT_NOT_ALLOWED` */
export async function identityOf(options: EntraOptions, cli: Cli): Promise<EntraIdentity> {
  const { system } = cli;
  const outbound = outbounds(cli);
  const { identity: chosen, connection: _, ...known } = await chosenIdentity(options, cli);
  const cloud = clouds[known.environment];
  const acquire = acquirer({ ...options, ...known }, chosen, cloud, system, outbound);
  const tokens = new Map<Resource, () => Promise<AccessToken>>();
  const tokenOf = (resource: Resource) => {
    const lease = async () => {
      const token = await acquire(resource);
      return { value: token, expiresAt: token.expiresAt };
    };
    const get = tokens.get(resource) ?? renewed(lease, leastLeft.toHandOut, system);
    tokens.set(resource, get);
    return get();
  };
  return { cloud, outbound, accessToken: tokenOf, newAccessToken: acquire };
}

/** A short name of the cloud's, or a resource. @throws FedbridgeError `INPUT_INVALID` */
export function resourceOf(text: string, cloud: CommandIdentity['cloud']): Resource {
  return parseResource(isResourceName(text) ? cloud.resources[text] : text);
}

/** The Entra that the options name, else a variable. @throws FedbridgeError `ENDPOINT_NOT_ALLOWED` */
export function authorityOf({ authorityHost, environment: name }: AuthorityOptions, { environment }: System) {
  const { AZURE_AUTHORITY_HOST: named } = environment;
  const authority = authorityHost
    ? parseEndpoint(authorityHost, 'The authority host')
    : named
      ? parseKnownAuthority(named, 'If it is yours, name it with --authority-host.')
      : parseEndpoint(clouds[name].authority, 'The authority host');
  return { authority, fromVariable: !authorityHost && Boolean(named) };
}

function acquirer(
  options: EntraOptions,
  chosen: Identity,
  cloud: CommandIdentity['cloud'],
  system: System,
  outbound: CommandIdentity['outbound'],
): (resource: Resource) => Promise<AccessToken> {
  const { clientId, tenantId } = options;
  const isFederated = options.managedIdentity !== undefined && clientId !== undefined;
  // Each piece of work has bounds of its own.
  const job = () => new Identity(chosen.plan, outbound(timeoutMs), platforms);
  if (chosen.machine && !isFederated) {
    return async (resource) => (await machineAccessToken(job(), resource)).token;
  }
  const request = {
    ...authorityOf(options, system),
    clientId: parseClientId(clientId ?? needed('--client-id')),
    tenantId: parseTenantId(tenantId ?? needed('--tenant-id')),
  };
  return (resource) => {
    const ids = job();
    const idToken = reuseWhileFresh(
      ids,
      options.audience ?? (ids.audience === 'chosen' ? cloud.audience : undefined),
      system,
    );
    return exchangeForAccessToken({ ...request, resource }, idToken, outbound(timeoutMs));
  };
}

function fromClientId(clientId: string | undefined): ManagedIdentityId {
  return clientId === undefined ? { by: 'system' } : { by: 'client id', id: clientId };
}

/** For an option that nothing else has said. @throws FedbridgeError `INPUT_MISSING` */
export function needed(option: string): never {
  throw new FedbridgeError('INPUT_MISSING', `The option ${option} is required.`, {
    hint: 'A pod with workload identity has it in its environment, and a service connection that is named by --service-connection has it.',
  });
}
