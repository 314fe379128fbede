import { FedbridgeError } from '@fedbridge/core/error';
import { isGuid } from '@fedbridge/core/guid';
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
import { azurePipelinesJob } from './azure-pipelines-job.ts';
import { type GitHubJobs, gitHubJob } from './github-job.ts';
import { type Cloud, kubernetesJob, subjectJob, type TrustedJob } from './job.ts';
import { whyNoSubject } from './lint-never.ts';
import { checkThatItCanMatch } from './never-matches.ts';

/** Whom to trust, in the words of who asks for it: one of the first four, and what goes with that. */
export interface JobNames extends Omit<GitHubJobs, 'owner' | 'repository'> {
  /** `owner/repository`, or the address of one. */
  readonly github?: string | undefined;
  /** `organization/project`, or the address of one. */
  readonly azurePipelines?: string | undefined;
  /** `namespace/name`, or the subject of such pods. */
  readonly serviceAccount?: string | undefined;
  readonly subject?: string | undefined;
  readonly organizationId?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly connection?: string | undefined;
  readonly azp?: string | undefined;
}

/** What a job is named by. */
export type JobKind = 'github' | 'azurePipelines' | 'serviceAccount' | 'subject';

/** Whom a document is for. */
export interface Target {
  readonly cloud: Cloud;
  /** What tokens for it are asked for, where a job can choose. */
  readonly audience: string;
}

/**
 * The job that is named. What is nearly an issuer that is known is read as that.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that no document can allow as well; messages name options as the command has them
 */
export function namedJob(kind: JobKind, names: JobNames, target: Target): TrustedJob {
  const issuer = names.issuer === undefined ? undefined : nearestIssuer(names.issuer);
  const job = jobs[kind]({ ...names, issuer }, target);
  checkJob(job, target.cloud);
  const never = job.pieces ? undefined : whyNoSubject(job.issuer, job.subject);
  if (never !== undefined) throw usage(never);
  return job;
}

/** @throws FedbridgeError `INPUT_INVALID` for a job of which there are no tokens, and for one that no document of a cloud can allow */
export function checkJob(job: TrustedJob, cloud: Cloud): void {
  const form = formOfIssuersAt(job.issuer);
  if (form !== undefined) throw usage(`No token has the issuer ${job.issuer}: issuers of that host are ${form}.`);
  checkThatItCanMatch(job, cloud);
}

const jobs: Readonly<Record<JobKind, (names: JobNames, target: Target) => TrustedJob>> = {
  github({ github = '', issuer, audience, ...names }, target) {
    const repository = gitHubRepository(github, issuer);
    return gitHubJob({ ...names, ...repository, audience: audience ?? target.audience }, target.cloud);
  },
  azurePipelines({ azurePipelines = '', organizationId, pipeline, connection, issuer, audience }, target) {
    const project = parseProjectName(azurePipelines);
    if (!project)
      throw usage(`--azure-pipelines takes organization/project or the address of a project, not "${azurePipelines}".`);
    return azurePipelinesJob({
      ...project,
      ...{ organizationId, pipeline, connection, issuer },
      // The platform decides of the audience, which is Entra's for AWS too.
      audience: audience ?? (target.cloud === 'entra' ? target.audience : undefined),
    });
  },
  serviceAccount({ serviceAccount = '', issuer, audience }, target) {
    const [namespace, name] = serviceAccountIn(serviceAccount);
    return kubernetesJob(needed(issuer), namespace, name, target.cloud, audience ?? target.audience);
  },
  subject({ subject = '', issuer, azp, audience }, target) {
    return subjectJob(
      {
        ...{ issuer: needed(issuer), subject: lowerGuid(subject), audience },
        azp: azp === undefined ? undefined : lowerGuid(azp),
      },
      target.cloud,
      target.audience,
    );
  },
};

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

function serviceAccountIn(text: string): readonly [namespace: string, name: string] {
  const { project, job } = kubernetesSubjectParts(text) ?? {};
  const [namespace, name, ...more] = (job === undefined ? text : `${project}/${job}`).split('/');
  if (namespace && name && more.length === 0) return [namespace, name];
  throw usage(`--service-account takes two names with a slash between them, not "${text}".`);
}

/** Ids of Entra's are in lower case in its tokens. */
const lowerGuid = (text: string) => (isGuid(text) ? text.toLowerCase() : text);

function needed(issuer: string | undefined): string {
  if (issuer !== undefined) return issuer;
  throw usage('The option --issuer is required here.');
}

function usage(message: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', message);
}
