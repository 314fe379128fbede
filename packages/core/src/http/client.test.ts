import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { retryAfterMs } from './answer.ts';
import { HttpClient } from './client.ts';

let server: Server | undefined;
const client = new HttpClient();

afterEach(async () => {
  client.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/start?a=b`);
}

describe('HttpClient', () => {
  it('sends what it is given and reads the answer', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        response.setHeader(
          'x-echo',
          `${request.method} ${request.url} ${request.headers['content-length']} ${request.headers['x-one']}`,
        );
        response.end(body);
      });
    });
    const answer = await client.send({ method: 'POST', url, headers: { 'x-one': '1' }, body: 'grüß' });
    expect(answer).toMatchObject({ status: 200, body: 'grüß', headers: { 'x-echo': 'POST /start?a=b 6 1' } });
  });

  it('reads no more than a megabyte', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(1024 * 1024 + 1)));
    await expect(client.send({ method: 'GET', url, headers: {} })).rejects.toMatchObject({ code: 'HTTP_TOO_LARGE' });
  });

  it.each([
    ['that never answers', () => {}],
    ['that stops in the middle of its answer', (_request, response) => response.write('{')],
  ] as const satisfies readonly (readonly [string, RequestListener])[])(
    'gives up on a server %s',
    async (_title, listener) => {
      const url = await serve(listener);
      await expect(client.send({ method: 'GET', url, headers: {} }, 100)).rejects.toMatchObject({
        code: 'HTTP_TIMEOUT',
        recovery: 'transient',
      });
    },
  );

  it('follows a redirect on the same origin, with its headers and, under 307, its body', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      if (request.url === '/end') response.end('done');
      else response.writeHead(307, { location: '/end' }).end();
    });
    const answer = await client.send({ method: 'POST', url, headers: { authorization: 'Bearer x' }, body: 'b' });
    expect(answer.body).toBe('done');
    expect(seen).toEqual(['POST /start?a=b Bearer x', 'POST /end Bearer x']);
  });

  it.each([
    ['another port', 'http://127.0.0.1:1/', 307],
    ['another scheme', 'https://127.0.0.1/', 307],
    ['what is no URL', 'http://', 307],
    ['a GET instead of the POST', '/end', 302],
    ['itself', '/start', 307],
  ])('does not follow a redirect to %s', async (_title, location, status) => {
    const url = await serve((_request, response) => response.writeHead(status, { location }).end());
    await expect(client.send({ method: 'POST', url, headers: {}, body: '' })).rejects.toMatchObject({
      code: 'HTTP_REDIRECT',
    });
  });

  it('sends nothing in the clear to another machine', async () => {
    await expect(client.send({ method: 'GET', url: new URL('http://example.com'), headers: {} })).rejects.toMatchObject(
      {
        code: 'ENDPOINT_NOT_ALLOWED',
      },
    );
  });
});

it.each([
  ['3', 3000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, 1000)).toBe(ms);
});
