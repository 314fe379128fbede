import { isGuid } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';
import {
  formOfIssuersAt,
  gitHubIssuerAt,
  gitHubServerIssuer,
  gitHubServiceOf,
  kubernetesSubjectParts,
  nearestIssuer,
  otherCodeHostOf,
  parseProjectName,
  parseRepositoryName,
  signsForGitHubServer,
} from '@fedbridge/issuers';
import {
  azurePipelinesJob,
  type Cloud,
  changingParts,
  checkThatItCanMatch,
  gitHubJob,
  kubernetesJob,
  lastingJobOf,
  subjectJob,
  type TrustedJob,
  whyNoSubject,
} from '@fedbridge/trust';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { givenToken, tokenHint } from '../../given-token.ts';
import { jobToken } from '../../job-token.ts';
import { needed, pair, usage } from './usage.ts';

export interface JobOptions {
  readonly github?: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly mutableSubject?: boolean;
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
  readonly azp?: string;
  readonly audience?: string;
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

/** Whom a document is for. */
export interface Target {
  readonly cloud: Cloud;
  /** What tokens for it are asked for, where a job can choose. */
  readonly audience: string;
}

/** The job that the options name. @throws FedbridgeError `INPUT_INVALID` for one that no document can allow as well */
export async function trustedJob(options: JobOptions, target: Target, cli: Cli): Promise<TrustedJob> {
  const job = await namedJob(options, target, cli);
  const form = formOfIssuersAt(job.issuer);
  if (form !== undefined) throw usage(`No token has the issuer ${job.issuer}: issuers of that host are ${form}.`);
  checkThatItCanMatch(job, target.cloud);
  const never = options.fromToken || options.fromJob || job.pieces ? undefined : whyNoSubject(job.issuer, job.subject);
  if (never !== undefined) throw usage(never);
  return job;
}

async function namedJob(options: JobOptions, target: Target, cli: Cli): Promise<TrustedJob> {
  const { cloud } = target;
  const issuer = options.issuer === undefined ? undefined : nearestIssuer(options.issuer);
  const { audience = target.audience } = options;
  switch (wayOf(options)) {
    case 'github':
      return gitHubJob({ ...options, ...gitHubRepository(options.github ?? '', issuer), audience }, cloud);
    case 'azurePipelines':
      return azurePipelinesJob({
        ...azureProject(options.azurePipelines ?? ''),
        ...{ organizationId: options.organizationId, pipeline: options.pipeline, connection: options.connection },
        // The platform decides of the audience, which is Entra's for AWS too.
        ...{ issuer, audience: cloud === 'entra' ? audience : options.audience },
      });
    case 'serviceAccount': {
      const [namespace, name] = serviceAccountIn(options.serviceAccount ?? '');
      return kubernetesJob(issuer ?? needed('--issuer'), namespace, name, cloud, audience);
    }
    case 'subject':
      return subjectJob(
        {
          ...{ issuer: issuer ?? needed('--issuer'), subject: lowerGuid(options.subject ?? '') },
          ...{ audience: options.audience, azp: options.azp === undefined ? undefined : lowerGuid(options.azp) },
        },
        cloud,
        target.audience,
      );
    case 'fromToken':
      return jobOfToken(givenToken(await cli.terminal.read(), 'Standard input', tokenHint), cloud, cli);
    case 'fromJob':
      return jobOfToken(await jobToken(cloud, target.audience, cli, options.audience), cloud, cli);
  }
}

function jobOfToken({ claims }: IdToken, cloud: Cloud, { terminal }: Cli): TrustedJob {
  for (const part of changingParts(claims))
    terminal.log(`The ${part} in the subject is another in each run: it may be anything.`);
  return lastingJobOf(claims, cloud);
}

function gitHubRepository(text: string, issuer: string | undefined) {
  const { owner, repository, host } = parseRepositoryName(text) ?? {};
  if (owner === undefined || repository === undefined)
    throw usage(`--github takes owner/repository or the address of a repository, not "${text}".`);
  const other = host === undefined ? undefined : otherCodeHostOf(host);
  if (host !== undefined && other === 'Azure DevOps') throw usage(`${host} is Azure DevOps: say --azure-pipelines.`);
  if (host !== undefined && other !== undefined)
    throw usage(`${host} is ${other}, and no job of GitHub's runs for it: take a token of such a job, --from-token.`);
  const known = issuer ?? (host === undefined ? undefined : gitHubIssuerAt(host));
  if (host !== undefined && known === undefined)
    throw usage(
      `${host} is not GitHub's own: name the issuer of a GitHub Enterprise Server with --issuer, ${gitHubServerIssuer(host)}, and take a token of any other server's job, --from-token.`,
    );
  if (
    host !== undefined &&
    gitHubServiceOf(known ?? '') &&
    !signsForGitHubServer(known ?? '', new URL(`https://${host}`))
  )
    throw usage(`The jobs of ${host} have no tokens of ${known}.`);
  return { owner, repository, issuer: known };
}

/** `namespace/name`, or the subject of such pods. */
function serviceAccountIn(text: string): [string, string] {
  const { project, job } = kubernetesSubjectParts(text) ?? {};
  return pair(job === undefined ? text : `${project}/${job}`, '--service-account');
}

function azureProject(text: string) {
  const project = parseProjectName(text);
  if (project) return project;
  throw usage(`--azure-pipelines takes organization/project or the address of a project, not "${text}".`);
}

/** Ids of Entra's are in lower case in its tokens. */
const lowerGuid = (text: string) => (isGuid(text) ? text.toLowerCase() : text);

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
