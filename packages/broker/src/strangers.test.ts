import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownersOf } from './owners.ts';
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
    (ports) => new Map([...ports].flatMap((port) => (owner(port) === undefined ? [] : [[port, owner(port) ?? '']]))),
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

it('the users of connections are read from the tables of the kernel; none where there are none', () => {
  const table = join(mkdtempSync(join(tmpdir(), 'owners-')), 'tcp');
  const rest = '00000000:00000000 00:00000000 00000000';
  writeFileSync(
    table,
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A ${rest}     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:8AB2 0100007F:1F90 01 ${rest} 65534        0 2 1 0 20 4 30 10 -1
  12: 0100007F:8AB4 0100007F:1F90 06 ${rest}     0        0 0 3 0
   3: 0000000000000000FFFF00000100007F:8AB6 0000000000000000FFFF00000100007F:1F90 01 ${rest}  1000        0 4 1 0 20 4 30 10 -1
`,
  );
  const ports = new Set([0x8ab2, 0x8ab4, 0x8ab6]);
  expect([...ownersOf(ports, [table, '/nonexistent'])]).toEqual([
    [0x8ab2, '65534'],
    [0x8ab6, '1000'],
  ]);
});
