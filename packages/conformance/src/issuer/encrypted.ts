import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import type { SuiteKey } from './keys.ts';

/**
 * Claims that are encrypted with a public key and not signed, as anybody can who reads the issuer's keys.
 * Source: RFC 7516, 5.1; RFC 7518, 4.3 and 5.3.
 */
export function encryptedClaims(claims: string, { kid, publicKey }: SuiteKey): string {
  const secret = randomBytes(32);
  const nonce = randomBytes(12);
  const header = Buffer.from(JSON.stringify({ alg: 'RSA-OAEP', enc: 'A256GCM', typ: 'JWT', kid })).toString(
    'base64url',
  );
  const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(header));
  const text = Buffer.concat([cipher.update(claims), cipher.final()]);
  const key = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, secret);
  return [header, ...[key, nonce, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}
