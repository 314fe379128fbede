import { type Environment, type Outbound, parseEndpoint } from '@fedbridge/core';
import { checkIdToken, IdToken, type IdTokenSource, type Platform, variablesOf } from '@fedbridge/identity';
import { gitLab } from '@fedbridge/issuers';
import { denials } from './denials.ts';

/** GitLab CI/CD, whose jobs are given their ID tokens in variables. */
export const gitLabCi: Platform = {
  name: 'gitlab',
  foundBy: 'GITLAB_CI',
  hasServiceConnections: false,
  isHere: (environment) => environment.GITLAB_CI === 'true',
  jobOf: (environment) => ({
    kind: 'gitlab',
    environment: variablesOf(environment, ['CI_SERVER_URL', 'CI_JOB_ID', ...tokenVariables(environment)]),
  }),
  canAsk: ({ environment }) => tokenVariables(environment).length > 0,
  tokenRequest: () => undefined,
  idTokenSource: (_job, outbound) => new GitLabIdTokenSource(outbound),
};

/** A variable of a job, and the ID token that is in it. */
interface Given {
  readonly variable: string;
  readonly token: IdToken;
}

/**
 * The ID tokens of a GitLab CI/CD job: one for each of its `id_tokens:`, in a variable of the name that the job gives it and for the
 * audience that the job says. They are found by their audience. There is no address to ask for further ones at.
 * Source: GitLab Docs, "OpenID Connect (OIDC) authentication using ID tokens",
 * https://docs.gitlab.com/ci/secrets/id_token_authentication/; gitlabhq/gitlabhq, `Ci::Build#id_tokens_variables`, 2026-11-26.
 */
class GitLabIdTokenSource implements IdTokenSource {
  readonly name = 'GitLab CI/CD';
  readonly audience = 'chosen';
  readonly #outbound: Outbound;

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    const { environment } = this.#outbound.system;
    const given = this.#given(environment);
    if (given.length === 0) throw denials.none(audience);
    const fitting = given.filter(({ token }) => audience === undefined || token.audiences.includes(audience));
    if (audience === undefined && fitting.length > 1) throw denials.several(fitting);
    const isOwn = ({ token }: Given) => token.audiences.length === 1 && isOfJob(token, environment);
    const own = fitting.find(isOwn) ?? fitting[0];
    if (!own) throw denials.forOthers(given, audience);
    return this.#check(own, audience, environment);
  }

  #given(environment: Environment): readonly Given[] {
    return tokenVariables(environment).flatMap((variable) => {
      try {
        return [{ variable, token: IdToken.receive(environment[variable] ?? '', this.#outbound.mask) }];
      } catch {
        // Another secret that looks like one.
        return [];
      }
    });
  }

  #check({ variable, token }: Given, audience: string | undefined, environment: Environment): IdToken {
    const server = parseEndpoint(environment.CI_SERVER_URL ?? '', 'CI_SERVER_URL');
    const now = this.#outbound.system.now();
    if (token.audiences.length > 1) throw denials.forSeveral(variable, token);
    if (!isOfJob(token, environment)) throw denials.ofAnotherJob(variable, token, environment.CI_JOB_ID);
    if (token.expiresAt <= now) throw denials.expired(variable, token);
    const url = new URL(server).href.replace(/\/$/, '');
    return checkIdToken(token, {
      // A server that cannot be reached from outside publishes its keys elsewhere: `ci_id_tokens.issuer_url` of its gitlab.yml.
      issuer: (iss) => (gitLab.is(url) ? iss === url : !gitLab.is(iss)),
      issuerName: `the one of ${server.host}`,
      audiences: audience === undefined ? token.audiences : [audience],
      otherAudience: 'Something took the place of what GitLab gave this job.',
      endpoint: server,
      now,
    });
  }
}

/** A JWT as a variable has it; those of other ways to sign in begin with a prefix of their own, `glcbt-`. */
function tokenVariables(environment: Environment): readonly string[] {
  return Object.keys(environment).filter((name) => /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/.test(environment[name] ?? ''));
}

/** Each token of GitLab's names the job that it was made for. A variable, an artifact or a cache can hold that of another. */
function isOfJob({ claims }: IdToken, { CI_JOB_ID }: Environment): boolean {
  return claims.job_id !== undefined && String(claims.job_id) === CI_JOB_ID;
}
