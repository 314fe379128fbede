import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../endpoint.ts';
import { readJson, retryAfterMs, shapeOf, textMember, unavailable } from './answer.ts';
import { HttpClient } from './client.ts';

let server: Server | undefined;
const client = new HttpClient({});

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

  it('tells what is too much, what is late, and what does not answer', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(1024 * 1024)));
    expect((await client.send({ method: 'GET', url, headers: {} })).body).toHaveLength(1024 * 1024);
    const silent = await serve(() => {});
    await expect(client.send({ method: 'GET', url: silent, headers: {} }, 100)).rejects.toMatchObject({
      message: `${silent.host} did not answer within 0.1 seconds.`,
      detail: { hint: expect.stringContaining('a proxy is taken from https_proxy, all_proxy') },
    });
    const nobody = new URL('http://127.0.0.1:9/');
    await expect(client.send({ method: 'GET', url: nobody, headers: {} })).rejects.toMatchObject({
      code: 'HTTP_CONNECT',
      recovery: 'transient',
      message: 'The connection to 127.0.0.1:9 failed: ECONNREFUSED.',
      detail: { hint: expect.stringContaining('See whether this machine may reach that host') },
    });
  });

  it('keeps a connection open for the next request, names itself, and joins repeated headers', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('x-agent', request.headers['user-agent'] ?? '');
      response.setHeader('x-length', request.headers['content-length'] ?? 'none');
      response.end();
    });
    const first = await client.send({ method: 'GET', url, headers: {} });
    await client.send({ method: 'GET', url, headers: {} });
    expect(ports.size).toBe(1);
    expect(first.headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'x-agent': 'fedbridge', 'x-length': 'none' });
    client.close();
    await client.send({ method: 'GET', url, headers: {} });
    expect(ports.size).toBe(2);
  });

  it('says when a request is on its way, before it is answered', async () => {
    const own = new HttpClient({});
    let answer: (() => void) | undefined;
    const url = await serve((_request, response) => {
      answer = () => response.end();
    });
    const sent = own.send({ method: 'GET', url, headers: {} });
    await own.sent();
    await expect.poll(() => answer).toBeDefined();
    answer?.();
    expect((await sent).status).toBe(200);
    own.close();
  });

  it('follows three redirects and no fourth', async () => {
    let left = 3;
    const url = await serve((_request, response) => {
      if (left === 0) response.end('there');
      else {
        left -= 1;
        response.writeHead(302, { location: `/${left}` }).end();
      }
    });
    expect((await client.send({ method: 'GET', url, headers: {} })).body).toBe('there');
    left = 4;
    await expect(client.send({ method: 'GET', url, headers: {} })).rejects.toMatchObject({
      message: `${url.host} redirects without end.`,
    });
    const away = await serve((_request, response) =>
      response.writeHead(308, { location: 'https://a.example.com/x' }).end(),
    );
    await expect(client.send({ method: 'GET', url: away, headers: {} })).rejects.toMatchObject({
      message: `${away.host} redirects to https://a.example.com. It was not followed.`,
      detail: { answer: 'HTTP 308', hint: expect.stringContaining('A token goes only where it is meant to.') },
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

describe('a connection that is begun ahead of a request', () => {
  const request = (url: URL) => ({ method: 'GET', url, headers: {} }) as const;
  const counted = async () => {
    const sockets: Socket[] = [];
    const url = parseEndpoint((await serve((_request, response) => response.end('done'))).href, 'x');
    server?.on('connection', (socket) => sockets.push(socket));
    return { url, sockets };
  };

  it('is one for each address, and the first request goes by it', async () => {
    const { url, sockets } = await counted();
    client.connectAhead(url);
    await expect.poll(() => sockets.length).toBe(1);
    client.connectAhead(url);
    expect((await client.send(request(url))).body).toBe('done');
    await client.send(request(url));
    client.connectAhead(url);
    await Promise.all([client.send(request(url)), client.send(request(url))]);
    expect(sockets).toHaveLength(2);
  });

  it('is done without where it has ended', async () => {
    const { url, sockets } = await counted();
    client.connectAhead(url);
    await expect.poll(() => sockets.length).toBe(1);
    const [first] = sockets;
    const closed = new Promise((resolve) => first?.on('close', resolve));
    first?.end();
    await closed;
    expect((await client.send(request(url))).body).toBe('done');
    expect(sockets).toHaveLength(2);
  });

  it('is told of by the request alone where it fails', async () => {
    const url = parseEndpoint('http://127.0.0.1:9/', 'x');
    client.connectAhead(url);
    await expect(client.send(request(url))).rejects.toMatchObject({ code: 'HTTP_CONNECT' });
    const unusable = new HttpClient({ https_proxy: 'socks5://proxy' });
    const cloud = parseEndpoint('https://cloud.invalid', 'x');
    unusable.connectAhead(cloud);
    await expect(unusable.send(request(cloud))).rejects.toMatchObject({ code: 'HTTP_PROXY' });
  });

  it('is not asked of a proxy', async () => {
    const { url, sockets } = await counted();
    const through = new HttpClient({ https_proxy: url.origin });
    const cloud = parseEndpoint('https://cloud.invalid', 'x');
    through.connectAhead(cloud);
    await expect(through.send(request(cloud))).rejects.toMatchObject({ code: 'HTTP_PROXY' });
    expect(sockets).toHaveLength(1);
  });

  it('keeps no process from ending', async () => {
    const { url, sockets } = await counted();
    const script = `import { HttpClient, parseEndpoint } from '@fedbridge/core';
      new HttpClient({}).connectAhead(parseEndpoint('${url.href}', 'x'));
      setTimeout(() => {}, 500);`;
    const args = ['--input-type=module-typescript', '-e', script];
    // As long as a server may keep a connection open that nothing comes by.
    const options = { cwd: join(import.meta.dirname, '..', '..', '..', 'aws'), timeout: 60_000 };
    const { code } = await new Promise<{ code: unknown }>((resolve) =>
      execFile(process.execPath, args, options, (error) => resolve({ code: error?.signal ?? error?.code ?? 0 })),
    );
    expect([code, sockets.length]).toEqual([0, 1]);
  });

  it('is closed with the client', async () => {
    const { url, sockets } = await counted();
    client.connectAhead(url);
    await expect.poll(() => sockets.length).toBe(1);
    client.close();
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
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

it.each([
  ['123456789', 123_456_789_000],
  ['1234567890', undefined],
  ['3s', undefined],
  ['x Thu, 01 Jan 1970 00:00:10 GMT', undefined],
  ['Thu, 01 Jan 1970 00:00:10 GMT x', undefined],
])('Retry-After: %s is %s ms', (header, ms) => expect(retryAfterMs(header, 0)).toBe(ms));

describe('an answer', () => {
  const response = (status: number, body = '', headers = {}) => ({ status, body, headers });

  it.each([
    [200, undefined],
    [404, undefined],
    [499, undefined],
    [408, 'It is failing (HTTP 408).'],
    [429, 'It is throttling (HTTP 429).'],
    [500, 'It is failing (HTTP 500).'],
    [599, 'It is failing (HTTP 599).'],
  ])('HTTP %i says later: %s', (status, message) => {
    const later = unavailable(response(status, '', { 'retry-after': '7' }), 'It', 0);
    expect(later?.message).toBe(message);
    if (later)
      expect(later).toMatchObject({ code: 'UNAVAILABLE', recovery: 'transient', detail: { retryAfterMs: 7_000 } });
  });

  it('that is not JSON is told without a word of it', () => {
    const told = (headers: object) => () => readJson(response(200, '<secret>', headers), 'It');
    for (const [headers, answer] of [
      [{ 'content-type': 'text/html; charset=utf-8' }, 'HTTP 200, text/html, 8 characters'],
      [{}, 'HTTP 200, no content type, 8 characters'],
    ] as const)
      expect(told(headers)).toThrow(
        expect.objectContaining({
          code: 'ANSWER_MALFORMED',
          message: 'It answered with something that is not JSON.',
          detail: { answer, hint: expect.stringContaining('A proxy, a firewall or a sign-in page') },
        }),
      );
    expect(readJson(response(200, 'null'), 'It')).toBeNull();
  });

  it('that is a page is told by its title, where that is one of words', () => {
    const page = (title: string, type = 'text/html; charset=utf-8') =>
      shapeOf(response(413, `<html><head><title>${title}</title></head>secret</html>`, { 'content-type': type }));
    const token = `eyJ${'a'.repeat(40)}`;
    expect(page(' 413 Request\n Entity Too Large ')).toBe('HTTP 413, text/html, titled "413 Request Entity Too Large"');
    const steering = page('##vso[task.complete]\u001b[1mx');
    expect(steering).toContain('titled "# #vso[task.complete]');
    expect(steering).not.toContain('\u001b');
    for (const [title, type] of [[token], [`Signed in: ${token}`], [''], [' '], ['Title', 'text/xml']] as const)
      expect(page(title, type)).toMatch(/^HTTP 413, text\/(html|xml), \d+ characters$/);
  });

  it('that says later is told where it is a page, which a service does not send', () => {
    const html = { 'content-type': 'text/html' };
    const later = unavailable(response(502, '<title>502 Bad Gateway</title>', html), 'It', 0);
    expect(later?.detail.answer).toBe('HTTP 502, text/html, titled "502 Bad Gateway"');
    expect(unavailable(response(502, 'no', html), 'It', 0)?.detail).not.toHaveProperty('answer');
  });

  it('has the texts that it has', () => {
    expect(textMember({ a: 'b' }, 'a')).toBe('b');
    for (const json of [{ a: '' }, { a: 7 }, {}, null, 'a', undefined]) expect(textMember(json, 'a')).toBeUndefined();
  });
});
