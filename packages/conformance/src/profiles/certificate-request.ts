import { generateKeyPairSync, sign } from 'node:crypto';
import { bitString, der, sequence } from '../der.ts';

/** A request for a certificate of a new key, which names nobody, PEM. Source: RFC 2986, 4. */
export function certificateRequest(): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const version = der(0x02, Buffer.from([0]));
  const attributes = der(0xa0);
  const content = sequence(version, sequence(), publicKey.export({ format: 'der', type: 'spki' }), attributes);
  const signed = sequence(content, sequence(ecdsaWithSha256), bitString(sign('sha256', content, privateKey)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join('\n');
}

/** 1.2.840.10045.4.3.2. */
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex');
