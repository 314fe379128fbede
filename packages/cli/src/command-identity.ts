import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import {
  FedbridgeError,
  HttpClient,
  isGuid,
  leastLeft,
  type Outbound,
  parseEndpoint,
  parsePairs,
  renewed,
  type System,
} from '@fedbridge/core';
import {
  type AccessToken,
  type CloudName,
  cloudNames,
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
import { gitHub } from '@fedbridge/github/id-token';
import {
  Identity,
  type IdentityName,
  type IdentityPlan,
  identityNames,
  type ManagedIdentityId,
  type PlatformJob,
  parseManagedIdentityId,
  type RequiredClaims,
  reuseWhileFresh,
} from '@fedbridge/identity';
import { type Command, Option } from 'commander';
import { endpoint, parsed } from './option.ts';
import type { Cli } from './program.ts';

/** Who asks, as the options of a command say. */
export interface IdentityOptions {
  readonly identity: IdentityName;
  readonly managedIdentity?: ManagedIdentityId;
  readonly clientId?: string;
  readonly tenantId?: string;
  readonly environment: CloudName;
  readonly authorityHost?: string;
  readonly requireClaim?: RequiredClaims;
  readonly serviceConnection?: string;
}

/** Gives access tokens to one identity. */
export interface CommandIdentity {
  readonly cloud: (typeof clouds)[CloudName];
  /** @param ms - how long all attempts may take */
  outbound(ms: number): Outbound;
  /** A token that lives for some time yet, for as long as the identity itself does. */
  accessToken(resource: Resource): Promise<AccessToken>;
}

const timeoutMs = 120_000;

export function withIdentityOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--identity <name>', 'where the identity comes from')
        .choices(identityNames.filter((one) => one !== 'aws'))
        .default('auto'),
    )
    .addOption(
      new Option(
        '--managed-identity <id>',
        'which of the machine: system, a client id, object:<id> or a resource id',
      ).argParser(parsed(parseManagedIdentityId)),
    )
    .addOption(
      new Option('--client-id <guid>', 'the application or managed identity')
        .env('AZURE_CLIENT_ID')
        .argParser(parsed(parseClientId)),
    )
    .addOption(
      new Option('--tenant-id <tenant>', 'the tenant, by GUID or domain')
        .env('AZURE_TENANT_ID')
        .argParser(parsed(parseTenantId)),
    )
    .addOption(
      new Option(
        '--require-claim <name=pattern>',
        'a claim that the ID token must have before it is sent; may be repeated',
      ).argParser(requiredClaim),
    )
    .addOption(new Option('--environment <cloud>', 'the cloud').choices(cloudNames).default('azurecloud'))
    .addOption(
      new Option(
        '--authority-host <url>',
        "another address for Entra; by default that of AZURE_AUTHORITY_HOST, if it is one of Microsoft's",
      ).argParser(endpoint('The authority host')),
    )
    .addOption(
      new Option('--service-connection <id>', 'in Azure Pipelines, the service connection to speak for').env(
        'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
      ),
    );
}

/** @throws FedbridgeError */
export async function identityOf(options: IdentityOptions, { terminal, system }: Cli): Promise<CommandIdentity> {
  const cloud = clouds[options.environment];
  const outbound = outbounds({ terminal, system });
  const chosen = await Identity.choose(
    {
      wanted: options.identity,
      own: jobSource(system, options.serviceConnection),
      platforms,
      managedIdentity: options.managedIdentity ?? fromClientId(options.clientId),
      requiredClaims: options.requireClaim ?? [],
    },
    outbound(timeoutMs),
  );
  const acquire = acquirer(options, chosen.plan, cloud, system, outbound);
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
  return { cloud, outbound, accessToken: tokenOf };
}

/** Bounds that are new for each piece of work, over the same connections. */
export function outbounds({ terminal, system }: Cli): CommandIdentity['outbound'] {
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

/** A short name of the cloud's, or a resource. @throws FedbridgeError `INPUT_INVALID` */
export function resourceOf(text: string, cloud: CommandIdentity['cloud']): Resource {
  return parseResource(isResourceName(text) ? cloud.resources[text] : text);
}

function acquirer(
  options: IdentityOptions,
  plan: IdentityPlan,
  cloud: CommandIdentity['cloud'],
  system: System,
  outbound: CommandIdentity['outbound'],
): (resource: Resource) => Promise<AccessToken> {
  const { clientId, tenantId } = options;
  const isFederated = options.managedIdentity !== undefined && clientId !== undefined;
  // Each piece of work has bounds of its own.
  const job = () => new Identity(plan, outbound(timeoutMs), platforms);
  if (plan.source.kind === 'managed-identity' && !isFederated) {
    return async (resource) => (await machineAccessToken(job(), resource)).token;
  }
  const { AZURE_AUTHORITY_HOST: named } = system.environment;
  const authority = options.authorityHost
    ? parseEndpoint(options.authorityHost, 'The authority host')
    : named
      ? parseKnownAuthority(named, 'If it is yours, name it with --authority-host.')
      : parseEndpoint(cloud.authority, 'The authority host');
  const request = {
    authority,
    fromVariable: !options.authorityHost && Boolean(named),
    clientId: parseClientId(clientId ?? missing('--client-id')),
    tenantId: parseTenantId(tenantId ?? missing('--tenant-id')),
  };
  return (resource) => {
    const ids = job();
    const idToken = reuseWhileFresh(ids, ids.audience === 'chosen' ? cloud.audience : undefined, system);
    return exchangeForAccessToken({ ...request, resource }, idToken, outbound(timeoutMs));
  };
}

/** Every platform that this may run in a job of. */
export const platforms = [gitHub, azurePipelines];

/** What the platform gives this job, where it is one. */
export function jobSource({ environment }: System, serviceConnection: string | undefined): PlatformJob | undefined {
  const platform = platforms.find(({ isHere }) => isHere(environment));
  const isConnected = platform === azurePipelines && Boolean(serviceConnection);
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

function fromClientId(clientId: string | undefined): ManagedIdentityId {
  return clientId === undefined ? { by: 'system' } : { by: 'client id', id: clientId };
}

function missing(option: string): never {
  throw new FedbridgeError('INPUT_MISSING', `The option ${option} is required.`, {
    hint: 'A pod with workload identity has it in its environment.',
  });
}
