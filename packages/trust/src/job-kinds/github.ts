import {
  gitHubIssuerAt,
  gitHubServerIssuer,
  gitHubServiceOf,
  otherCodeHostOf,
  parseGitHubSubject,
  parseRepositoryName,
  repositoryOf,
  signsForGitHubServer,
} from '@fedbridge/issuers';
import { type GitHubJobs, gitHubJob } from '../github-job.ts';
import { type JobsOf, type KindOptions, usage } from './job-kind.ts';

/** What names jobs of GitHub. */
export interface GitHubNames extends Omit<GitHubJobs, 'owner' | 'repository'> {
  /** `owner/repository`, or the address of one. */
  readonly github?: string | undefined;
}

/** Jobs of a GitHub repository. @throws FedbridgeError `INPUT_INVALID` */
export const gitHubJobs: JobsOf<GitHubNames> = ({ github = '', issuer, audience, ...names }, target) => {
  const repository = namedRepository(github, issuer);
  return gitHubJob({ ...names, ...repository, audience: audience ?? target.audience }, target.cloud);
};

/** How they are named on a command line. */
export const gitHubOptions: KindOptions = {
  own: {
    github: ['--github <owner/repository>', 'jobs of a GitHub repository'],
    ownerId: ['--owner-id <number>', "the owner's id, for immutable subjects"],
    repositoryId: ['--repository-id <number>', "the repository's id, for immutable subjects"],
    environment: ['--environment <name>', 'of that repository'],
    pullRequest: ['--pull-request', 'pull requests of that repository'],
    anyRef: [
      '--any-ref',
      'WIDER: every branch, tag, environment and pull request of that repository; at Entra with the ids',
    ],
    workflow: [
      '--workflow <reference>',
      'a reusable workflow that the job must run, O/R/.github/workflows/W.yml@refs/heads/main; at Entra with the ids',
    ],
  },
  shares: ['mutableSubject', 'branch', 'tag', 'issuer', 'audience'],
};

function namedRepository(text: string, issuer: string | undefined) {
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

/** Why a document does not fit a job of GitHub. */
export function gitHubCause(subject: string): string | undefined {
  if (repositoryOf(subject)?.ids)
    return 'This repository has immutable subjects, with ids: a trust policy or federated credential of names alone no longer fits.';
  const parsed = parseGitHubSubject(subject);
  if (parsed === undefined) return undefined;
  const isCustomized = parsed.form === 'customized';
  if (isCustomized ? parsed.claims.some(([claim]) => claim === 'environment') : 'environment' in parsed.context)
    return "The job names an environment: its subject holds that, and neither branch nor tag. Mind the name's case.";
  if (isCustomized) return undefined;
  if ('pullRequest' in parsed.context) return 'It runs for a pull request: such a subject holds no branch.';
  if ('tag' in parsed.context) return 'It runs for a tag: such a subject holds no branch.';
  return 'The trust policy or federated credential may name another branch or an environment, or write a name in another case.';
}
