import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { brokerAt } from './ask.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The folder of a broker that has served. */
function folderOfBroker() {
  const folder = mkdtempSync(join(tmpdir(), 'ask-'));
  writeFileSync(join(folder, 'status.json'), '{}');
  return folder;
}

async function serve(folder: string, answer: RequestListener): Promise<void> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
}

/** A clock that goes on while somebody sleeps. @param meanwhile - what happens each time */
function clock(meanwhile: (slept: number) => Promise<void> | void = () => {}) {
  const world = { now: 0, times: 0 };
  const sleep = async (ms: number) => {
    world.now += ms;
    world.times += 1;
    await meanwhile(world.times);
  };
  return { world, system: { now: () => world.now, sleep } };
}
const request = async () => ({ path: '/aws/main', headers: { authorization: 'secret' } });
const gone = { code: 'DELIVERY_FAILED', message: expect.stringContaining('The credential broker of this job is gone') };

describe('the broker of a folder', () => {
  it('is asked there, and answers', async () => {
    const folder = folderOfBroker();
    await serve(folder, ({ url, headers }, response) =>
      response.writeHead(403).end(`ü ${url} ${headers.authorization}`),
    );
    expect(await brokerAt(folder, clock().system).ask(request)).toEqual({ status: 403, body: 'ü /aws/main secret' });
  });

  it('that was killed is waited for, and what is asked is read anew for the next', async () => {
    const folder = folderOfBroker();
    const { world, system } = clock(async (times) => {
      if (times === 3) await serve(folder, ({ url }, response) => response.end(url));
    });
    let asked = 0;
    const answer = await brokerAt(folder, system).ask(async () => {
      asked += 1;
      return { path: `/${asked}`, headers: {} };
    });
    expect([answer.body, world.times]).toEqual(['/4', 3]);
  });

  it('that ends in the middle of an answer is asked again', async () => {
    const folder = folderOfBroker();
    let times = 0;
    await serve(folder, ({ socket }, response) => {
      times += 1;
      if (times > 1) return response.end('whole');
      response.writeHead(200, { 'content-length': '5' }).write('wh');
      return setImmediate(() => socket.destroy());
    });
    expect((await brokerAt(folder, clock().system).ask(request)).body).toBe('whole');
  });

  it('that ended with its job is not waited for', async () => {
    const folder = folderOfBroker();
    rmSync(join(folder, 'status.json'));
    const { world, system } = clock();
    await expect(brokerAt(folder, system).ask(request)).rejects.toMatchObject(gone);
    expect(world.times).toBe(0);
  });

  it('is waited for a quarter of a minute, and no longer', async () => {
    const { world, system } = clock();
    await expect(brokerAt(folderOfBroker(), system).ask(request)).rejects.toMatchObject(gone);
    expect(world.now).toBe(15_000);
  });

  it('is not what a request lacks that cannot be made: that fails as it is', async () => {
    const { world, system } = clock();
    const broken = () => Promise.reject(Object.assign(new Error('no file'), { code: 'EACCES' }));
    await expect(brokerAt(folderOfBroker(), system).ask(broken)).rejects.toThrow('no file');
    expect(world.times).toBe(0);
  });
});
