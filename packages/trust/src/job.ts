import { FedbridgeError, isGuid } from '@fedbridge/core';
import {
  awsAudience,
  azureDevOpsApplication,
  azureDevOpsIssuer,
  conditionPrefix,
  formatAzureDevOpsSubject,
  formatContext,
  formatKubernetesSubject,
  type GitHubContext,
  gitHubIssuer,
  isKubernetesName,
  tokenExchange,
} from '@fedbridge/issuers';

/** Which token is trusted: what it must say, to the letter unless it is a pattern. */
export interface TrustedJob {
  /** The issuer's URL, as the token has it. */
  readonly issuer: string;
  /** The subject; for AWS a pattern with `*` and `?` if `wider` says so. */
  readonly subject: string;
  readonly audience: string;
  /** The token's `azp` where it differs from the audience: it stands in the place of that for AWS. */
  readonly azp?: string | undefined;
  /** Further claims that must be equal; AWS alone tests them. */
  readonly claims?: Readonly<Record<string, string>>;
  /** What it lets in beside one kind of job, where it was asked for. */
  readonly wider?: string | undefined;
}

export type Cloud = 'aws' | 'entra';

/** The audiences that each cloud's documents are made for by default. */
export const audiences = { aws: awsAudience('aws'), entra: tokenExchange.uri } as const;

export interface GitHubJobs {
  readonly owner: string;
  readonly repository: string;
  /** Both, for immutable subjects. */
  readonly ownerId?: string | undefined;
  readonly repositoryId?: string | undefined;
  /** Exactly one of these, or `anyRef`. */
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly environment?: string | undefined;
  readonly pullRequest?: boolean | undefined;
  /** Every branch, tag, environment and pull request of the repository: AWS alone has patterns. */
  readonly anyRef?: boolean | undefined;
  /** `owner/repository/.github/workflows/deploy.yml@refs/heads/main`, a reusable workflow that the job must run. */
  readonly workflow?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/**
 * The jobs of a GitHub repository.
 * Source: GitHub Docs, "OpenID Connect reference"; Microsoft Learn, "Migrate to immutable subjects".
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function gitHubJob(jobs: GitHubJobs, cloud: Cloud): TrustedJob {
  const { owner, repository, ownerId, repositoryId, branch, tag, environment, pullRequest, anyRef, workflow } = jobs;
  if ((ownerId === undefined) !== (repositoryId === undefined)) {
    throw new FedbridgeError('INPUT_INVALID', 'Immutable subjects need the ids of both the owner and the repository.');
  }
  for (const [what, name] of Object.entries({ owner, repository })) {
    if (!/^[\w.-]+$/.test(name))
      throw new FedbridgeError(
        'INPUT_INVALID',
        `"${name}" is not the name of ${what === 'owner' ? 'an owner' : 'a repository'}.`,
      );
  }
  for (const id of [ownerId, repositoryId]) {
    if (id !== undefined && !/^\d+$/.test(id))
      throw new FedbridgeError('INPUT_INVALID', `"${id}" is not an id of GitHub, a number.`);
  }
  const contexts: readonly (GitHubContext | undefined)[] = [
    branch === undefined ? undefined : { branch },
    tag === undefined ? undefined : { tag },
    environment === undefined ? undefined : { environment },
    pullRequest ? { pullRequest: true } : undefined,
  ];
  const kinds = [...contexts.flatMap((one) => (one ? [formatContext(one)] : [])), ...(anyRef ? ['*'] : [])];
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      'Name one of: a branch, a tag, an environment, pull requests, or any of them.',
    );
  }
  if (kind !== '*') refusePattern(kind);
  if (cloud === 'entra' && anyRef) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      'Entra compares subjects to the letter: name a branch, a tag or an environment.',
    );
  }
  if (cloud === 'entra' && workflow !== undefined) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      'Entra looks at issuer, subject and audience alone, and a subject does not name its workflow.',
      {
        hint: 'Customize the subject of the organisation so that it does, and pass a token of such a job with --from-token.',
      },
    );
  }
  const name = ownerId === undefined ? `${owner}/${repository}` : `${owner}@${ownerId}/${repository}@${repositoryId}`;
  return {
    issuer: jobs.issuer ?? gitHubIssuer,
    subject: `repo:${name}:${kind}`,
    audience: jobs.audience ?? audiences[cloud],
    ...(workflow === undefined ? {} : { claims: { job_workflow_ref: workflow } }),
    wider: anyRef ? `every branch, tag, environment and pull request of ${owner}/${repository}` : undefined,
  };
}

export interface AzurePipelinesJobs {
  readonly organization: string;
  /** A GUID; not needed with an issuer. */
  readonly organizationId?: string | undefined;
  readonly project: string;
  /** A pipeline, for a job without a service connection. */
  readonly pipeline?: string | undefined;
  /** A service connection on the Azure DevOps issuer. */
  readonly connection?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** The jobs of an Azure Pipelines project on the Azure DevOps issuer. @throws FedbridgeError `INPUT_INVALID` */
export function azurePipelinesJob(jobs: AzurePipelinesJobs): TrustedJob {
  const { organization, organizationId = '', project, pipeline, connection } = jobs;
  const { issuer = azureDevOpsIssuer(organizationId), audience = audiences.entra } = jobs;
  if ((pipeline === undefined) === (connection === undefined)) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      'Name a pipeline, for jobs without a service connection, or a service connection.',
    );
  }
  if (jobs.issuer === undefined && !isGuid(organizationId)) {
    throw new FedbridgeError('INPUT_INVALID', `"${organizationId}" is not the id of an organisation, a GUID.`, {
      hint: `It is the last part of the issuer, ${azureDevOpsIssuer('<id>')}: "fedbridge inspect" in a job shows it.`,
    });
  }
  const subject = formatAzureDevOpsSubject({
    form: connection === undefined ? 'pipeline' : 'service connection',
    ...{ organization, project, name: connection ?? pipeline ?? '' },
  });
  refusePattern(subject);
  return { issuer, subject, audience };
}

/** A service connection on the Entra issuer: nothing of it is computed. */
export function connectionJob(issuer: string, subject: string, audience: string = tokenExchange.clientId): TrustedJob {
  refusePattern(subject);
  return { issuer, subject, audience, azp: audience === tokenExchange.clientId ? azureDevOpsApplication : undefined };
}

/** The pods of a service account. @throws FedbridgeError `INPUT_INVALID` */
export function kubernetesJob(
  issuer: string,
  namespace: string,
  serviceAccount: string,
  cloud: Cloud,
  audience: string = audiences[cloud],
): TrustedJob {
  for (const name of [namespace, serviceAccount]) {
    if (!isKubernetesName(name)) throw new FedbridgeError('INPUT_INVALID', `"${name}" is not a name of Kubernetes.`);
  }
  return { issuer, subject: formatKubernetesSubject({ namespace, serviceAccount }), audience };
}

/** The job that a token speaks for, and no other. */
export function jobOf(claims: {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly azp?: unknown;
}): TrustedJob {
  const audience = typeof claims.aud === 'string' ? claims.aud : (claims.aud[0] ?? '');
  const { azp } = claims;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    audience,
    azp: typeof azp === 'string' && azp !== audience ? azp : undefined,
  };
}

/** A name must not become a pattern without being asked for, nor break a line. */
function refusePattern(text: string): void {
  if (/\p{Cc}/u.test(text)) throw new FedbridgeError('INPUT_INVALID', 'A name has a control character.');
  if (!/[*?]/.test(text)) return;
  throw new FedbridgeError('INPUT_INVALID', `"${text}" has * or ?, which would let in more than one job.`);
}

/** The ARN of an account's OIDC provider for an issuer. */
export function providerArn(issuer: string, account: string, partition: string): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${conditionPrefix(issuer)}`;
}
