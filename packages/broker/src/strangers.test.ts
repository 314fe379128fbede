import { EventEmitter, once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ends, readOwners } from './connection-owners.ts';
import { Strangers } from './strangers.ts';

class Connection extends EventEmitter {
  isOpen = true;
  readonly remotePort: number;
  constructor(remotePort: number) {
    super();
    this.remotePort = remotePort;
  }
  destroy(): void {
    this.isOpen = false;
    this.emit('close');
  }
}

function crowd(owner: (port: number) => string | undefined) {
  const connections: Connection[] = [];
  const strangers = new Strangers(
    () =>
      ({ remotePort = 0 }) =>
        owner(remotePort),
  );
  const come = (port: number) => {
    const connection = new Connection(port);
    connections.push(connection);
    strangers.add(connection as unknown as Socket);
    return connection;
  };
  return { come, strangers, open: () => connections.filter(({ isOpen }) => isOpen) };
}

describe('connections of callers that have shown no secret', () => {
  it('are bounded, and whoever has few keeps them however many others come', () => {
    const { come, open } = crowd((port) => (port < 10 ? 'mine' : 'theirs'));
    const mine = [come(1), come(2), come(3)];
    for (let port = 10; port < 20_000; port += 1) {
      come(port);
      expect(open().length).toBeLessThanOrEqual(1024);
      if (port === 3000) break;
    }
    expect(mine.every(({ isOpen }) => isOpen)).toBe(true);
  });

  it.each([1, 2, 5, 20])('of %i users that are many: nobody who has fewer loses any', (users) => {
    const { come, open } = crowd((port) => (port < 100 ? 'mine' : String(port % users)));
    const mine = Array.from({ length: 20 }, (_, port) => come(port));
    for (let port = 100; port < 3000; port += 1) come(port);
    expect(mine.every(({ isOpen }) => isOpen)).toBe(true);
    expect(open().length).toBeLessThanOrEqual(1024);
  });

  it('that nobody can tell apart: the oldest go, the newest stay', () => {
    const { come, open } = crowd(() => undefined);
    for (let port = 0; port <= 1024; port += 1) come(port);
    expect(open().map(({ remotePort }) => remotePort)).toEqual(Array.from({ length: 512 }, (_, at) => 513 + at));
  });

  it('whose caller has shown it since are none of them', () => {
    const { come, strangers, open } = crowd(() => 'one');
    const known = come(1);
    strangers.forget(known as unknown as Socket);
    for (let port = 2; port < 5000; port += 1) come(port);
    expect(known.isOpen).toBe(true);
    expect(open().length).toBeLessThanOrEqual(1025);
  });
});

describe('the users of connections', () => {
  const rest = '00000000:00000000 00:00000000 00000000';
  const mapped = '0000000000000000FFFF00000100007F';
  const table = (...rows: readonly string[]) => {
    const path = join(mkdtempSync(join(tmpdir(), 'owners-')), 'tcp');
    const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
    writeFileSync(
      path,
      head + rows.map((row, at) => `${String(at).padStart(4)}: ${row} 0 4 1 0 20 4 30 10 -1\n`).join(''),
    );
    return path;
  };
  /** Of a caller at a port of 127.0.0.1, as the server at 127.0.0.1:8080 sees it. */
  const from = (remotePort: number): Ends => ({
    ...{ remoteAddress: '127.0.0.1', remotePort },
    ...{ localAddress: '127.0.0.1', localPort: 0x1f90 },
  });

  it('are read from the tables of the kernel; none where there are none', () => {
    const path = table(
      `0100007F:1F90 00000000:0000 0A ${rest}     0       `,
      `0100007F:8AB2 0100007F:1F90 01 ${rest} 65534       `,
      `0100007F:8AB4 0100007F:1F90 06 ${rest}     0       `,
      `${mapped}:8AB6 ${mapped}:1F90 01 ${rest}  1000       `,
    );
    const ownerOf = readOwners([path, '/nonexistent']);
    expect([0x8ab2, 0x8ab4, 0x8ab6].map((port) => ownerOf(from(port)))).toEqual(['65534', undefined, '1000']);
    expect(ownerOf({ ...from(0x8ab2), remoteAddress: '::ffff:127.0.0.1' })).toBe('65534');
    expect(ownerOf({ remoteAddress: undefined } as Ends)).toBeUndefined();
  });

  const others = [
    ['the same port of another address', '0200007F:8AB2 0100007F:1F90'],
    ['the same port of another address, in the other table', `${mapped.replace('01', '02')}:8AB2 ${mapped}:1F90`],
    ['the same port, to another server', '0100007F:8AB2 0100007F:1F91'],
    ['the same port, to another address', '0100007F:8AB2 0200007F:1F90'],
    ['the other end', '0100007F:1F90 0100007F:8AB2'],
  ];
  it.each(others)('of a connection with %s are not taken for its own', (_what, ends) => {
    const own = `0100007F:8AB2 0100007F:1F90 01 ${rest}  1000       `;
    const other = `${ends} 01 ${rest} 65534       `;
    expect(readOwners([table(own, other)])(from(0x8ab2))).toBe('1000');
    expect(readOwners([table(other)])(from(0x8ab2))).toBeUndefined();
  });

  it.skipIf(process.platform !== 'linux')(
    'are those of this very process, over IPv4 and from a socket of IPv6',
    async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      for (const host of ['127.0.0.1', '::ffff:127.0.0.1']) {
        const client = connect(port, host).on('error', () => {});
        const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
          [Socket],
          unknown,
        ];
        expect(readOwners()(accepted)).toBe(String(process.getuid?.()));
        client.destroy();
      }
      server.close();
    },
  );
});
