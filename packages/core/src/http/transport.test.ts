import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Transport } from './transport.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
const transport = new Transport({}, () => ({}));

afterEach(async () => {
  transport.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
});

it('gives up on a server that takes the connection and never shakes hands', async () => {
  server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(`https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  const limits = { connectMs: 50, attemptMs: 30_000, bodyBytes: 1 };
  await expect(transport.send({ method: 'GET', url, headers: {} }, limits)).rejects.toMatchObject({
    code: 'HTTP_TIMEOUT',
    message: expect.stringContaining('could not be reached within 0.05 seconds'),
  });
});

/** Where a server of this test listens. */
async function listening(one: Server): Promise<string> {
  server = one.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  const address = one.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

describe('an answer that is saved', () => {
  const body = 'a package, '.repeat(10_000);
  const limits = { connectMs: 10_000, attemptMs: 30_000, bodyBytes: body.length };
  const save = async (path: string, bodyBytes = limits.bodyBytes) => {
    const host = await listening(createHttpServer((_, response) => response.writeHead(203, { 'x-a': 'b' }).end(body)));
    const request = { method: 'GET', url: new URL(`http://${host}/`), headers: {} } as const;
    return transport.save(request, { ...limits, bodyBytes }, path);
  };
  const newPath = () => join(mkdtempSync(join(tmpdir(), 'transport-')), 'saved');

  it('is in a new file that its owner alone can read, with its hash', async () => {
    const path = newPath();
    expect(await save(path)).toEqual({
      status: 203,
      headers: expect.objectContaining({ 'x-a': 'b' }),
      sha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(readFileSync(path, 'utf8')).toBe(body);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('takes the place of no file', async () => {
    const path = newPath();
    writeFileSync(path, 'there before');
    await expect(save(path)).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      message: `${path} could not be written: EEXIST.`,
    });
    expect(readFileSync(path, 'utf8')).toBe('there before');
  });

  it('has no more than its bound, and the connection is let go', async () => {
    await expect(save(newPath(), body.length - 1)).rejects.toMatchObject({
      code: 'HTTP_TOO_LARGE',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ answered with more than 109999 bytes\.$/),
    });
    await expect.poll(() => sockets.at(-1)?.destroyed).toBe(true);
  });
});

it('tells a server that cannot be trusted from one that is not there', async () => {
  const host = await listening(createHttpServer((_, response) => response.end()));
  const limits = { connectMs: 10_000, attemptMs: 30_000, bodyBytes: 1 };
  const ask = (url: string) => transport.send({ method: 'GET', url: new URL(url), headers: {} }, limits);
  await expect(ask(`https://${host}/`)).rejects.toMatchObject({
    code: 'HTTP_TLS',
    message: `${host} did not agree on a TLS connection: wrong version number.`,
    detail: { hint: expect.stringContaining('does not speak TLS') },
  });
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server?.close(resolve));
  await expect(ask(`http://${host}/`)).rejects.toMatchObject({
    code: 'HTTP_CONNECT',
    message: `The connection to ${host} failed: ECONNREFUSED.`,
    detail: { hint: expect.stringContaining('no_proxy') },
  });
});

describe('an answer', () => {
  const limits = { connectMs: 10_000, attemptMs: 30_000, bodyBytes: 10_000 };
  const ask = async (one: Server) => {
    const url = new URL(`http://${await listening(one)}/`);
    return transport.send({ method: 'GET', url, headers: {} }, limits);
  };
  const asked: (string | undefined)[] = [];
  const compressed = (coding: string, body: Buffer) =>
    ask(
      createHttpServer((request, response) => {
        asked.push(request.headers['accept-encoding']);
        response.writeHead(200, { 'content-encoding': coding }).end(body);
      }),
    );

  it.each([
    ['gzip', gzipSync('{"ä":1}')],
    ['X-GZip', gzipSync('{"ä":1}')],
    ['deflate', deflateSync('{"ä":1}')],
    ['br', brotliCompressSync('{"ä":1}')],
    ['identity', Buffer.from('{"ä":1}')],
  ])('that is compressed (%s) though it was asked not to be is read', async (coding, body) => {
    expect((await compressed(coding, body)).body).toBe('{"ä":1}');
    expect(asked.at(-1)).toBe('identity');
  });

  it('is as large as it is when it is no longer compressed', async () => {
    await expect(compressed('gzip', gzipSync('x'.repeat(10_001)))).rejects.toMatchObject({ code: 'HTTP_TOO_LARGE' });
  });

  it.each([
    ['gzip', 'it is not'],
    ['zs##[td', 'xx'],
  ])('in a coding that cannot be read (%s) says so, and not what it is', async (coding, body) => {
    await expect(compressed(coding, Buffer.from(body))).rejects.toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: expect.stringContaining(
        ` answered in the coding ${coding.replace('##[', '# #[')}, which cannot be decoded.`,
      ),
      detail: { answer: `HTTP 200, ${body.length} bytes` },
    });
  });

  it('whose headers are larger than Node takes is too large, and is not asked for again', async () => {
    const large = createHttpServer((_, response) => response.writeHead(200, { 'x-large': 'x'.repeat(20_000) }).end());
    await expect(ask(large)).rejects.toMatchObject({ code: 'HTTP_TOO_LARGE', recovery: 'never' });
  });

  it('of HTTP/1.0 without a length is whole when the connection ends', async () => {
    const old = createServer((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"a"');
        setImmediate(() => socket.end(':1}'));
      }),
    );
    expect(await ask(old)).toMatchObject({ status: 200, body: '{"a":1}' });
  });

  it('that is none of HTTP says so', async () => {
    const other = createServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
    await expect(ask(other)).rejects.toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: expect.stringMatching(/ answered with something that is not HTTP: HPE_\w+\.$/),
      recovery: 'never',
    });
  });
});
