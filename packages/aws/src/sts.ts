import type {
  AssumeRoleWithWebIdentityResponse,
  GetCallerIdentityResponse,
  STSServiceException,
} from '@aws-sdk/client-sts';
import {
  type Endpoint,
  FedbridgeError,
  type HttpResponse,
  type Outbound,
  type Presented,
  send,
  shapeOf,
  unavailable,
  visible,
} from '@fedbridge/core';
import type { AdmittedIdToken } from '@fedbridge/identity';
import type { StaticOperationSchema } from '@smithy/types';
import { type AssumedRole, AwsCredentials, type Caller } from './credentials.ts';
import type { RoleRequest } from './role-request.ts';
import {
  AssumeRole$,
  AssumeRoleWithWebIdentity$,
  AwsQueryProtocol,
  errorTypeRegistries,
  fromBase64,
  fromUtf8,
  GetCallerIdentity$,
  operation,
  toBase64,
  toUtf8,
} from './sdk/protocol.ts';
import { type AwsSecrets, parseSecrets } from './secrets.ts';
import { isSessionOf, parseSessionArn, sessionArn } from './session-arn.ts';
import type { DenialRule, DeniedRequest } from './sts-denial.ts';

/** A call that begins a session, and who makes it. */
type Asking = Pick<DeniedRequest, 'caller' | 'presented' | 'secrets'> & {
  readonly schema: StaticOperationSchema;
  readonly parameters: object;
  /** Loaded for a call that is denied. */
  readonly rules: () => Promise<readonly DenialRule[]>;
};
type Answer = Pick<AssumeRoleWithWebIdentityResponse, 'Credentials' | 'AssumedRoleUser'>;
type SerializeContext = Parameters<AwsQueryProtocol['serializeRequest']>[2];
type SdkRequest = Awaited<ReturnType<AwsQueryProtocol['serializeRequest']>>;
type SdkResponse = Parameters<AwsQueryProtocol['deserializeResponse']>[2];

const serde = {
  base64Decoder: fromBase64,
  base64Encoder: toBase64,
  utf8Decoder: fromUtf8,
  utf8Encoder: toUtf8,
  // A body is whole when it gets here.
  streamCollector: (body: Uint8Array) => Promise.resolve(body),
};

/** STS as the AWS SDK's protocol speaks it, over our HTTP, which has the time-outs, proxies and bounds. */
export class Sts {
  readonly #endpoint: Endpoint;
  readonly #region: string;
  readonly #outbound: Outbound;
  readonly #signer: AwsSecrets | undefined;
  readonly #protocol = new AwsQueryProtocol({
    defaultNamespace: 'com.amazonaws.sts',
    errorTypeRegistries,
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    version: '2011-06-15',
  });
  #lastResponse: HttpResponse | undefined;

  /** @param signer - whose credentials sign the calls; a web identity needs none */
  constructor(endpoint: Endpoint, region: string, outbound: Outbound, signer?: AwsSecrets) {
    this.#endpoint = endpoint;
    this.#region = region;
    this.#outbound = outbound;
    this.#signer = signer;
    this.#protocol.setSerdeContext(serde);
  }

  /** One attempt. @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*` */
  assumeRoleWithWebIdentity(request: RoleRequest, idToken: AdmittedIdToken): Promise<AwsCredentials> {
    const { presented } = idToken;
    const token = idToken.reveal();
    return this.#begin(request, {
      schema: AssumeRoleWithWebIdentity$,
      parameters: { ...parametersOf(request), WebIdentityToken: token },
      presented,
      secrets: [token],
      rules: async () => (await import('./web-identity-denials.ts')).webIdentityRules(request, idToken),
    });
  }

  /** One attempt. @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*` */
  assumeRole(request: RoleRequest, caller: Caller): Promise<AwsCredentials> {
    const { presented } = caller;
    return this.#begin(request, {
      schema: AssumeRole$,
      parameters: parametersOf(request),
      caller,
      presented,
      secrets: Object.values(caller.reveal()),
      rules: async () => (await import('./chain-denials.ts')).chainRules(request, caller),
    });
  }

  /** Who the signer is, or undefined if its credentials are not, or no longer, good. One attempt. @throws FedbridgeError `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*` */
  async callerIdentity(): Promise<AssumedRole | undefined> {
    this.#lastResponse = undefined;
    try {
      const { Arn, Account } = await this.#call<GetCallerIdentityResponse>(GetCallerIdentity$, {});
      return Arn && Account ? { arn: Arn, accountId: Account } : undefined;
    } catch (error) {
      if (error instanceof FedbridgeError) throw error;
      const later = this.#lastResponse && unavailable(this.#lastResponse, 'STS', this.#outbound.system.now());
      if (later) throw later;
      return undefined;
    }
  }

  async #begin(request: RoleRequest, { schema, parameters, ...asking }: Asking): Promise<AwsCredentials> {
    this.#lastResponse = undefined;
    const { role, sessionName } = request;
    const answer = await this.#call<Answer>(schema, parameters).catch(async (error: unknown) => {
      if (error instanceof FedbridgeError) throw error;
      const [{ denial }, rules] = await Promise.all([import('./sts-denial.ts'), asking.rules()]);
      const now = this.#outbound.system.now();
      throw denial(error as STSServiceException, this.#lastResponse, { ...asking, role, rules, now });
    });
    const credentials = this.#read(answer, request, asking.presented);
    const { arn } = credentials.role;
    if (isSessionOf(arn, role, sessionName)) return credentials;
    const what = difference(arn, request);
    throw new FedbridgeError('EXCHANGE_REJECTED', `STS gave credentials ${what}.`, {
      answer: arn,
      breaksGuard: true,
      hint: 'They were not delivered. See which service answers at the STS endpoint.',
    });
  }

  /** @throws what the protocol makes of an error of STS, or of an answer that is not one */
  async #call<Output>(
    [, namespace, name, traits, input, output]: StaticOperationSchema,
    parameters: object,
  ): Promise<Output> {
    const shape = operation(namespace, name, traits, input, output);
    const context = { ...serde, endpoint: async () => this.#address } as unknown as SerializeContext;
    const { body, headers } = await this.#signed(await this.#protocol.serializeRequest(shape, parameters, context));
    const { host: _host, ...sent } = headers;
    const response = await send(this.#outbound, {
      method: 'POST',
      url: new URL(this.#endpoint.href),
      headers: sent,
      body: String(body),
    });
    this.#lastResponse = response;
    const answer = { statusCode: response.status, headers: { ...response.headers }, body: Buffer.from(response.body) };
    const read = await this.#protocol.deserializeResponse(shape, context, answer as unknown as SdkResponse);
    return read as Output;
  }

  get #address() {
    const { protocol, hostname, port, pathname } = new URL(this.#endpoint.href);
    return { protocol, hostname, path: pathname, ...(port === '' ? {} : { port: Number(port) }) };
  }

  /** Source: AWS, "Signature Version 4 for API requests". */
  async #signed(request: SdkRequest): Promise<Pick<SdkRequest, 'headers' | 'body'>> {
    if (!this.#signer) return request;
    const { HttpRequest, Sha256, SignatureV4 } = await import('./sdk/signature.ts');
    const signer = new SignatureV4({
      service: 'sts',
      region: this.#region,
      credentials: this.#signer,
      sha256: Sha256,
    });
    const headers = { ...request.headers, host: new URL(this.#endpoint.href).host };
    const signingDate = new Date(this.#outbound.system.now());
    return signer.sign(new HttpRequest({ ...request, headers }), { signingDate });
  }

  #read(
    { Credentials, AssumedRoleUser }: Answer,
    { role, sessionName }: RoleRequest,
    presented: Presented | undefined,
  ): AwsCredentials {
    const given = {
      accessKeyId: Credentials?.AccessKeyId,
      secretAccessKey: Credentials?.SecretAccessKey,
      sessionToken: Credentials?.SessionToken,
    };
    const secrets = parseSecrets(given, this.#outbound);
    const expiresAt = Credentials?.Expiration?.getTime() ?? Number.NaN;
    if (!secrets || Number.isNaN(expiresAt)) {
      throw new FedbridgeError('ANSWER_MALFORMED', 'STS answered without credentials.', {
        answer: this.#lastResponse && shapeOf(this.#lastResponse),
        hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
      });
    }
    // Services that are not AWS's leave out what only repeats the request: SeaweedFS all of it, MinIO what is in it.
    const arn = AssumedRoleUser?.Arn?.trim() || sessionArn(role, sessionName);
    const accountId = parseSessionArn(arn)?.accountId;
    if (!accountId) {
      throw new FedbridgeError('ANSWER_MALFORMED', 'STS gave credentials of something that is no session of a role.', {
        answer: `AssumedRoleUser ${visible(arn.slice(0, 200))}`,
        breaksGuard: true,
        hint: 'They were not delivered. See which service answers at the STS endpoint.',
      });
    }
    return new AwsCredentials(secrets, { role: { arn, accountId }, expiresAt, presented });
  }
}

/** A request as both calls have it: of each, the protocol sends what the call has. */
function parametersOf(request: RoleRequest) {
  const { role, sessionName, durationSeconds, inlinePolicy, managedPolicies, externalId } = request;
  return {
    RoleArn: role.arn,
    RoleSessionName: sessionName,
    DurationSeconds: durationSeconds,
    Policy: inlinePolicy,
    PolicyArns: managedPolicies?.map((arn) => ({ arn })),
    ExternalId: externalId,
    Tags: listed(request.tags?.map(({ key, value }) => ({ Key: key, Value: value }))),
    TransitiveTagKeys: listed(request.transitiveTagKeys),
  };
}

/** What a session is that is not the one that was asked for. */
function difference(arn: string, { role, sessionName }: RoleRequest): string {
  if (isSessionOf(arn, role, undefined)) return `under another session name than ${sessionName}`;
  const session = parseSessionArn(arn);
  const isThere = session?.partition === role.partition && session.accountId === role.accountId;
  return `of another ${isThere ? 'role' : 'account'} than ${role.arn}`;
}

/** The Query protocol writes an empty list as one empty member. */
function listed<T>(list: readonly T[] = []): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
