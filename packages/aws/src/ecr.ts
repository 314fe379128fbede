import {
  type Endpoint,
  FedbridgeError,
  firstSentence,
  type HttpResponse,
  type Outbound,
  parseEndpoint,
  readJson,
  retry,
  send,
  textMember,
  unavailable,
} from '@fedbridge/core';
import type { AdmittedCredentials } from './admit.ts';
import { parseRegion, type Region } from './partition.ts';

/** A private registry of Amazon ECR. */
export interface EcrRegistry {
  readonly region: Region;
}

/** What a client logs in to a registry with. */
interface RegistryLogin {
  readonly username: string;
  readonly secret: string;
}

const target = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';

/** The registry that a host is; undefined for any other. Source: Amazon ECR User Guide, "Amazon ECR private registry". */
export function ecrRegistry(host: string): EcrRegistry | undefined {
  const [, region, suffix] = /^\d{12}\.dkr\.ecr\.([a-z]+(?:-[a-z]+)+-\d)\.([a-z\d.]+)$/.exec(host) ?? [];
  if (region === undefined) return undefined;
  try {
    const known = parseRegion(region);
    return known.partition.dnsSuffix === suffix ? { region: known } : undefined;
  } catch (error) {
    if (error instanceof FedbridgeError) return undefined;
    throw error;
  }
}

/** Where a region's ECR is asked. Source: AWS General Reference, "Amazon ECR endpoints and quotas". */
export function ecrEndpoint({ name, partition }: Region): Endpoint {
  return parseEndpoint(`https://api.ecr.${name}.${partition.dnsSuffix}`, 'the ECR endpoint');
}

/**
 * A password for a registry, of the role's credentials. It lives twelve hours, and no longer than they.
 * Source: Amazon ECR API Reference, "GetAuthorizationToken".
 *
 * @throws FedbridgeError `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `UNAVAILABLE`, `ANSWER_MALFORMED`, `HTTP_*`
 */
export async function ecrLogin(
  { region }: EcrRegistry,
  endpoint: Endpoint,
  credentials: AdmittedCredentials,
  outbound: Outbound,
): Promise<RegistryLogin> {
  return retry(outbound, async () => {
    const url = new URL('/', endpoint);
    const headers = await signed(url, region.name, credentials, outbound);
    return readLogin(await send(outbound, { method: 'POST', url, headers, body: '{}' }), credentials, outbound);
  });
}

/** Source: AWS, "Signature Version 4 for API requests". */
async function signed(url: URL, region: string, credentials: AdmittedCredentials, { system }: Outbound) {
  const { HttpRequest, Sha256, SignatureV4 } = await import('./sdk/signature.ts');
  const signer = new SignatureV4({ service: 'ecr', region, credentials: credentials.reveal(), sha256: Sha256 });
  const headers = { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const request = new HttpRequest({ method: 'POST', hostname: url.hostname, path: '/', headers, body: '{}' });
  const { host: _host, ...sent } = (await signer.sign(request, { signingDate: new Date(system.now()) })).headers;
  return sent;
}

function readLogin(response: HttpResponse, credentials: AdmittedCredentials, outbound: Outbound): RegistryLogin {
  const later = unavailable(response, 'ECR', outbound.system.now());
  if (later) throw later;
  const answer = readJson(response, 'ECR');
  if (response.status !== 200) throw denial(response.status, answer, credentials);
  const [data] = ((answer as { authorizationData?: unknown } | null)?.authorizationData as unknown[] | undefined) ?? [];
  const token = textMember(data, 'authorizationToken') ?? '';
  const [, username, secret] = /^(AWS):([\w.~+/=-]+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (username === undefined || secret === undefined) {
    throw new FedbridgeError('ANSWER_MALFORMED', 'ECR answered without a password.', {
      answer: `HTTP ${response.status}`,
    });
  }
  outbound.mask(token);
  outbound.mask(secret);
  return { username, secret };
}

function denial(status: number, answer: unknown, credentials: AdmittedCredentials): FedbridgeError {
  const type = textMember(answer, '__type')?.replace(/^.*#/, '');
  const message = textMember(answer, 'message') ?? textMember(answer, 'Message');
  const said = message === undefined ? '' : `: ${firstSentence(message, ...Object.values(credentials.reveal()))}`;
  const isDenied = status === 403 || type === 'AccessDeniedException';
  return new FedbridgeError(
    isDenied ? 'EXCHANGE_REFUSED' : 'EXCHANGE_REJECTED',
    isDenied ? `ECR denied ${credentials.title}.` : 'ECR does not accept the request.',
    {
      answer: `HTTP ${status}${type ? ` ${type}` : ''}${said}`,
      hint: 'The role needs ecr:GetAuthorizationToken on *, and to push or pull the permissions of AmazonEC2ContainerRegistryPowerUser.',
    },
  );
}
