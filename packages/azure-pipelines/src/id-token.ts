import type { Environment, HttpResponse } from '@fedbridge/core';
import {
  azureDevOpsReason,
  FedbridgeError,
  leastLeft,
  type Outbound,
  readJson,
  retry,
  send,
  textMember,
  unavailable,
} from '@fedbridge/core';
import {
  checkIdToken,
  IdToken,
  type IdTokenSource,
  type Platform,
  type PlatformJob,
  refuseLoopback,
} from '@fedbridge/identity';
import { entraAudiences, entraIssuer, isAzureDevOpsIssuer } from '@fedbridge/issuers';
import { endpointVariables, jobOf } from './job.ts';
import { platformAddress } from './platform-address.ts';

const who = "Azure Pipelines' ID token endpoint";

/** Azure Pipelines, and how its jobs ask for ID tokens. */
export const azurePipelines: Platform = {
  name: 'azure-pipelines',
  foundBy: 'TF_BUILD',
  hasServiceConnections: true,
  isHere: (environment) => Boolean(environment.TF_BUILD),
  jobOf,
  canAsk: ({ accessToken, environment }) => Boolean(accessToken) && endpointVariables.some((name) => environment[name]),
  tokenRequest: ({ environment, connectionId }) =>
    connectionId === undefined
      ? undefined
      : { by: 'service connection', url: tokenUrl(environment, connectionId), connectionId },
  idTokenSource: (job, outbound) => new AzurePipelinesIdTokenSource(outbound, job),
};

/**
 * The ID token of an Azure Pipelines job: of its pipeline, or of one of its service connections.
 * Source: Microsoft Learn, "Oidctoken - Create"; `@azure/identity`'s `AzurePipelinesCredential`.
 */
class AzurePipelinesIdTokenSource implements IdTokenSource {
  readonly name = 'Azure Pipelines';
  readonly audience = 'given';
  readonly #outbound: Outbound;
  readonly #job: PlatformJob;

  constructor(outbound: Outbound, job: PlatformJob) {
    this.#outbound = outbound;
    this.#job = job;
  }

  async getIdToken(audience?: string): Promise<IdToken> {
    const { system } = this.#outbound;
    const url = tokenUrl(system.environment, this.#job.connectionId);
    return checkIdToken(this.#handed() ?? (await this.#ask(url)), {
      issuer: isIssuer,
      issuerName: 'the one of Azure DevOps or Entra',
      // The cloud of the connection decides: Azure DevOps has given connections to Azure operated by 21Vianet tokens with
      // the audience of that cloud, which its Entra denied with AADSTS700212 where the credential had the other.
      audiences: audience === undefined ? entraAudiences() : [audience],
      otherAudience: 'Azure Pipelines gives the one that it has: leave {audience} out.',
      endpoint: url,
      now: system.now(),
    });
  }

  /** What came with the connection, unless it is about to expire. */
  #handed(): IdToken | undefined {
    const { system, mask } = this.#outbound;
    const { idToken } = this.#job;
    if (!idToken) return undefined;
    const token = IdToken.receive(idToken, mask);
    return token.expiresAt - system.now() > leastLeft.toKeep ? token : undefined;
  }

  async #ask(url: URL): Promise<IdToken> {
    const outbound = this.#outbound;
    const bearer = this.#job.accessToken;
    if (!bearer) {
      throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', "This job's own token (System.AccessToken) is not there.", {
        hint: 'Classic releases do not always have one. In a script, map it: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)',
      });
    }
    refuseLoopback(url, bearer, { platform: 'Azure DevOps', variable: 'System.OidcRequestUri' });
    const headers = {
      authorization: `Bearer ${bearer}`,
      accept: 'application/json',
      'content-type': 'application/json',
      // Without it a bad token is answered with a redirect to a sign-in page instead of 401.
      'x-tfs-fedauthredirect': 'Suppress',
    };
    return retry(outbound, async () =>
      readToken(await send(outbound, { method: 'POST', url, headers, body: '' }), outbound),
    );
  }
}

/** Where a job asks for its ID tokens, or for those of a connection. @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `ID_TOKEN_UNAVAILABLE` */
function tokenUrl(environment: Environment, connectionId: string | undefined): URL {
  const given = environment.SYSTEM_OIDCREQUESTURI;
  const collection = environment.SYSTEM_COLLECTIONURI || environment.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI;
  const url = given
    ? platformAddress(given, 'System.OidcRequestUri')
    : platformAddress(olderAgentsUrl({ ...environment, SYSTEM_COLLECTIONURI: collection }), 'System.CollectionUri');
  url.searchParams.set('api-version', given ? '7.1' : '7.1-preview.1');
  if (connectionId !== undefined) url.searchParams.set('serviceConnectionId', connectionId);
  return url;
}

function olderAgentsUrl(environment: Environment): string {
  const names = [
    'SYSTEM_COLLECTIONURI',
    'SYSTEM_TEAMPROJECTID',
    'SYSTEM_HOSTTYPE',
    'SYSTEM_PLANID',
    'SYSTEM_JOBID',
  ] as const;
  const [collection, project, hub, plan, job] = names.map((name) => {
    const value = environment[name];
    if (value) return name === 'SYSTEM_COLLECTIONURI' ? value.replace(/\/*$/, '/') : encodeURIComponent(value);
    throw new FedbridgeError(
      'ID_TOKEN_UNAVAILABLE',
      'This is not an Azure Pipelines job that can ask for an ID token.',
      {
        answer: `neither SYSTEM_OIDCREQUESTURI nor ${name} is set`,
      },
    );
  });
  return `${collection}${project}/_apis/distributedtask/hubs/${hub}/plans/${plan}/jobs/${job}/oidctoken`;
}

const isIssuer = (iss: string) => isAzureDevOpsIssuer(iss) || entraIssuer(iss)?.version === 2;

function readToken(response: HttpResponse, outbound: Outbound): IdToken {
  // 203 is Azure DevOps' sign-in page for a caller it does not know.
  if (response.status !== 200) throw denial(response, outbound);
  const answer = readJson(response, who);
  if (answer === null) {
    // Seen in jobs that were run again and in server-side jobs.
    throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', `${who} answered null instead of a token.`, {
      recovery: 'transient',
      hint: 'Run the whole stage again, not the failed job alone. Agentless (server) jobs get no ID token.',
    });
  }
  const value = textMember(answer, 'oidcToken');
  if (value === undefined) {
    if (azureDevOpsReason(answer) !== undefined) throw denial(response, outbound);
    throw new FedbridgeError('ANSWER_MALFORMED', `${who} answered without a token.`);
  }
  return IdToken.receive(value, outbound.mask);
}

function denial(response: HttpResponse, outbound: Outbound): FedbridgeError {
  const later = unavailable(response, who, outbound.system.now());
  if (later) return later;
  const isJson = response.status === 200 || (response.headers['content-type']?.includes('json') ?? false);
  const said = isJson ? azureDevOpsReason(readJson(response, who)) : undefined;
  const unreferenced = said?.includes('no explicit reference') ?? false;
  return new FedbridgeError('ID_TOKEN_REFUSED', `${who} denied this job.`, {
    answer: `HTTP ${response.status}${said ? `: ${said}` : ''}`,
    hint: unreferenced
      ? 'Name the service connection in an input of type service connection (azureSubscription) in this stage.'
      : 'See that the service connection exists, that this pipeline may use it, and that the job is still running.',
  });
}
