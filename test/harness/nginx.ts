import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chain, makeChain } from './certificates.ts';
import { debianEnvironment, debianFile, hasDebian } from './debian.ts';
import { freePort } from './free-port.ts';
import { listening } from './listening.ts';
import { ServerProcess } from './server-process.ts';

const program = '/usr/sbin/nginx';
export const hasNginx = hasDebian(program);

/** What an nginx that stands in front of a service is like. */
export interface NginxOptions {
  /** Lines of its `server`, with `{ca}` for the path of the CA. */
  readonly server?: readonly string[];
  /** Lines of a second server, between the first and the service. */
  readonly between?: readonly string[];
  /** Whether it speaks TLS, by which certificate, and with what beside `ssl` in its `listen`. */
  readonly tls?: { readonly certificate: 'leaf' | 'chain'; readonly listen?: string };
  /** Whether it listens on `::1`. */
  readonly six?: boolean;
}

/** An nginx as reverse proxy, on loopback. */
export interface Nginx extends AsyncDisposable {
  readonly url: string;
  /** The path of the CA of its certificate. */
  readonly ca: string;
  /** What it answered, a line each, of status, protocol, coding and transfer coding: `200 HTTP/1.1 gzip chunked`. */
  readonly answered: readonly string[];
}

/** Starts one. @param service - the URL of what is behind it */
export async function startNginx(service: string, options: NginxOptions = {}): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const chain = makeChain(folder);
  const further = await freePort();
  const { port, server } = await listening((free) => {
    const configuration = join(folder, 'nginx.conf');
    writeFileSync(configuration, text({ folder, chain, port: free, further, service, options }));
    const args = ['-p', folder, '-c', configuration, '-e', 'stderr'];
    return new ServerProcess(debianFile(program), args, debianEnvironment(), join(folder, 'said.txt'));
  });
  return {
    url: `${options.tls ? 'https' : 'http'}://${options.six ? '[::1]' : '127.0.0.1'}:${port}`,
    ca: chain.ca,
    get answered() {
      return readFileSync(join(folder, 'answered.txt'), 'utf8').trim().split('\n');
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Parts {
  readonly folder: string;
  readonly chain: Chain;
  readonly port: number;
  readonly further: number;
  readonly service: string;
  readonly options: NginxOptions;
}

function text({ folder, chain, port, further, service, options }: Parts): string {
  const { server = [], between, tls, six } = options;
  const listen = (address: string) => `listen ${address}:${port}${tls ? ` ssl ${tls.listen ?? ''}` : ''};`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return [
    'daemon off; master_process off;',
    `pid ${folder}/pid; error_log stderr;`,
    'events {}',
    'http {',
    ...temporary,
    "log_format answered '$status $server_protocol $sent_http_content_encoding $sent_http_transfer_encoding';",
    'server {',
    listen('127.0.0.1'),
    ...(six ? [listen('[::1]')] : []),
    `access_log ${folder}/answered.txt answered;`,
    ...(tls ? [`ssl_certificate ${chain[tls.certificate]}; ssl_certificate_key ${chain.key};`] : []),
    ...server.map((line) => line.replaceAll('{ca}', chain.ca)),
    `location / { proxy_pass ${between ? `http://127.0.0.1:${further}` : service}; }`,
    '}',
    ...(between
      ? [
          `server { listen 127.0.0.1:${further}; access_log off; ${between.join(' ')} location / { proxy_pass ${service}; } }`,
        ]
      : []),
    '}',
    '',
  ].join('\n');
}
