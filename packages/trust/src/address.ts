/** An IP address as its bytes, 4 or 16. */
export type Address = readonly number[];

/** Whether an address is in a range of CIDR notation, or is the one that stands in its place; false for what is neither. */
export function isInRange(address: string, range: string): boolean {
  return rangesMatcher([range])(address);
}

/** Whether an address is in one of many ranges: looked up by the lengths of prefixes that they have, of which there are few. */
export function rangesMatcher(ranges: readonly string[]): (address: string) => boolean {
  const networks = new Set<string>();
  const prefixes = new Set<number>();
  for (const range of ranges) {
    const [network = '', bits, ...more] = range.split('/', 3);
    const wanted = parseAddress(network);
    if (!wanted || more.length > 0) continue;
    const prefix = bits === undefined ? 8 * wanted.length : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (!(prefix <= 8 * wanted.length)) continue;
    prefixes.add(prefix);
    networks.add(networkOf(wanted, prefix));
  }
  return (address) => {
    const actual = parseAddress(address);
    return actual !== undefined && [...prefixes].some((prefix) => networks.has(networkOf(actual, prefix)));
  };
}

function networkOf(address: Address, prefix: number): string {
  const kept = address.map((byte, index) => {
    const ignored = 8 - Math.min(8, Math.max(0, prefix - 8 * index));
    return (byte >>> ignored) << ignored;
  });
  return `${kept.join('.')}/${prefix}`;
}

/** @returns undefined for what is no address of IPv4 in four decimal numbers, or of IPv6 [RFC 4291, 2.2] */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  const isV4 = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isV4 ? parts.map(Number) : undefined;
}

function parseV6(text: string): Address | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groups(head, tail === undefined);
  const after = tail === undefined ? [] : groups(tail, true);
  if (!before || !after) return undefined;
  const missing = 16 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** Groups of four digits, the last of which may be an address of IPv4. */
function groups(text: string, isLast: boolean): Address | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const v4 = isLast && parts.at(-1)?.includes('.') ? parseV4(parts.pop() ?? '') : [];
  if (!v4 || !parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  return [...parts.flatMap((part) => [Number.parseInt(part, 16) >>> 8, Number.parseInt(part, 16) & 255]), ...v4];
}
