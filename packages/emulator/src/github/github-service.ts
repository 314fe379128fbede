import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { bearerOf } from '../server/issued-tokens.ts';
import type { World } from '../server/service.ts';
import type { TokenIssuer } from '../server/token-issuer.ts';
import { claimsOf, type FullGitHubJob, type GitHubJob, withDefaults } from './github-job.ts';

/** A job that runs: what the runner hands to its steps. */
export interface StartedJob {
  readonly environment: Readonly<Record<string, string>>;
}

/** GitHub's issuer, and the endpoint that gives a job its ID token. */
export class GitHubService {
  readonly #jobs: Map<string, { readonly job: FullGitHubJob; readonly bearer: string }>;
  readonly #world: World;
  readonly #url: string;

  /** @param url - the service's own, whatever the issuer is called */
  constructor(app: FastifyInstance, issuer: TokenIssuer, world: World, { url, name }: Record<'url' | 'name', string>) {
    this.#world = world;
    this.#url = url;
    this.#jobs = world.state.map('jobs of GitHub');
    issuer.publish(app, new URL(name).pathname.replace(/\/$/, ''), () => name);
    app.get<{ Params: { id: string }; Querystring: { audience?: string } }>('/idtoken/:id', async (request, reply) => {
      const started = this.#jobs.get(request.params.id);
      if (!started || bearerOf(request) !== started.bearer) {
        return reply.code(401).send({ message: 'Unauthorized' });
      }
      const { job } = started;
      const audience = request.query.audience ?? `https://github.com/${job.repository.split('/')[0]}`;
      const value = await issuer.sign(claimsOf(job, name, audience, world.clock.seconds()));
      world.secrets.add(value);
      return { count: value.length, value };
    });
  }

  /** Starts a job. @returns the variables that the runner sets for its steps */
  startJob(given: GitHubJob = {}): StartedJob {
    const job = withDefaults(given);
    const id = randomUUID();
    const bearer = randomBytes(48).toString('base64url');
    this.#world.secrets.add(bearer);
    this.#jobs.set(id, { job, bearer });
    const permission = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.#url}/idtoken/${id}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    };
    return {
      environment: {
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTOR: job.actor,
        GITHUB_ACTOR_ID: '1001',
        GITHUB_API_URL: 'https://api.github.com',
        GITHUB_BASE_REF: '',
        GITHUB_EVENT_NAME: job.event,
        GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
        GITHUB_HEAD_REF: '',
        GITHUB_JOB: 'job',
        GITHUB_REF: job.ref,
        GITHUB_REF_NAME: job.ref.replace(/^refs\/[^/]+\//, ''),
        GITHUB_REF_PROTECTED: 'false',
        GITHUB_REF_TYPE: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
        GITHUB_REPOSITORY: job.repository,
        GITHUB_REPOSITORY_ID: job.repositoryId,
        GITHUB_REPOSITORY_OWNER: job.repository.split('/')[0] ?? '',
        GITHUB_REPOSITORY_OWNER_ID: job.ownerId,
        GITHUB_RUN_ATTEMPT: job.runAttempt,
        GITHUB_RETENTION_DAYS: '90',
        GITHUB_RUN_ID: job.runId,
        GITHUB_RUN_NUMBER: '42',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_SHA: job.sha,
        GITHUB_TRIGGERING_ACTOR: job.actor,
        GITHUB_WORKFLOW: job.workflow,
        GITHUB_WORKFLOW_REF: `${job.repository}/.github/workflows/${job.workflow}.yml@${job.ref}`,
        GITHUB_WORKFLOW_SHA: job.sha,
        ...(job.idTokenPermission ? permission : {}),
      },
    };
  }
}
