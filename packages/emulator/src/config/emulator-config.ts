import type { Setup } from '../emulator.ts';
import type { FederatedCredential } from '../entra/federated-credential.ts';
import type { IssuerOptions } from '../server/names.ts';
import { serviceNames } from '../services.ts';
import { accounts, google, oauth, octoSts, organizations, tenants, url, vault } from './clouds.ts';
import { type JobPlatform, jobs } from './jobs.ts';
import { type ConfigProblem, problemsOf } from './problems.ts';
import { object, type Shape, text, whole } from './shape.ts';

/** A file of configuration that was read, and where its parts stand. */
export interface ConfigSource {
  readonly value: unknown;
  positionOf(path: readonly (string | number)[]): { readonly line: number; readonly column: number } | undefined;
}

/** Ports that may be chosen: those of the services, of the page and of the proxy. */
export const portNames = ['page', 'proxy', ...serviceNames] as const;
type PortName = (typeof portNames)[number];

const issuers: Shape<IssuerOptions> = object(
  'Issuers of your own in the place of the public ones.',
  {},
  {
    gitHub: url('With the slug of an enterprise: https://token.actions.githubusercontent.com/acme'),
    gitLab: url('Of a GitLab of your own: https://gitlab.example.com'),
    kubernetes: url('Of a cluster: https://oidc.eks.eu-central-1.amazonaws.com/id/…'),
  },
);

const port = whole('Where it listens; 0 for any that is free.', 0, 65_535);
const ports: Shape<Partial<Record<PortName, number>>> = object(
  'Ports on loopback: of the page (4800 by default), the proxy (4801) and the services (from 4802).',
  {},
  Object.fromEntries(portNames.map((name) => [name, port])),
);

const config = object(
  "The configuration of Fedbridge's emulator: what the platforms and clouds have, and whom they trust.",
  {},
  {
    ...{ accounts, tenants, organizations, google, vault, octoSts, oauth, jobs, issuers, ports },
    state: text('A folder for keys, jobs and what was issued, so that they survive a restart; in memory by default.'),
  },
);

/** A configuration of which every part is as it must be, files not yet read. */
export type EmulatorConfig = NonNullable<(typeof config)['of']>;

/** The schema that is published, for editors. */
export const configSchema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...config.schema } as const;

/** A configuration that is not as it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems[0]?.message);
    this.problems = problems;
  }
}

/** @throws ConfigError with all that is wrong */
export function parseConfig(value: unknown): EmulatorConfig {
  const problems = problemsOf(value ?? {}, config.schema);
  if (problems.length > 0) throw new ConfigError(problems);
  const parsed = (value ?? {}) as EmulatorConfig;
  const reserved = Object.keys(parsed.jobs ?? {}).filter((name) => Object.hasOwn(reservedNames, name));
  if (reserved.length > 0)
    throw new ConfigError(
      reserved.map((name) => ({
        path: ['jobs', name],
        message: `"${name}" is the name of ${reservedNames[name]}, not of a job.`,
      })),
    );
  return parsed;
}

const reservedNames: Readonly<Record<string, string>> = {
  ...({ github: 'a platform', 'azure-pipelines': 'a platform', gitlab: 'a platform' } satisfies Record<
    JobPlatform,
    string
  >),
  'aws-administrator': 'an administrator',
};

/**
 * The set-up of a configuration, with the files that it names.
 *
 * @param read - a file of JSON or YAML, by the path that stands there
 * @throws ConfigError for a file without what it is named for
 */
export async function setupOf(
  { accounts = [], tenants = [], ...others }: EmulatorConfig,
  read: (file: string) => Promise<unknown>,
): Promise<Setup> {
  const { organizations, google, vault, octoSts, oauth } = others;
  const rest = { organizations, google, vault, octoSts, oauth };
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Setup;
  return {
    ...given,
    accounts: await all(accounts, async (account, index) => ({
      ...account,
      roles: await all(account.roles, async (role, at) => {
        const path = ['accounts', index, 'roles', at, 'trustPolicy'];
        return { ...role, trustPolicy: await policyOf(role.trustPolicy, path, read) };
      }),
    })),
    tenants: await all(tenants, async (tenant, index) => ({
      ...tenant,
      applications: await all(tenant.applications, async (application, at) => {
        const { federatedCredentials: credentials } = application;
        if (typeof credentials !== 'string') return { ...application, federatedCredentials: credentials };
        const content = await read(credentials);
        const path = ['tenants', index, 'applications', at, 'federatedCredentials'];
        return { ...application, federatedCredentials: credentialsOf(content, credentials, path) };
      }),
    })),
  };
}

function all<T, Made>(items: readonly T[], make: (item: T, index: number) => Promise<Made>): Promise<Made[]> {
  return Promise.all(items.map(make));
}

/** A list, or the one that `fedbridge trust entra` prints. */
function credentialsOf(content: unknown, file: string, path: ConfigProblem['path']): readonly FederatedCredential[] {
  if (Array.isArray(content)) return content;
  if (typeof content === 'object' && content !== null && 'issuer' in content) return [content as FederatedCredential];
  throw new ConfigError([{ path, message: `${file} is no list of federated credentials.` }]);
}

/** Where a trust policy stands in what `aws iam get-role` prints, in what `fedbridge trust aws` prints, or by itself. */
const policyPlaces = [['Role', 'AssumeRolePolicyDocument'], ['trustPolicy'], []] as const;

/** The path of the trust policy in a file; undefined where it has none. */
export function policyPath(content: unknown): readonly string[] | undefined {
  return policyPlaces.find((path) => {
    const policy = within(content, path);
    return typeof policy === 'object' && policy !== null && 'Statement' in policy;
  });
}

function within(content: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | null)?.[name], content);
}

async function policyOf(
  policy: object | string,
  path: ConfigProblem['path'],
  read: (file: string) => Promise<unknown>,
): Promise<object> {
  if (typeof policy !== 'string') return policy;
  const content = await read(policy);
  const own = policyPath(content);
  if (own) return within(content, own) as object;
  throw new ConfigError([{ path, message: `${policy} has no trust policy: it has no Statement.` }]);
}
