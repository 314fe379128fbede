import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenOnLoopback } from './listen.ts';

/** A process that is handed a socket at descriptor 3, and says where that is. */
const script = `const server = require('node:net').createServer((connection) => connection.end('answered'));
  server.listen({ fd: 3 }, () => console.log(JSON.stringify(server.address())));`;

/** Hands a new socket to a process of its own, and closes it here. */
async function handedOn() {
  const socket = await listenOnLoopback();
  const child = spawn(process.execPath, ['--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit', socket.descriptor],
  });
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  socket.close();
  return { child, address: JSON.parse(line.toString()) as { readonly address: string; readonly port: number } };
}

describe.skipIf(process.platform === 'win32')('a socket that is handed to another process', () => {
  it('is of this machine alone, at a port of its own, and lives on there when it is closed here', async () => {
    const [one, other] = [await handedOn(), await handedOn()];
    expect([one.address.address, other.address.address]).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(one.address.port).not.toBe(other.address.port);
    const [answer] = (await once(connect(one.address.port, one.address.address), 'data')) as [Buffer];
    expect(answer.toString()).toBe('answered');
    for (const { child } of [one, other]) child.kill();
  });
});
