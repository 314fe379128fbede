import type { IdToken } from '@fedbridge/identity';
import {
  type Cloud,
  changingParts,
  checkJob,
  type JobNames,
  lastingJobOf,
  namedJob,
  type Target,
  type TrustedJob,
} from '@fedbridge/trust';
import type { Command } from 'commander';
import { givenToken, tokenHint } from '../../given-token.ts';
import { jobToken } from '../../job-token.ts';
import type { Cli } from '../../program.ts';
import { usage } from './usage.ts';

export interface JobOptions extends JobNames {
  readonly fromToken?: boolean;
  readonly fromJob?: boolean;
}

export function withJobOptions(command: Command): Command {
  return command
    .option('--github <owner/repository>', 'jobs of a GitHub repository')
    .option('--owner-id <number>', "the owner's id, for immutable subjects")
    .option('--repository-id <number>', "the repository's id, for immutable subjects")
    .option('--mutable-subject', 'its subjects have no ids yet: those are tested beside it; at Entra by an expression')
    .option('--branch <name>', 'of that repository')
    .option('--tag <name>', 'of that repository')
    .option('--environment <name>', 'of that repository')
    .option('--pull-request', 'pull requests of that repository')
    .option(
      '--any-ref',
      'WIDER: every branch, tag, environment and pull request of that repository; at Entra with the ids',
    )
    .option(
      '--workflow <reference>',
      'a reusable workflow that the job must run, O/R/.github/workflows/W.yml@refs/heads/main; at Entra with the ids',
    )
    .option('--azure-pipelines <organization/project>', 'jobs of an Azure Pipelines project')
    .option('--organization-id <guid>', "the organization's id; or --issuer")
    .option('--pipeline <name>', 'of that project, for jobs without a service connection')
    .option('--connection <name>', 'a service connection of that project, on the Azure DevOps issuer')
    .option('--service-account <namespace/name>', 'pods of a Kubernetes service account; with --issuer')
    .option('--issuer <url>', 'the issuer; what is nearly a known one is read as that')
    .option(
      '--subject <subject>',
      "a service connection on the Entra issuer, as the connection shows it; a managed identity's object id; with --issuer",
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
    'mutableSubject',
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
  subject: ['issuer', 'audience', 'azp'],
  fromToken: [],
  fromJob: ['audience'],
} as const satisfies Partial<Record<keyof JobOptions, readonly (keyof JobOptions)[]>>;

type Way = keyof typeof ways;

/** The job that the options name. @throws FedbridgeError `INPUT_INVALID` for one that no document can allow as well */
export async function trustedJob(options: JobOptions, target: Target, cli: Cli): Promise<TrustedJob> {
  const { cloud, audience } = target;
  const way = wayOf(options);
  if (way !== 'fromToken' && way !== 'fromJob') return namedJob(way, options, target);
  const token =
    way === 'fromToken'
      ? givenToken(await cli.terminal.read(), 'Standard input', tokenHint)
      : await jobToken(cloud, audience, cli, options.audience);
  const job = jobOfToken(token, cloud, cli);
  checkJob(job, cloud);
  return job;
}

function jobOfToken({ claims }: IdToken, cloud: Cloud, { terminal }: Cli): TrustedJob {
  for (const part of changingParts(claims))
    terminal.log(`The ${part} in the subject is another in each run: it may be anything.`);
  return lastingJobOf(claims, cloud);
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
