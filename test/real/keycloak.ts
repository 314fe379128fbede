/** Keycloak, fetched once with Maven, and set up by its Admin REST API. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { machineEnvironment } from '../harness/process.ts';
import { freePorts, isThere, ServerProcess } from '../harness/server-process.ts';
import { cache, whyNot } from './programs.ts';

const version = '26.7.3';
/** Of its distribution, a .tar.gz. */
const sha256 = '77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47';
/** Tokens of other issuers are exchanged by version 1 of its token exchange alone, which permissions of version 1 allow. */
const built = ['--db=dev-mem', '--health-enabled=true', '--features=token-exchange:v1,admin-fine-grained-authz:v1'];

const home = join(
  cache,
  `keycloak-${createHash('sha256')
    .update(JSON.stringify([version, sha256, built]))
    .digest('hex')
    .slice(0, 16)}`,
);
const run = promisify(execFile);

/** Fetches Keycloak, if it is not there yet. @returns why it cannot be had: nothing where it is there */
export async function fetchKeycloak(): Promise<string | undefined> {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'keycloak-unfinished-'));
  try {
    await run('java', ['-version']);
    if (existsSync(home)) return undefined;
    console.log('Fetching Keycloak: minutes, the first time.');
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`;
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
    await run('mvn', [
      '-q',
      '-B',
      '-Dstyle.color=never',
      copy,
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${unfinished}`,
    ]);
    const archive = join(unfinished, `keycloak-quarkus-dist-${version}.tar.gz`);
    const hash = createHash('sha256');
    await pipeline(createReadStream(archive), hash);
    if (hash.digest('hex') !== sha256) throw new Error(`${archive} has another checksum than ${sha256}.`);
    await run('tar', ['-xzf', archive, '-C', unfinished]);
    const unpacked = join(unfinished, `keycloak-${version}`);
    await run(join(unpacked, 'bin', 'kc.sh'), ['build', ...built]);
    renameSync(unpacked, home);
    return undefined;
  } catch (error) {
    const reason = `Keycloak: ${whyNot(error)}`;
    console.log(`Skipped for want of ${reason}`);
    return reason;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const administrator = { username: 'administrator', password: 'of-this-test' };

/** A Keycloak on loopback, whose database goes with it. */
export class Keycloak implements AsyncDisposable {
  readonly url: string;
  readonly #server: ServerProcess;

  private constructor(url: string, server: ServerProcess) {
    this.url = url;
    this.#server = server;
  }

  /**
   * @param folder - for what it stores; removed by whoever made it
   * @param ca - a file with certificates that it trusts beside the usual ones, PEM
   */
  static async start(folder: string, ca?: string): Promise<Keycloak> {
    const own = join(folder, 'keycloak');
    cpSync(home, own, { recursive: true });
    const [port = 0, management = 0] = await freePorts(2);
    const options = {
      ...{ 'http-enabled': true, 'http-host': '127.0.0.1', 'http-port': port, 'http-management-port': management },
      ...{ 'hostname-strict': false, cache: 'local' },
      ...(ca === undefined ? {} : { 'truststore-paths': ca }),
    };
    const args = ['start', '--optimized', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
    const environment = {
      ...machineEnvironment(folder),
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
    };
    const log = join(folder, 'keycloak.log');
    // Its script ends the server: killed itself, it would leave it running.
    const server = new ServerProcess(join(own, 'bin', 'kc.sh'), args, environment, log, 120_000);
    await server.until(() => isThere(`http://127.0.0.1:${management}/health/ready`));
    return new Keycloak(`http://127.0.0.1:${port}`, server);
  }

  /** The address of a realm, which is what its tokens are for and who signs them. */
  realm(name: string): string {
    return `${this.url}/realms/${name}`;
  }

  /** Where a realm gives tokens. */
  tokenUrl(name: string): string {
    return `${this.realm(name)}/protocol/openid-connect/token`;
  }

  /** Makes a realm. @param representation - as Keycloak imports it */
  async createRealm(representation: object): Promise<void> {
    await this.administer('POST', 'realms', representation);
  }

  /** Asks its Admin REST API. @param path - below `/admin/` @throws Error for what is no success */
  async administer<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${await this.#token()}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/admin/${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** One lives for a minute. */
  async #token(): Promise<string> {
    const form = { grant_type: 'password', client_id: 'admin-cli', ...administrator };
    const answer = await fetch(this.tokenUrl('master'), {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}
