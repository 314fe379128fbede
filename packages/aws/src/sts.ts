import { AssumeRoleWithWebIdentityCommand, STSClient, type STSServiceException } from '@aws-sdk/client-sts';
import {
  type Endpoint,
  FedbridgeError,
  type HttpResponse,
  type IdToken,
  type Outbound,
  type Presented,
  send,
} from '@fedbridge/core';
import type { RoleRequest } from './assume-role.ts';
import { AwsCredentials } from './credentials.ts';
import { refusal } from './refusal.ts';

interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** STS through the AWS SDK, which speaks the protocol, over our HTTP, which has the time-outs, proxies and bounds. */
export class Sts {
  readonly #client: STSClient;
  readonly #outbound: Outbound;
  #lastResponse: HttpResponse | undefined;

  constructor(endpoint: Endpoint, region: string, outbound: Outbound) {
    this.#outbound = outbound;
    this.#client = new STSClient({
      endpoint: endpoint.href,
      region,
      requestHandler: { handle: (request: SdkRequest) => this.#handle(request) },
      maxAttempts: 1,
      // All that the SDK would otherwise look for in the environment and in ~/.aws.
      credentials: () => Promise.reject(new Error('AssumeRoleWithWebIdentity is not signed.')),
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
  async assumeRoleWithWebIdentity(request: RoleRequest, idToken: IdToken): Promise<AwsCredentials> {
    this.#lastResponse = undefined;
    try {
      const answer = await this.#client.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: request.role.arn,
          RoleSessionName: request.sessionName,
          WebIdentityToken: idToken.reveal(),
          DurationSeconds: request.durationSeconds,
          Policy: request.inlinePolicy,
          PolicyArns: request.managedPolicies?.map((arn) => ({ arn })),
        }),
      );
      const credentials = this.#read(answer.Credentials, answer.AssumedRoleUser?.Arn, idToken.presented);
      if (credentials.role.accountId === request.role.accountId) return credentials;
      throw new FedbridgeError(
        'EXCHANGE_REJECTED',
        `STS gave credentials of another account than ${request.role.arn}.`,
        {
          answer: credentials.role.arn,
          hint: 'They were not delivered. See which service answers at the STS endpoint.',
        },
      );
    } catch (error) {
      if (error instanceof FedbridgeError) throw error;
      throw refusal(error as STSServiceException, this.#lastResponse, request, idToken, this.#outbound.system.now());
    }
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

  #read(credentials: SdkCredentials | undefined, arn: string | undefined, presented: Presented): AwsCredentials {
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
    for (const secret of [SecretAccessKey, SessionToken]) if (secret) this.#outbound.mask(secret);
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

interface SdkCredentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly Expiration?: Date | undefined;
}
