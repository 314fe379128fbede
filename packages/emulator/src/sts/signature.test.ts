import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sessions } from './sessions.ts';
import { type SignedRequest, signerOf } from './signature.ts';

const now = Date.parse('2026-11-21T09:30:00Z') / 1000;
const sessions = new Sessions(9);
const session = sessions.issue({
  ...{ arn: 'arn', roleArn: 'role', userId: 'AROA:x', account: '123456789012', expires: now + 60 },
  ...{ tags: {}, transitiveTagKeys: [] },
});
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** A request as AWS's documentation says that it is signed. Source: IAM User Guide, "Create a signed AWS API request". */
function signed({
  secret = session.secretAccessKey,
  service = 'sts',
  signs = 'host;x-amz-date;x-amz-security-token',
  time = '20261121T093000Z',
} = {}): SignedRequest {
  const headers = { host: 'sts.example.com', 'x-amz-date': time, 'x-amz-security-token': session.sessionToken };
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const lines = signs.split(';').map((name) => `${name}:${headers[name as keyof typeof headers]}\n`);
  const canonical = ['POST', '/', '', lines.join(''), signs, hash(body)].join('\n');
  const scope = `${time.slice(0, 8)}/eu-central-1/${service}/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${session.accessKeyId}/${scope}, SignedHeaders=${signs}, Signature=${signature}`;
  return { service: 'sts', method: 'POST', path: '/', query: '', headers: { ...headers, authorization }, body };
}
const code = (request: SignedRequest, at = now) => {
  try {
    return signerOf(request, sessions, at).accessKeyId;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a request that is signed', () => {
  it('is of the session that signed it', () => expect(code(signed())).toBe(session.accessKeyId));

  const good = signed();
  const headers = (changed: SignedRequest['headers']) => ({ ...good, headers: { ...good.headers, ...changed } });
  it.each<[string, SignedRequest, string]>([
    ['without a signature', headers({ authorization: undefined }), 'MissingAuthenticationToken'],
    ['with half of one', headers({ authorization: 'AWS4-HMAC-SHA256 Credential=x' }), 'IncompleteSignature'],
    [
      'of a key that was not given out',
      headers({ authorization: String(good.headers.authorization).replace('ASIA', 'AKIA') }),
      'InvalidClientTokenId',
    ],
    ["with another session's token", headers({ 'x-amz-security-token': 'x' }), 'InvalidClientTokenId'],
    ['whose body was changed', { ...good, body: `${good.body}x` }, 'SignatureDoesNotMatch'],
    ['whose path was changed', { ...good, path: '/x' }, 'SignatureDoesNotMatch'],
    ['whose query was changed', { ...good, query: 'x' }, 'SignatureDoesNotMatch'],
    ['whose method was changed', { ...good, method: 'GET' }, 'SignatureDoesNotMatch'],
    ['to another host', headers({ host: 'evil.example.com' }), 'SignatureDoesNotMatch'],
    ['with another secret', signed({ secret: 'x' }), 'SignatureDoesNotMatch'],
    ['for another service', signed({ service: 's3' }), 'SignatureDoesNotMatch'],
    ['that does not sign its host', signed({ signs: 'x-amz-date;x-amz-security-token' }), 'SignatureDoesNotMatch'],
    ['that does not sign its token', signed({ signs: 'host;x-amz-date' }), 'SignatureDoesNotMatch'],
  ])('is of nobody %s', (_what, request, expected) => expect(code(request)).toBe(expected));

  it('is good for fifteen minutes to either side, and while the session is', () => {
    expect([code(signed(), now - 900), code(signed(), now - 901)]).toEqual([
      session.accessKeyId,
      'SignatureDoesNotMatch',
    ]);
    expect([code(signed(), now + 59), code(signed(), now + 60)]).toEqual([session.accessKeyId, 'ExpiredToken']);
    expect(code(signed({ time: '20261121T091459Z' }))).toBe('SignatureDoesNotMatch');
  });
});
