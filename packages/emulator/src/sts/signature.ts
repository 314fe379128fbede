import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Session, Sessions } from './sessions.ts';
import { StsProblem } from './sts-problem.ts';

/** A request to a service of AWS, as it came in. */
export interface SignedRequest {
  /** What the request is to, as its signature must name it: `sts`, `s3`. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const maxSkewSeconds = 15 * 60;

/**
 * Returns the session that signed a request.
 * Source: IAM User Guide, "AWS Signature Version 4 for API requests".
 *
 * @param now - seconds since 1970-01-01 UTC
 * @throws StsProblem
 */
export function signerOf(request: SignedRequest, sessions: Sessions, now: number): Session {
  const header = text(request.headers.authorization);
  if (header === '') throw new StsProblem('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([\da-f]{64})$/.exec(
      header,
    ) ?? [];
  if (signature === '')
    throw new StsProblem('IncompleteSignature', 'Authorization header is not of the form of Signature Version 4.');
  const session = sessions.find(accessKeyId);
  if (!session || text(request.headers['x-amz-security-token']) !== session.sessionToken) {
    throw new StsProblem('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  }
  const time = text(request.headers['x-amz-date']);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash(canonical(request, signedHeaders))].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${session.secretAccessKey}`);
  const signs = ['host', 'x-amz-date', 'x-amz-security-token'].every((name) => signedHeaders.split(';').includes(name));
  if (!signs || service !== request.service || !timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))) {
    throw new StsProblem(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
      403,
    );
  }
  if (!time.startsWith(date) || Math.abs(secondsOf(time) - now) > maxSkewSeconds) {
    throw new StsProblem('SignatureDoesNotMatch', `Signature expired: ${time} is not within 15 minutes of now.`, 403);
  }
  if (session.expires <= now) {
    throw new StsProblem('ExpiredToken', 'The security token included in the request is expired', 403);
  }
  return session;
}

function canonical({ method, path, query, headers, body }: SignedRequest, signedHeaders: string): string {
  const parameters = query === '' ? [] : query.split('&').map((one) => (one.includes('=') ? one : `${one}=`));
  const lines = signedHeaders.split(';').map((name) => `${name}:${text(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  // S3 alone has its callers say the hash, or that the payload is not signed.
  const payload = text(headers['x-amz-content-sha256']) || hash(body);
  return [method, path, parameters.sort().join('&'), lines.join(''), signedHeaders, payload].join('\n');
}

/** `20261121T093000Z` in seconds since 1970-01-01 UTC. */
function secondsOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')) / 1000;
}

const text = (header: string | string[] | undefined) => (Array.isArray(header) ? header.join(',') : (header ?? ''));
const hash = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest();
