import { sign } from 'node:crypto';
import type { SuiteKey } from './keys.ts';

/** A certificate that an RSA key signs for itself, DER in Base64. Source: RFC 5280, 4.1; X.690, 8.1. */
export function certificateOf({ privateKey, publicKey }: SuiteKey): string {
  const algorithm = sequence(sha256WithRsa, der(0x05));
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from('stranger')))));
  const validity = sequence(...['250101000000Z', '490101000000Z'].map((time) => der(0x17, Buffer.from(time))));
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const content = sequence(der(0x02, Buffer.from([1])), algorithm, name, validity, name, key);
  // A bit string begins with how many bits of its last byte are none.
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  return sequence(content, algorithm, signature).toString('base64');
}

/** 1.2.840.113549.1.1.11. */
const sha256WithRsa = Buffer.from('06092a864886f70d01010b', 'hex');
/** 2.5.4.3. */
const commonName = Buffer.from('0603550403', 'hex');

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
