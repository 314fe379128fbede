import type { PlatformPlace } from '../server/platform.ts';
import { type GitLabJob, withDefaults } from './gitlab-job.ts';
import { claimsOf } from './id-token-claims.ts';
import { expanded, predefinedVariables } from './job-variables.ts';

/** A job that runs: what the runner hands to its scripts. */
export interface StartedGitLabJob {
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose values the runner hides in the job's log. */
  readonly masked: readonly string[];
}

/** A GitLab of somebody's own, with its issuer. It answers no job: tokens are in variables when a job begins. */
export class GitLab {
  readonly #place: PlatformPlace;
  /** Where the server publishes its keys beside itself, for relying parties that do not reach it: `ci_id_tokens.issuer_url`. */
  readonly publicIssuer: string;

  private constructor(place: PlatformPlace) {
    this.#place = place;
    this.publicIssuer = `${place.url}/published`;
    for (const path of ['', '/published']) place.issuer.publish(place.app, path, () => `${place.url}${path}`);
  }

  static open(place: PlatformPlace): GitLab {
    return new GitLab(place);
  }

  /**
   * Starts a job.
   * Source: gitlabhq/gitlabhq, `Ci::Build#id_tokens_variables`; what a variable of another kind replaces: `Ci::Build#variables`.
   *
   * @param issuer - the server's own by default
   * @throws Error where GitLab would fail the job
   */
  async startJob(given: GitLabJob = {}, issuer: string = this.#place.url): Promise<StartedGitLabJob> {
    const { url: server, world } = this.#place;
    const job = withDefaults(given);
    const variables = { ...predefinedVariables(job, server), ...job.variables };
    const tokens: Record<string, string> = {};
    for (const [name, { aud }] of Object.entries(job.idTokens)) {
      const audience = typeof aud === 'string' ? expanded(aud, variables) : aud.map((one) => expanded(one, variables));
      const claims = claimsOf(job, { issuer, server, aud: audience, now: world.clock.seconds() });
      tokens[name] = await this.#place.issuer.sign(claims);
      world.secrets.add(tokens[name]);
    }
    world.secrets.add(variables.CI_JOB_TOKEN ?? '');
    return {
      environment: { ...variables, ...tokens, ...job.variables },
      masked: ['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD', ...Object.keys(tokens)],
    };
  }
}
