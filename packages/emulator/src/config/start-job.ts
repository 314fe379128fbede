import type { AzurePipelinesJob } from '../azure-devops/organization.ts';
import type { Emulator } from '../emulator.ts';
import type { GitHubJob } from '../github/github-job.ts';
import { ConfigError, type EmulatorConfig } from './emulator-config.ts';
import { type JobPlatform, jobShapes } from './jobs.ts';
import { problemsOf } from './problems.ts';
import type { JsonSchema } from './shape.ts';

/** A part of a job that is other than the configuration says: `ref`, `claims.sub`, with a text. */
export type JobChange = readonly [name: string, value: string];

/** A job that runs, and the variables that its runner or agent sets. */
export interface StartedConfiguredJob {
  readonly platform: JobPlatform | typeof administrator;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it says for whom an ID token of it is: no job of Azure Pipelines does. */
  readonly choosesAudience: boolean;
}

/** The name of no job: of somebody who is signed in to an account of AWS, to make there what jobs need. */
export const administrator = 'aws-administrator';

/** The names of jobs that `startJob` takes: those of the configuration, then platforms. */
export function jobNames({ jobs = {} }: EmulatorConfig): readonly string[] {
  return [...Object.keys(jobs), ...Object.keys(jobShapes)];
}

/**
 * Starts a job by its name, or the first of a platform.
 *
 * @throws ConfigError for a name or a change that there is not; Error where the platform would not start it
 */
export async function startJob(
  emulator: Emulator,
  config: EmulatorConfig,
  name: string,
  changes: readonly JobChange[] = [],
): Promise<StartedConfiguredJob> {
  if (name === administrator)
    return { platform: name, choosesAudience: false, ...emulator.signInToAws(accountOf(config, changes)) };
  const { platform, job } = jobOf(config, name);
  const { schema } = jobShapes[platform];
  const changed = changes.reduce((one, change) => withChange(one, change, schema), job);
  const problems = problemsOf(changed, schema);
  if (problems.length > 0) throw new ConfigError(problems);
  const environment = await environmentOf(emulator, platform, changed);
  return { platform, environment, choosesAudience: platform !== 'azure-pipelines' };
}

/** The one that `account` says, and the first without. */
function accountOf({ accounts = [] }: EmulatorConfig, changes: readonly JobChange[]): string {
  const [other] = changes.filter(([part]) => part !== 'account');
  const message = `${administrator} has no "${other?.[0]}", but an account: --set account=123456789012`;
  if (other) throw new ConfigError([{ path: ['accounts'], message }]);
  const account = changes.at(-1)?.[1] ?? accounts[0]?.id;
  if (account !== undefined && accounts.some(({ id }) => id === account)) return account;
  throw new ConfigError([{ path: ['accounts'], message: `There is no account ${account ?? 'to be signed in to'}.` }]);
}

type Job = Readonly<Record<string, unknown>>;

function jobOf(config: EmulatorConfig, name: string): { readonly platform: JobPlatform; readonly job: Job } {
  const { jobs = {} } = config;
  const isPlatform = Object.hasOwn(jobShapes, name);
  const entries = Object.entries(jobs).flatMap(([own, job]) =>
    Object.entries(job).map(([platform, details]) => ({ own, platform: platform as JobPlatform, job: details as Job })),
  );
  const found = entries.find(({ own, platform }) => (isPlatform ? platform : own) === name);
  if (found) return found;
  if (isPlatform) return { platform: name as JobPlatform, job: defaultJob(config, name as JobPlatform) };
  const message = `There is no job "${name}": ${[...jobNames(config), administrator].join(', ')}.`;
  throw new ConfigError([{ path: ['jobs'], message }]);
}

function defaultJob({ organizations = [] }: EmulatorConfig, platform: JobPlatform): Job {
  if (platform === 'github') return {};
  if (platform === 'gitlab') {
    return {
      idTokens: { AWS_ID_TOKEN: { aud: 'sts.amazonaws.com' }, AZURE_ID_TOKEN: { aud: 'api://AzureADTokenExchange' } },
    };
  }
  const [organization] = organizations;
  const project = organization?.projects.find(({ pipelines }) => Object.keys(pipelines).length > 0);
  const [pipeline] = Object.keys(project?.pipelines ?? {});
  if (!organization || !project || pipeline === undefined) {
    const message = 'A job of Azure Pipelines needs an organization with a project and a pipeline.';
    throw new ConfigError([{ path: ['organizations'], message }]);
  }
  const connections = (project.connections ?? []).map(({ name }) => name);
  return { organization: organization.name, project: project.name, pipeline, connections };
}

/** With a member, however deep, as the schema has it. */
function withChange(job: Job, [name, value]: JobChange, schema: JsonSchema): Job {
  const [first = '', ...rest] = name.split('.');
  const { properties = {}, additionalProperties } = schema;
  const inner = (Object.hasOwn(properties, first) ? properties[first] : additionalProperties) || {};
  if (rest.length === 0) return { ...job, [first]: parsedValue(value, inner) };
  const within = (Object.hasOwn(job, first) ? job[first] : {}) as Job;
  return { ...job, [first]: withChange(within, [rest.join('.'), value], inner) };
}

/** What is no number or truth stays a text, and is reported as one. */
function parsedValue(value: string, { type }: JsonSchema): unknown {
  if (type === 'integer') return /^-?\d+$/.test(value) ? Number(value) : value;
  if (type === 'boolean') return value === 'true' || value === 'false' ? value === 'true' : value;
  return type === 'array' ? value.split(',').filter(Boolean) : value;
}

async function environmentOf(emulator: Emulator, platform: JobPlatform, job: Job) {
  switch (platform) {
    case 'github':
      return emulator.startGitHubJob(job as GitHubJob).environment;
    case 'azure-pipelines':
      return emulator.startAzurePipelinesJob(job as unknown as AzurePipelinesJob).environment;
    default:
      return (
        await emulator.platforms.gitLab.startJob(job as Parameters<Emulator['platforms']['gitLab']['startJob']>[0])
      ).environment;
  }
}
