import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { realSystem } from '../system.ts';
import { HttpClient } from './client.ts';
import { send } from './outbound.ts';

describe('what whoever debugs is told of a request', () => {
  it('has its method, its path without the query, its status, how long it took, and its id', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/named') response.setHeader('x-ms-request-id', 'id-1');
      response.writeHead(418).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const told: string[] = [];
    let now = 1_000;
    const http = new HttpClient({});
    const outbound = {
      ...{ http, deadline: 31_000, maxAttempts: 1, log: () => {}, mask: () => {} },
      debug: (line: string) => told.push(line),
      system: { ...realSystem({}), now: () => (now += 7) },
    };
    const ask = (url: string) => send(outbound, { method: 'GET', url: new URL(url), headers: {} });
    await ask(`${origin}/a?audience=x`);
    await ask(`${origin}/named`);
    await expect(ask('http://127.0.0.1:9/b?c=d')).rejects.toMatchObject({ code: 'HTTP_CONNECT' });
    expect(told).toEqual([
      `GET ${origin}/a: HTTP 418 after 7 ms`,
      `GET ${origin}/named: HTTP 418 after 7 ms, request id-1`,
      'GET http://127.0.0.1:9/b: no answer after 7 ms',
    ]);
    http.close();
    server.close();
  });
});
