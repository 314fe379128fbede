import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/** The two ends of a connection, as the one who was connected to sees them. */
export type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** The user at the other end of a connection; undefined where that cannot be told. */
export type OwnerOf = (connection: Ends) => string | undefined;

/** IPv4, and what speaks it from a socket of IPv6, as Java does. */
const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * Reads whose the connections of this machine are, as far as the system tells. That costs milliseconds: ask when it matters.
 *
 * A connection is told by both of its ends: others have its port too, on other addresses of the machine or to another server.
 * Source: proc_net(5), "local_address" in hexadecimal, "uid".
 */
export function readOwners(from: readonly string[] = tables): OwnerOf {
  const owners = new Map<string, string>();
  for (const path of from) {
    for (const [, local = '', localPort = '', remote = '', remotePort = '', uid = ''] of read(path).matchAll(row)) {
      owners.set(`${local}:${localPort} ${remote}:${remotePort}`, uid);
    }
  }
  // The table has it as the other end does.
  return ({ remoteAddress, remotePort, localAddress, localPort }) =>
    owners.get(`${written(remoteAddress, remotePort)} ${written(localAddress, localPort)}`);
}

/**
 * `  0: 0100007F:8AB2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000 …` of a connection that stands (01). An address of IPv6
 * that stands for one of IPv4 (`::ffff:127.0.0.1`) is taken for that.
 */
const row =
  /^ *\d+: (?:0{16}(?:FFFF0{4}|0{4}FFFF))?([\dA-F]{8}):([\dA-F]{4}) (?:0{16}(?:FFFF0{4}|0{4}FFFF))?([\dA-F]{8}):([\dA-F]{4}) 01 \S+ \S+ \S+ +(\d+) /gm;

/** As the tables have it: an address of IPv4 is a number in the machine's own order of bytes. */
function written(address = '', port = 0): string {
  const bytes = Buffer.from(
    address
      .replace(/^::ffff:/i, '')
      .split('.')
      .map(Number),
  );
  if (endianness() === 'LE') bytes.reverse();
  return `${bytes.toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
