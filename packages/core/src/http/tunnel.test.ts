import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient } from './client.ts';

const cloud = { method: 'GET', url: new URL('https://cloud.invalid/x'), headers: {} } as const;
const six = { ...cloud, url: new URL('https://[fd00::1]:8443/x') };
const environment: Record<string, string> = {};
const client = new HttpClient(environment);
const sockets: Duplex[] = [];
let server: Server | undefined;

afterEach(async () => {
  client.close();
  for (const name of Object.keys(environment)) delete environment[name];
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise<unknown>((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A proxy that says one thing to all who ask. */
async function proxy(
  answer: string | undefined,
  host = '127.0.0.1',
): Promise<{ asked: IncomingMessage[]; port: number }> {
  const asked: IncomingMessage[] = [];
  server = createServer().on('connect', (request, socket) => {
    asked.push(request);
    sockets.push(socket);
    if (answer !== undefined) socket.end(`HTTP/1.1 ${answer}\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server?.listen(0, host, resolve));
  return { asked, port: (server.address() as AddressInfo).port };
}

describe('a proxy that does not connect', () => {
  it("and is the machine's own: where its user name and password are is told", async () => {
    const { port } = await proxy('407 No\r\nProxy-Authenticate: Basic realm="x"');
    const machines = {
      url: `http://user:pass@127.0.0.1:${port}`,
      bypass: [],
      source: 'Agent',
      account: 'See the agent.',
    };
    await using own = Object.assign(new HttpClient({}, () => ({ proxy: machines })), {
      [Symbol.asyncDispose]: async () => own.close(),
    });
    await expect(own.send(cloud)).rejects.toMatchObject({
      message: `The proxy 127.0.0.1:${port} (Agent) did not connect to cloud.invalid:443.`,
      detail: { hint: 'See the agent.' },
    });
  });

  it.each([
    [
      '403 Forbidden',
      'never',
      'HTTP 403 Forbidden',
      'Let the proxy connect this machine to cloud.invalid:443, or exempt',
    ],
    [
      '407 Proxy Authentication Required',
      'never',
      'HTTP 407 Proxy Authentication Required',
      'a user name and password on the',
    ],
    [
      '407 No\r\nProxy-Authenticate: Basic realm="x"\r\nProxy-Authenticate: NTLM',
      'never',
      'HTTP 407 No, it asks for Basic or NTLM',
      'http://user:password@proxy.example.com:3128',
    ],
    [
      '407 No\r\nProxy-Authenticate: NEGOTIATE,NTLM, Digest realm="a, b", nonce=c, Basic realm="x"',
      'never',
      'HTTP 407 No, it asks for NEGOTIATE or NTLM or Digest or Basic',
      'http://user:password@proxy.example.com:3128',
    ],
    [
      '403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0',
      'never',
      'HTTP 403 Forbidden (ERR_ACCESS_DENIED)',
      'Let the proxy connect',
    ],
    ['503 Busy\r\nX-Squid-Error: ##[error] 0', 'transient', 'HTTP 503 Busy', 'Let the proxy connect'],
    ['407 No\r\nProxy-Authenticate: Negotiate', 'never', 'HTTP 407 No, it asks for Negotiate', 'with Basic alone'],
    ['401 Unauthorized', 'never', 'HTTP 401 Unauthorized', 'a user name and password on the'],
    ['405 Method Not Allowed', 'never', 'HTTP 405 Method Not Allowed', 'Let the proxy connect'],
    ['200 OK but not ', 'never', undefined, ''],
    ['201 Made\r\nContent-Length: 5', 'never', undefined, ''],
    ['302 Found\r\nLocation: https://login.example.com/', 'never', 'HTTP 302 Found', 'Let the proxy connect'],
    ['408 Slow', 'transient', 'HTTP 408 Slow', 'Let the proxy connect'],
    ['429 ', 'transient', 'HTTP 429', 'Let the proxy connect'],
    ['502 Bad Gateway', 'transient', 'HTTP 502 Bad Gateway', 'Let the proxy connect'],
    ['503 ##vso[task.complete]x', 'transient', 'HTTP 503 # #vso[task.complete]x', 'Let the proxy connect'],
  ])('%j: named, with what it said', async (said, recovery, answer, hint) => {
    const { asked, port } = await proxy(said);
    environment.https_proxy = `http://127.0.0.1:${port}`;
    const sent = client.send(cloud);
    if (answer === undefined) {
      // It connects, and then hangs up on the handshake.
      await expect(sent).rejects.toMatchObject({
        code: 'HTTP_CONNECT',
        message: `The connection to cloud.invalid, through the proxy 127.0.0.1:${port} (https_proxy), failed: ECONNRESET.`,
      });
    } else {
      await expect(sent).rejects.toMatchObject({
        code: 'HTTP_PROXY',
        recovery,
        message: `The proxy 127.0.0.1:${port} (https_proxy) did not connect to cloud.invalid:443.`,
        detail: { answer, hint: expect.stringContaining(hint) },
      });
    }
    expect(asked.map(({ url, headers }) => [url, headers.host, headers['proxy-authorization']])).toEqual([
      ['cloud.invalid:443', 'cloud.invalid:443', undefined],
    ]);
  });

  // mknj/node-keepalive-proxy-agent#12 and #30: its answer in pieces, and of HTTP/1.0.
  it('connects by an answer of HTTP/1.0, in pieces', async () => {
    server = createServer().on('connect', async (_request, socket) => {
      sockets.push(socket);
      for (const piece of ['HTTP/1.0 2', '00 Connection established\r\nVia: x\r\n', '\r', '\n']) {
        socket.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.once('data', (hello: Buffer) => {
        asked.push(hello[0] ?? 0);
        socket.end();
      });
    });
    const asked: number[] = [];
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    environment.https_proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(client.send(cloud)).rejects.toMatchObject({ code: 'HTTP_CONNECT' });
    // What comes next is the handshake [RFC 8446, 5.1].
    expect(asked).toEqual([22]);
  });

  it('is told user name and password, decoded, and nobody else is', async () => {
    const { asked, port } = await proxy('407 No\r\nProxy-Authenticate: Basic');
    environment.HTTPS_PROXY = `user%40corp:p%3Ass@127.0.0.1:${port}`;
    const error = await client.send(six).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: `The proxy 127.0.0.1:${port} (HTTPS_PROXY) did not connect to [fd00::1]:8443.`,
      detail: { hint: expect.stringContaining('does not accept the user name and password of HTTPS_PROXY') },
    });
    expect(JSON.stringify(error)).not.toMatch(/corp|ss@/);
    const { 'proxy-authorization': credentials = '' } = asked[0]?.headers ?? {};
    expect(Buffer.from(credentials.replace('Basic ', ''), 'base64').toString()).toBe('user@corp:p:ss');
    expect(asked[0]?.url).toBe('[fd00::1]:8443');
  });

  it('is not there: named, and tried as often as a trust policy that is new', async () => {
    environment.https_proxy = 'user:hunter2@127.0.0.1:9';
    await expect(client.send(cloud)).rejects.toMatchObject({
      code: 'HTTP_PROXY',
      recovery: 'denial',
      message: 'The proxy 127.0.0.1:9 (https_proxy) could not be reached: ECONNREFUSED.',
      detail: { hint: expect.stringContaining('See that https_proxy names a proxy that runs') },
    });
    environment.https_proxy = 'http://proxy.invalid:3128';
    await expect(client.send(cloud)).rejects.toMatchObject({
      code: 'HTTP_PROXY',
      message: expect.stringMatching(/^The proxy proxy\.invalid:3128 \(https_proxy\) could not be reached: E/),
    });
  });

  it('speaks TLS, and cannot be trusted: what to do is told, and it is not tried again', async () => {
    server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    environment.https_proxy = `https://user:hunter2@127.0.0.1:${port}`;
    await expect(client.send(cloud)).rejects.toMatchObject({
      code: 'HTTP_PROXY',
      recovery: 'never',
      message: `The proxy 127.0.0.1:${port} (https_proxy) did not agree on a TLS connection: wrong version number.`,
    });
  });

  it('that says nothing is named once time is up, and is let go of when the client closes', async () => {
    const { port } = await proxy(undefined);
    environment.all_proxy = `127.0.0.1:${port}`;
    await expect(client.send(cloud, 100)).rejects.toMatchObject({
      code: 'HTTP_TIMEOUT',
      message: expect.stringContaining(`cloud.invalid, through the proxy 127.0.0.1:${port} (all_proxy), `),
    });
    const closed = new Promise((resolve) => sockets[0]?.resume().once('end', resolve));
    client.close();
    await closed;
  });
});

it('a proxy on IPv6 is reached', async (context) => {
  const found = await proxy('403 No', '::1').catch(() => undefined);
  if (!found) return context.skip();
  environment.https_proxy = `http://[::1]:${found.port}`;
  await expect(client.send(cloud)).rejects.toMatchObject({ detail: { answer: 'HTTP 403 No' } });
});

it('what cannot be a proxy stops the request, and what no_proxy exempts goes its own way', async () => {
  environment.https_proxy = 'socks5://user:hunter2@127.0.0.1:9';
  await expect(client.send(cloud)).rejects.toMatchObject({
    code: 'HTTP_PROXY',
    message: 'The variable https_proxy does not name a proxy that can be used.',
  });
  environment.no_proxy = '*.invalid';
  await expect(client.send(cloud)).rejects.toMatchObject({ code: 'HTTP_CONNECT' });
});
