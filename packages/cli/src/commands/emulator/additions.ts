import { FedbridgeError } from '@fedbridge/core';
import { type Exchange, policyPath } from '@fedbridge/emulator';
import {
  awsTrust,
  entraTrust,
  type JobClaims,
  type JsonPath,
  jobOf,
  neverMatches,
  type TrustedJob,
} from '@fedbridge/trust';
import type { Configured } from './config-file.ts';

/** What is put into a list of the configuration, or of a file that it names. */
export interface Addition {
  /** As the configuration names it; undefined for the configuration itself. */
  readonly file: string | undefined;
  readonly path: JsonPath;
  readonly item: unknown;
}

type ReadValue = (file: string) => Promise<unknown>;
type Config = Configured['config'];

/**
 * What allows an exchange, and no other job.
 *
 * @param read - a file that the configuration names
 * @throws FedbridgeError `INPUT_INVALID` where nothing that is added can allow it
 */
export async function additionsFor(config: Config, exchange: Exchange, read: ReadValue): Promise<readonly Addition[]> {
  if (exchange.aws) return atAws(config, exchange, read);
  return atEntra(config, exchange, read);
}

async function atAws({ accounts = [] }: Config, { wanted, claims }: Exchange, read: ReadValue) {
  const [, partition = '', , , id = ''] = wanted.split(':');
  const index = accounts.findIndex((one) => one.id === id && (one.partition ?? 'aws') === partition);
  const { roles = [], oidcProviders = [] } = accounts[index] ?? {};
  const at = roles.findIndex(({ name }) => wanted.endsWith(`:role/${name}`));
  const role = roles[at];
  if (!role) throw impossible(`There is no role ${wanted} in the configuration.`);
  const job = allowedJob(claims as JobClaims, 'aws');
  const { provider, trustPolicy } = awsTrust(job, { account: id, partition });
  // Two statements of a policy must not have one Sid.
  const [{ Sid: _, ...statement }] = trustPolicy.Statement;
  return [
    ...providerAdditions(provider, oidcProviders, ['accounts', index, 'oidcProviders']),
    typeof role.trustPolicy === 'string'
      ? {
          file: role.trustPolicy,
          path: [...(policyPath(await read(role.trustPolicy)) ?? []), 'Statement'],
          item: statement,
        }
      : { file: undefined, path: ['accounts', index, 'roles', at, 'trustPolicy', 'Statement'], item: statement },
  ];
}

/** A provider that is missing, or an audience that one does not list. */
function providerAdditions(
  provider: ReturnType<typeof awsTrust>['provider'],
  providers: NonNullable<Config['accounts']>[number]['oidcProviders'],
  path: JsonPath,
): readonly Addition[] {
  if (!provider) return [];
  const at = providers.findIndex(({ url }) => url === provider.Url);
  const own = providers[at];
  if (!own) return [{ file: undefined, path, item: { url: provider.Url, clientIds: provider.ClientIDList } }];
  const missing = provider.ClientIDList.filter((one) => !own.clientIds.includes(one));
  return missing.map((item) => ({ file: undefined, path: [...path, at, 'clientIds'], item }));
}

async function atEntra({ tenants = [] }: Config, { wanted, claims }: Exchange, read: ReadValue) {
  const isWanted = ({ clientId }: { readonly clientId: string }) => clientId.toLowerCase() === wanted.toLowerCase();
  const index = tenants.findIndex(({ applications }) => applications.some(isWanted));
  const at = tenants[index]?.applications.findIndex(isWanted) ?? -1;
  const application = tenants[index]?.applications[at];
  if (!application) throw impossible(`There is no application ${wanted} in the configuration.`);
  const job = allowedJob(claims as JobClaims, 'entra');
  const item = entraTrust(job);
  const { federatedCredentials: own } = application;
  const path = ['tenants', index, 'applications', at, 'federatedCredentials'];
  if (typeof own !== 'string') return [{ file: undefined, path, item }];
  await read(own);
  return [{ file: own, path: [], item }];
}

function allowedJob(claims: JobClaims, cloud: 'aws' | 'entra'): TrustedJob {
  const job = jobOf(claims);
  const never = neverMatches(job, cloud);
  if (never !== undefined) throw impossible(never);
  return job;
}

const impossible = (why: string) => new FedbridgeError('INPUT_INVALID', why);
