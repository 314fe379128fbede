import {
  type Endpoint,
  type Environment,
  FedbridgeError,
  type HttpResponse,
  isLoopback,
  isWithin,
  type Outbound,
  parseEndpoint,
  readJson,
  retry,
  send,
  textMember,
  unavailable,
} from '@fedbridge/core';
import { checkIdToken, IdToken, type IdTokenSource, type Platform, refuseLoopback } from '@fedbridge/identity';
import { gitHubTokenDomains, signsForGitHubServer } from '@fedbridge/issuers';
import { jobOf } from './job.ts';

const who = "GitHub's ID token endpoint";

/** GitHub Actions, and how its jobs ask for ID tokens. */
export const gitHubActions: Platform = {
  name: 'github',
  foundBy: 'GITHUB_ACTIONS',
  hasServiceConnections: false,
  isHere: (environment) => environment.GITHUB_ACTIONS === 'true',
  jobOf,
  canAsk: ({ environment }) =>
    Boolean(environment.ACTIONS_ID_TOKEN_REQUEST_URL && environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN),
  tokenRequest({ environment }) {
    const { endpoint, bearer } = requestFrom(environment, serverOf(environment));
    return { by: 'bearer', url: endpoint, bearer };
  },
  idTokenSource: (_job, outbound) => new GitHubIdTokenSource(outbound),
};

/**
 * The ID token of a GitHub Actions job.
 * Source: GitHub Docs, "OpenID Connect reference", and `@actions/core`'s `oidc-utils`.
 */
class GitHubIdTokenSource implements IdTokenSource {
  readonly name = 'GitHub Actions';
  readonly audience = 'chosen';
  readonly #outbound: Outbound;

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    const outbound = this.#outbound;
    const { environment } = outbound.system;
    const server = serverOf(environment);
    const { endpoint, bearer } = requestFrom(environment, server);
    const url = new URL(endpoint);
    if (audience !== undefined) url.search += `${url.search ? '&' : '?'}audience=${encodeURIComponent(audience)}`;
    const token = await retry(outbound, async () =>
      readToken(
        await send(outbound, {
          method: 'GET',
          url,
          headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
        }),
        outbound,
      ),
    );
    const owner = new URL(environment.GITHUB_REPOSITORY_OWNER ?? '', `${server.origin}/`).href;
    return checkIdToken(token, {
      issuer: (iss) => signsForGitHubServer(iss, server),
      issuerName: `the one of ${server.host}`,
      audiences: [audience ?? owner],
      otherAudience: 'Something between this job and GitHub answers in its place.',
      endpoint,
      now: outbound.system.now(),
    });
  }
}

function serverOf(environment: Environment): Endpoint {
  return parseEndpoint(environment.GITHUB_SERVER_URL ?? 'https://github.com', 'GITHUB_SERVER_URL');
}

function requestFrom(environment: Environment, server: URL): { endpoint: Endpoint; bearer: string } {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment;
  if (!url || !bearer) {
    throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'This job may not ask GitHub for an ID token.', {
      hint:
        'Give the job (or the workflow) the permissions below. A pull request from a fork never gets an ID token, and a reusable ' +
        'workflow only what its caller grants.',
      document: 'permissions:\n  id-token: write\n  contents: read',
    });
  }
  const endpoint = parseEndpoint(url, 'ACTIONS_ID_TOKEN_REQUEST_URL');
  refuseLoopback(endpoint, bearer, { platform: 'GitHub', variable: 'ACTIONS_ID_TOKEN_REQUEST_URL' });
  if (!isOfPlatform(endpoint, server)) {
    throw new FedbridgeError(
      'ENDPOINT_NOT_ALLOWED',
      `ACTIONS_ID_TOKEN_REQUEST_URL is on ${endpoint.host}, which does not belong to ${server.host}.`,
      { hint: 'Nothing was sent there. See which earlier step of the job changes that variable.' },
    );
  }
  return { endpoint, bearer };
}

/**
 * The runner's endpoint is on the domain of GitHub's Actions service, or on that of the enterprise's server. An earlier step can
 * set the endpoint's variable, but none that begins with `GITHUB_` [GitHub Docs, "Variables reference"].
 */
function isOfPlatform(endpoint: URL, server: URL): boolean {
  if (isLoopback(endpoint)) return true;
  return gitHubTokenDomains(server).some((domain) => isWithin(endpoint.hostname, domain));
}

function readToken(response: HttpResponse, outbound: Outbound): IdToken {
  if (response.status !== 200) throw denial(response, outbound);
  const value = textMember(readJson(response, who), 'value');
  if (value === undefined) throw new FedbridgeError('ANSWER_MALFORMED', `${who} answered without a token.`);
  return IdToken.receive(value, outbound.mask);
}

function denial(response: HttpResponse, outbound: Outbound): FedbridgeError {
  const later = unavailable(response, who, outbound.system.now());
  if (later) return later;
  // A job that has just begun may not be known everywhere yet [aws-actions/configure-aws-credentials#469].
  const state = /Can't issue ID_TOKEN for job in '(\w+)' state/.exec(response.body)?.[1];
  const passes = state === 'Pending' || state === 'Delayed';
  return new FedbridgeError('ID_TOKEN_REFUSED', `${who} denied this job${state ? ` in state '${state}'` : ''}.`, {
    answer: `HTTP ${response.status}`,
    recovery: passes ? 'transient' : 'never',
    hint: 'The permission to ask ends with the job. Run the job again; if it is denied again, ask GitHub with its run id.',
  });
}
