import { parseEndpoint } from '@fedbridge/core';
import { IdToken } from '@fedbridge/identity';
import {
  azurePipelinesJob,
  type Cloud,
  connectionJob,
  gitHubJob,
  jobOf,
  kubernetesJob,
  type TrustedJob,
} from '@fedbridge/trust';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { jobToken } from '../../job-token.ts';
import { needed, pair, usage } from './usage.ts';

export interface JobOptions {
  readonly github?: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly environment?: string;
  readonly pullRequest?: boolean;
  readonly anyRef?: boolean;
  readonly workflow?: string;
  readonly azurePipelines?: string;
  readonly organizationId?: string;
  readonly pipeline?: string;
  readonly connection?: string;
  readonly serviceAccount?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly fromToken?: boolean;
  readonly fromJob?: boolean;
}

export function withJobOptions(command: Command): Command {
  return command
    .option('--github <owner/repository>', 'jobs of a GitHub repository')
    .option('--owner-id <number>', "the owner's id, for immutable subjects")
    .option('--repository-id <number>', "the repository's id, for immutable subjects")
    .option('--branch <name>', 'of that repository')
    .option('--tag <name>', 'of that repository')
    .option('--environment <name>', 'of that repository')
    .option('--pull-request', 'pull requests of that repository')
    .option('--any-ref', 'WIDER: every branch, tag, environment and pull request of that repository; AWS alone')
    .option(
      '--workflow <reference>',
      'a reusable workflow that the job must run, O/R/.github/workflows/W.yml@REF; AWS alone',
    )
    .option('--azure-pipelines <organisation/project>', 'jobs of an Azure Pipelines project')
    .option('--organization-id <guid>', "the organisation's id; or --issuer")
    .option('--pipeline <name>', 'of that project, for jobs without a service connection')
    .option('--connection <name>', 'a service connection of that project, on the Azure DevOps issuer')
    .option('--service-account <namespace/name>', 'pods of a Kubernetes service account; with --issuer')
    .option('--issuer <url>', 'the issuer, to the letter')
    .option(
      '--subject <subject>',
      'a service connection on the Entra issuer, as the connection shows it; with --issuer',
    )
    .option('--audience <audience>', 'another audience than the usual one')
    .option('--from-token', 'the job of the token on standard input')
    .option('--from-job', 'the job that this runs in');
}

/** Each way to say whom to trust, with the options that go with it. */
const ways = {
  github: [
    'ownerId',
    'repositoryId',
    'branch',
    'tag',
    'environment',
    'pullRequest',
    'anyRef',
    'workflow',
    'issuer',
    'audience',
  ],
  azurePipelines: ['organizationId', 'pipeline', 'connection', 'issuer', 'audience'],
  serviceAccount: ['issuer', 'audience'],
  subject: ['issuer', 'audience'],
  fromToken: [],
  fromJob: [],
} as const satisfies Partial<Record<keyof JobOptions, readonly (keyof JobOptions)[]>>;

type Way = keyof typeof ways;

/** The job that the options name. @throws FedbridgeError `INPUT_INVALID`, `ENDPOINT_NOT_ALLOWED` */
export async function trustedJob(options: JobOptions, cloud: Cloud, cli: Cli): Promise<TrustedJob> {
  const job = await namedJob(options, cloud, cli);
  parseEndpoint(job.issuer, 'The issuer');
  return job;
}

async function namedJob(options: JobOptions, cloud: Cloud, cli: Cli): Promise<TrustedJob> {
  const { issuer, audience, organizationId, pipeline, connection } = options;
  switch (wayOf(options)) {
    case 'github': {
      const [owner, repository] = pair(options.github ?? '', '--github');
      return gitHubJob({ ...options, owner, repository }, cloud);
    }
    case 'azurePipelines': {
      const [organization, project] = pair(options.azurePipelines ?? '', '--azure-pipelines');
      return azurePipelinesJob({
        ...{ organization, project, organizationId, pipeline, connection },
        ...{ issuer, audience },
      });
    }
    case 'serviceAccount': {
      const [namespace, name] = pair(options.serviceAccount ?? '', '--service-account');
      return kubernetesJob(issuer ?? needed('--issuer'), namespace, name, cloud, audience);
    }
    case 'subject':
      return connectionJob(issuer ?? needed('--issuer'), options.subject ?? '', audience);
    case 'fromToken':
      return jobOf(IdToken.parse((await cli.terminal.read()).trim()).claims);
    case 'fromJob':
      return jobOf((await jobToken(cloud, cli)).claims);
  }
}

function wayOf(options: JobOptions): Way {
  const all = Object.keys(ways) as Way[];
  const [way, ...more] = all.filter((name) => options[name] !== undefined);
  if (!way || more.length > 0) throw usage(`Say whom to trust with one of ${all.map(optionName).join(', ')}.`);
  const known = new Set<string>(all.flatMap((name) => ways[name]));
  const allowed: readonly string[] = ways[way];
  const alien = Object.entries(options).find(
    ([name, value]) => value !== undefined && known.has(name) && !allowed.includes(name),
  );
  if (alien) throw usage(`${optionName(alien[0])} does not go with ${optionName(way)}.`);
  return way;
}

/** `ownerId` as it is written on the command line. */
function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
