import {
  type Environment,
  FedbridgeError,
  type HttpRequest,
  type HttpResponse,
  type Outbound,
  parseMachineEndpoint,
  readJson,
  readSmallFile,
  retry,
  send,
  textMember,
  type UnreadableFile,
  unavailable,
} from '@fedbridge/core';
import type { Caller } from './credentials.ts';
import { jobSecrets } from './job-secrets.ts';
import { type AwsSecrets, parseSecrets } from './secrets.ts';

/** Where the AWS credentials are that a job, a container or a machine has of its own, as data. May hold secrets. */
export type OwnCredentials =
  | { readonly from: 'job'; readonly secrets: AwsSecrets }
  | {
      readonly from: 'container';
      readonly url: string;
      readonly token: string | undefined;
      readonly tokenFile: string | undefined;
    }
  | { readonly from: 'instance'; readonly url: string };

/** ECS' address [Amazon ECS Developer Guide, "Task IAM role"], and EC2's [EC2 User Guide, "Instance metadata"]. */
const ecs = 'http://169.254.170.2';
const ec2 = 'http://169.254.169.254';
const connectMs = 900;

const unknownRole = { role: undefined, presented: undefined } as const;

/**
 * The first that is there, in the order of AWS's SDKs: of the job, of the container (ECS, EKS Pod Identity), of the EC2 instance.
 * Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
 *
 * @throws FedbridgeError `INPUT_INVALID` for ones that are not taken: silently taking the next would be somebody else;
 *   `ENDPOINT_NOT_ALLOWED`, and `DELIVERY_FAILED` for a file that cannot be read
 */
export async function ownCredentials(
  environment: Environment,
  { mask }: Pick<Outbound, 'mask'>,
): Promise<OwnCredentials> {
  const found = await jobSecrets(environment);
  const secrets = found && parseSecrets(found, { mask });
  if (secrets) return { from: 'job', secrets };
  const refuse = (what: string, hint: string) => new FedbridgeError('INPUT_INVALID', what, { hint });
  if (environment.AWS_ACCESS_KEY_ID || environment.AWS_PROFILE) {
    const where = environment.AWS_ACCESS_KEY_ID ? 'AWS_ACCESS_KEY_ID' : `The profile ${environment.AWS_PROFILE}`;
    throw refuse(
      `${where} has no session credentials of AWS.`,
      'Long-lived keys are not taken. Unset it to use the machine.',
    );
  }
  if (environment.AWS_WEB_IDENTITY_TOKEN_FILE) {
    throw refuse(
      'This pod has a web identity (AWS_WEB_IDENTITY_TOKEN_FILE).',
      'Take identity kubernetes, with the role of AWS_ROLE_ARN to assume and this role in the chain.',
    );
  }
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = environment;
  if (relative || full) {
    const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile } = environment;
    if (token) mask(token);
    return { from: 'container', url: relative ? ecsUrl(relative) : (full ?? ''), token, tokenFile };
  }
  if (/^true$/i.test(environment.AWS_EC2_METADATA_DISABLED ?? '')) {
    throw refuse('AWS_EC2_METADATA_DISABLED is true, and nothing else has credentials of AWS here.', 'Unset it.');
  }
  return { from: 'instance', url: environment.AWS_EC2_METADATA_SERVICE_ENDPOINT || ec2 };
}

/** @throws FedbridgeError `ENDPOINT_NOT_ALLOWED` for what is no path, and so would lead elsewhere */
function ecsUrl(relative: string): string {
  const url = URL.canParse(relative, ecs) ? new URL(relative, ecs) : undefined;
  if (url?.origin === ecs && !url.username && !url.password) return url.href;
  throw new FedbridgeError('ENDPOINT_NOT_ALLOWED', `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path of ${ecs}.`, {
    hint: 'Nothing was sent there. See which earlier step of the job changes that variable.',
  });
}

/** @throws FedbridgeError `ID_TOKEN_UNAVAILABLE`, `ID_TOKEN_MALFORMED`, `ENDPOINT_NOT_ALLOWED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*` */
export async function callerOf(own: OwnCredentials, outbound: Outbound): Promise<Caller> {
  switch (own.from) {
    case 'job':
      return {
        title: 'the credentials that the job has',
        ...unknownRole,
        expiresAt: undefined,
        reveal: () => own.secrets,
      };
    case 'container':
      return retry(outbound, () => ofContainer(own, outbound));
    case 'instance':
      return retry(outbound, () => ofInstance(own.url, outbound));
  }
}

/** Source: AWS SDKs and Tools Reference Guide, "Container credential provider". */
async function ofContainer(own: OwnCredentials & { readonly from: 'container' }, outbound: Outbound): Promise<Caller> {
  const url = parseMachineEndpoint(own.url, 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
  const authorization = await authorizationOf(own, outbound);
  const headers: Record<string, string> = { accept: 'application/json', ...(authorization ? { authorization } : {}) };
  const response = await ask(outbound, { method: 'GET', url, headers });
  return parseCaller(response, 'the container', outbound);
}

async function authorizationOf(
  { token, tokenFile }: OwnCredentials & { readonly from: 'container' },
  { deadline, system, mask }: Outbound,
): Promise<string | undefined> {
  if (!tokenFile) return token;
  const file = await readSmallFile(tokenFile, { withinMs: deadline - system.now() }).catch((error: UnreadableFile) => {
    throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', `${tokenFile} ${error.message}.`, {
      cause: error,
      hint: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names it.',
    });
  });
  const text = file.toString('utf8').trim();
  if (text !== '') mask(text);
  if (/^[\x20-\x7e]+$/.test(text)) return text;
  throw new FedbridgeError('ID_TOKEN_MALFORMED', `${tokenFile} has something else than one line of text.`);
}

/** Source: EC2 User Guide, "Use IMDSv2" and "Retrieve security credentials from instance metadata". */
async function ofInstance(url: string, outbound: Outbound): Promise<Caller> {
  const origin = parseMachineEndpoint(url, 'AWS_EC2_METADATA_SERVICE_ENDPOINT');
  const at = (path: string) => new URL(path, origin);
  const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' };
  const session = await ask(outbound, { method: 'PUT', url: at('/latest/api/token'), headers: lifetime, body: '' });
  const token = session.body.trim();
  if (!/^[\x21-\x7e]{1,1024}$/.test(token)) throw malformed(session);
  outbound.mask(token);
  const headers = { 'x-aws-ec2-metadata-token': token };
  const path = '/latest/meta-data/iam/security-credentials/';
  const names = await ask(outbound, { method: 'GET', url: at(path), headers });
  const name = names.body.trim().split('\n')[0] ?? '';
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) throw malformed(names);
  return parseCaller(
    await ask(outbound, { method: 'GET', url: at(`${path}${name}`), headers }),
    `the instance, ${name}`,
    outbound,
  );
}

async function ask(outbound: Outbound, request: HttpRequest): Promise<HttpResponse> {
  const response = await send(outbound, { ...request, direct: true, connectMs }).catch((error: unknown) => {
    const isElsewhere = error instanceof FedbridgeError && ['HTTP_CONNECT', 'HTTP_TIMEOUT'].includes(error.code);
    throw isElsewhere ? none(error.message, error) : error;
  });
  const later = unavailable(response, 'The credentials endpoint of this machine', outbound.system.now());
  if (later) throw later;
  if (response.status === 200) return response;
  throw none(`HTTP ${response.status} of ${request.url.host}`);
}

function none(answer: string, cause?: unknown): FedbridgeError {
  return new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'This machine has no credentials of AWS.', {
    cause,
    answer,
    hint: 'See that the EC2 instance, ECS task or EKS pod has a role, and that a container may reach the instance metadata.',
  });
}

function parseCaller(response: HttpResponse, whose: string, outbound: Outbound): Caller {
  const answer = readJson(response, 'The credentials endpoint of this machine');
  const member = (name: string) => textMember(answer, name);
  const given = {
    accessKeyId: member('AccessKeyId'),
    secretAccessKey: member('SecretAccessKey'),
    sessionToken: member('Token'),
  };
  const secrets = parseSecrets(given, outbound);
  const text = member('Expiration') ?? '';
  const expiresAt = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // EC2 says "Success", or what is wrong; containers say nothing.
  if (!secrets || !(expiresAt > outbound.system.now()) || (member('Code') ?? 'Success') !== 'Success') {
    throw malformed(response);
  }
  return { title: `the role of ${whose}`, ...unknownRole, expiresAt, reveal: () => secrets };
}

function malformed({ status }: HttpResponse): FedbridgeError {
  return new FedbridgeError(
    'ANSWER_MALFORMED',
    'The credentials endpoint of this machine answered without credentials.',
    {
      answer: `HTTP ${status}`,
      hint: 'See that the role of the machine exists and that AWS may assume it.',
    },
  );
}
