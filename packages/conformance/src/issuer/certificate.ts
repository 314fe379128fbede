import { sign } from 'node:crypto';
import { bitString, der, sequence } from '../der.ts';
import type { SuiteKey } from './keys.ts';

/** A certificate that an RSA key signs for itself, DER in Base64. Source: RFC 5280, 4.1. */
export function certificateOf({ privateKey, publicKey }: SuiteKey): string {
  const algorithm = sequence(sha256WithRsa, der(0x05));
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from('stranger')))));
  const validity = sequence(...['250101000000Z', '490101000000Z'].map((time) => der(0x17, Buffer.from(time))));
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const content = sequence(der(0x02, Buffer.from([1])), algorithm, name, validity, name, key);
  return sequence(content, algorithm, bitString(sign('sha256', content, privateKey))).toString('base64');
}

/** 1.2.840.113549.1.1.11. */
const sha256WithRsa = Buffer.from('06092a864886f70d01010b', 'hex');
/** 2.5.4.3. */
const commonName = Buffer.from('0603550403', 'hex');
