import { constants, createHmac, randomBytes, sign } from 'node:crypto';
import type { Signing } from '../cases/token.ts';
import { jwkOf, type SuiteKey } from './keys.ts';

/** What is signed with. */
export interface Signer {
  readonly key: SuiteKey;
  /** The key that the trusted issuer publishes, which an HMAC takes for a secret. */
  readonly published: SuiteKey;
}

/** The signature of a text, made so. Source: RFC 7518, 3. */
export function signatureOf(content: Buffer, signing: Signing, { key, published }: Signer): Buffer {
  const { privateKey } = key;
  const hmac = (secret: string | Buffer) => createHmac('sha256', secret).update(content).digest();
  switch (signing) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return sign(`sha${signing.slice(2)}`, content, privateKey);
    case 'PS256': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return sign('sha256', content, { key: privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    }
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return sign(`sha${signing.slice(2)}`, content, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    case 'ES256 in DER':
      return sign('sha256', content, { key: privateKey, dsaEncoding: 'der' });
    case 'ES256 of zeros':
      return Buffer.alloc(64);
    case 'HS256 of PEM':
      return hmac(published.publicKey.export({ format: 'pem', type: 'spki' }));
    case 'HS256 of JWK':
      return hmac(JSON.stringify(jwkOf(published)));
    case 'HS256 of nothing':
      return hmac('');
    case 'of another token':
      return sign('sha256', randomBytes(32), privateKey);
    case 'none':
      return Buffer.alloc(0);
  }
}

/** What the header calls an algorithm. */
export function algorithmName(signing: Signing): string {
  return signing === 'of another token' ? 'RS256' : (signing.split(' ')[0] ?? signing);
}
