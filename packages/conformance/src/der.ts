/** ASN.1 in DER, as much as certificates and requests for them need. Source: X.690, 8.1. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** What follows one another. */
export const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);

/** A bit string begins with how many bits of its last byte are none. */
export const bitString = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes);
