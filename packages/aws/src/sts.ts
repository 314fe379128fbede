import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityResponse,
  GetCallerIdentityCommand,
  STSClient,
  type STSServiceException,
} from '@aws-sdk/client-sts';
import {
  type Endpoint,
  FedbridgeError,
  type HttpResponse,
  type IdToken,
  type Outbound,
  type Presented,
  send,
  unavailable,
} from '@fedbridge/core';
import type { RoleRequest } from './assume-role.ts';
import type { ChainedRoleRequest } from './chain.ts';
import { chainRules } from './chain-refusals.ts';
import { type AssumedRole, AwsCredentials, type AwsSecrets } from './credentials.ts';
import { type Asked, refusal } from './refusal.ts';
import { webIdentityRules } from './web-identity-refusals.ts';

interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type Answer = Pick<AssumeRoleWithWebIdentityResponse, 'Credentials' | 'AssumedRoleUser'>;

/** STS through the AWS SDK, which speaks the protocol, over our HTTP, which has the time-outs, proxies and bounds. */
export class Sts {
  readonly #client: STSClient;
  readonly #outbound: Outbound;
  #lastResponse: HttpResponse | undefined;

  /** @param signer - whose credentials sign the calls; a web identity needs none */
  constructor(endpoint: Endpoint, region: string, outbound: Outbound, signer?: AwsSecrets) {
    this.#outbound = outbound;
    this.#client = new STSClient({
      endpoint: endpoint.href,
      region,
      requestHandler: { handle: (request: SdkRequest) => this.#handle(request) },
      maxAttempts: 1,
      credentials: signer ? signer : () => Promise.reject(new Error('AssumeRoleWithWebIdentity is not signed.')),
      // All that the SDK would otherwise look for in the environment and in ~/.aws.
      authSchemePreference: [],
      defaultsMode: 'standard',
      retryMode: 'standard',
      sigv4aSigningRegionSet: [],
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      userAgentAppId: '',
    });
  }

  /** One attempt. @throws FedbridgeError */
  assumeRoleWithWebIdentity(request: RoleRequest, idToken: IdToken): Promise<AwsCredentials> {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: request.role.arn,
      RoleSessionName: request.sessionName,
      WebIdentityToken: idToken.reveal(),
      DurationSeconds: request.durationSeconds,
      Policy: request.inlinePolicy,
      PolicyArns: request.managedPolicies?.map((arn) => ({ arn })),
    });
    const { presented } = idToken;
    return this.#begin(() => this.#client.send(command), {
      role: request.role,
      presented,
      rules: webIdentityRules(request, idToken),
    });
  }

  /** One attempt. @throws FedbridgeError */
  assumeRole(request: ChainedRoleRequest, caller: AwsCredentials): Promise<AwsCredentials> {
    const command = new AssumeRoleCommand({
      RoleArn: request.role.arn,
      RoleSessionName: request.sessionName,
      DurationSeconds: request.durationSeconds,
      Policy: request.inlinePolicy,
      PolicyArns: request.managedPolicies?.map((arn) => ({ arn })),
      ExternalId: request.externalId,
      Tags: listed(request.tags.map(({ key, value }) => ({ Key: key, Value: value }))),
      TransitiveTagKeys: listed([...request.transitiveTagKeys]),
    });
    const { presented } = caller;
    return this.#begin(() => this.#client.send(command), {
      role: request.role,
      presented,
      rules: chainRules(request, caller),
    });
  }

  /** Who the signer is, or undefined if its credentials are not, or no longer, good. One attempt. @throws FedbridgeError */
  async callerIdentity(): Promise<AssumedRole | undefined> {
    this.#lastResponse = undefined;
    try {
      const { Arn, Account } = await this.#client.send(new GetCallerIdentityCommand({}));
      return Arn && Account ? { arn: Arn, accountId: Account } : undefined;
    } catch (error) {
      if (error instanceof FedbridgeError) throw error;
      const later = this.#lastResponse && unavailable(this.#lastResponse, 'STS', this.#outbound.system.now());
      if (later) throw later;
      return undefined;
    }
  }

  async #begin(call: () => Promise<Answer>, asked: Omit<Asked, 'now'>): Promise<AwsCredentials> {
    this.#lastResponse = undefined;
    const answer = await call().catch((error: unknown) => {
      if (error instanceof FedbridgeError) throw error;
      throw refusal(error as STSServiceException, this.#lastResponse, { ...asked, now: this.#outbound.system.now() });
    });
    const credentials = this.#read(answer, asked.presented);
    if (credentials.role.accountId === asked.role.accountId) return credentials;
    throw new FedbridgeError('EXCHANGE_REJECTED', `STS gave credentials of another account than ${asked.role.arn}.`, {
      answer: credentials.role.arn,
      hint: 'They were not delivered. See which service answers at the STS endpoint.',
    });
  }

  async #handle(request: SdkRequest) {
    const { host: _host, 'content-length': _length, ...headers } = request.headers;
    const port = request.port === undefined ? '' : `:${request.port}`;
    const response = await send(this.#outbound, {
      method: request.method === 'GET' ? 'GET' : 'POST',
      url: new URL(`${request.protocol}//${request.hostname}${port}${request.path}`),
      headers,
      body: String(request.body ?? ''),
    });
    this.#lastResponse = response;
    return { response: { statusCode: response.status, headers: response.headers, body: Buffer.from(response.body) } };
  }

  #read(answer: Answer, presented: Presented | undefined): AwsCredentials {
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    const arn = answer.AssumedRoleUser?.Arn;
    for (const secret of [AccessKeyId, SecretAccessKey, SessionToken]) if (secret) this.#outbound.mask(secret);
    const accountId = /^arn:[a-z-]+:sts::(\d{12}):assumed-role\/.+\/.+$/.exec(arn ?? '')?.[1];
    const expiresAt = Expiration?.getTime() ?? Number.NaN;
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !arn || !accountId || Number.isNaN(expiresAt)) {
      throw new FedbridgeError('ANSWER_MALFORMED', 'STS answered without credentials.', {
        answer: `HTTP ${this.#lastResponse?.status}`,
        hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
      });
    }
    return new AwsCredentials(
      { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      { role: { arn, accountId }, expiresAt, presented },
    );
  }
}

/** The Query protocol writes an empty list as one empty member. */
function listed<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}
