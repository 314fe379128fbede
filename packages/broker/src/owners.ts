import { readFileSync } from 'node:fs';

/** IPv4, and what speaks it from a socket of IPv6, as Java does. */
const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * The users whose connections on this machine have these ports, by port; empty where the system does not tell. Reading it costs
 * milliseconds: ask when it matters.
 * Source: proc_net(5), "local_address" in hexadecimal, "uid".
 */
export function ownersOf(ports: ReadonlySet<number>, from: readonly string[] = tables): ReadonlyMap<number, string> {
  const owners = new Map<number, string>();
  for (const path of from) {
    for (const [, port = '', uid = ''] of read(path).matchAll(row)) {
      const number = Number.parseInt(port, 16);
      if (ports.has(number)) owners.set(number, uid);
    }
  }
  return owners;
}

/** `  0: 0100007F:8AB2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000 …` of a connection that stands (01). */
const row = /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:[\dA-F]{4} 01 \S+ \S+ \S+ +(\d+) /gm;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
