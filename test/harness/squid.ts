import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianEnvironment, debianFile, hasDebian } from './debian.ts';
import { listening } from './listening.ts';
import { ServerProcess } from './server-process.ts';

const program = '/usr/sbin/squid';
export const hasSquid = hasDebian(program);

/** Squid's access rules of a company's proxy: who gives a user name and password may connect to port 443. */
export const usualRules = [
  'acl SSL_ports port 443',
  'acl CONNECT method CONNECT',
  'acl known proxy_auth REQUIRED',
  'http_access deny CONNECT !SSL_ports',
  'http_access allow known',
  'http_access deny all',
];

export interface SquidOptions {
  /** Port of the proxy that it hands on to. */
  readonly behind: number;
  /** Lines of its configuration. Default: `usualRules` */
  readonly rules?: readonly string[];
  /** `user:password` of those it knows. */
  readonly account: string;
}

/** A Squid on loopback, with its own authentication, that finds every host behind another proxy. */
export async function startSquid({ behind, rules = usualRules, account }: SquidOptions) {
  // Started by root, it becomes a user of its own, who reads no folder of the tests.
  const folder = mkdtempSync(join(process.getuid?.() === 0 ? '/tmp' : tmpdir(), 'squid-'));
  chmodSync(folder, 0o755);
  const [, user = '', password = ''] = /^(.*?):(.*)$/.exec(account) ?? [];
  const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: password, encoding: 'utf8' });
  writeFileSync(join(folder, 'accounts'), `${user}:${hash}`);
  const { port, server } = await listening((free) => {
    const configuration = join(folder, 'squid.conf');
    writeFileSync(configuration, lines({ folder, port: free, behind, rules }).join('\n'));
    const args = ['-N', '-d', '1', '-f', configuration];
    return new ServerProcess(debianFile(program), args, debianEnvironment(), join(folder, 'said.txt'));
  });
  return {
    port,
    /** What it logs: of each request, in its own words. */
    get said() {
      return server.said;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function lines({
  folder,
  port,
  behind,
  rules,
}: {
  folder: string;
  port: number;
  behind: number;
  rules: readonly string[];
}) {
  return [
    `http_port 127.0.0.1:${port}`,
    'pid_filename none',
    'visible_hostname proxy.example.com',
    'shutdown_lifetime 0 seconds',
    'pinger_enable off',
    'netdb_filename none',
    'cache deny all',
    'cache_mem 8 MB',
    'cache_store_log none',
    // What it says goes to its standard error with -d.
    'cache_log /dev/null',
    'access_log none',
    `coredump_dir ${folder}`,
    `error_directory ${debianFile('/usr/share/squid/errors/English')}`,
    `icon_directory ${debianFile('/usr/share/squid/icons')}`,
    `mime_table ${debianFile('/usr/share/squid/mime.conf')}`,
    `unlinkd_program ${debianFile('/usr/lib/squid/unlinkd')}`,
    `auth_param basic program ${debianFile('/usr/lib/squid/basic_ncsa_auth')} ${join(folder, 'accounts')}`,
    'auth_param basic realm Example, "Proxy"',
    'auth_param basic children 1 startup=1',
    ...rules,
    `cache_peer 127.0.0.1 parent ${behind} 0 no-query no-digest default`,
    'never_direct allow all',
    '',
  ];
}
