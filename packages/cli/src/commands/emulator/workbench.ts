import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { FedbridgeError, type System } from '@fedbridge/core';
import {
  ConfigError,
  CredentialProblem,
  type Emulator,
  type EmulatorOptions,
  type Exchange,
  exchangeOf,
  IamProblem,
  type JobChange,
  PortProblem,
  play,
  type StartedConfiguredJob,
  StateProblem,
  startEmulator,
  startJob,
  type Wanted,
} from '@fedbridge/emulator';
import type { Configured } from './config-file.ts';

/** A job that runs, with all that leads its clients to the emulator. */
export type Job = StartedConfiguredJob;

/** An emulator by its configuration, and the certificates that its clients trust, in a folder of the owner's alone. */
export class Workbench implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly #folder: string;
  #configured: Configured;

  private constructor(emulator: Emulator, configured: Configured, folder: string) {
    this.emulator = emulator;
    this.#configured = configured;
    this.#folder = folder;
  }

  /** @throws FedbridgeError `INPUT_INVALID` for a set-up that a cloud would not take */
  static async open(configured: Configured, options: EmulatorOptions, system: System): Promise<Workbench> {
    const { setup, config, file } = configured;
    const issuers = config.issuers ? { issuers: config.issuers } : {};
    const emulator = await rejected(file, () => startEmulator({ setup, names: 'real', ...issuers, ...options }));
    const folder = await mkdtemp(join(tmpdir(), 'fedbridge-emulator-'));
    const ca = emulator.ca ?? '';
    const { NODE_EXTRA_CA_CERTS: own } = system.environment;
    const others = own === undefined ? '' : await readable(own);
    await writeFile(join(folder, 'ca.pem'), `${ca}\n${others}`);
    // Some clients trust what they are told of alone: the hosts that the proxy passes on are to be trusted as ever.
    await writeFile(join(folder, 'ca-bundle.pem'), [ca, others, ...rootCertificates].join('\n'));
    return new Workbench(emulator, configured, folder);
  }

  get configured(): Configured {
    return this.#configured;
  }

  /** @throws FedbridgeError `INPUT_INVALID` for a set-up that a cloud would not take: the one before stays */
  async reconfigure(configured: Configured): Promise<void> {
    await rejected(configured.file, () => this.emulator.replaceSetup(configured.setup));
    this.#configured = configured;
  }

  /** @throws ConfigError for a job that there is not */
  async startJob(name: string, changes: readonly JobChange[]): Promise<Job> {
    const job = await startJob(this.emulator, this.#configured.config, name, changes);
    return { ...job, environment: { ...job.environment, ...this.#endpoints() } };
  }

  /** Plays a job that exchanges its ID token. @returns what became of it @throws FedbridgeError `INPUT_INVALID` */
  async exchange(wanted: Wanted): Promise<Exchange> {
    const { config, setup } = this.#configured;
    await asInput(() => play(this.emulator, config, setup, wanted));
    const exchanges = this.emulator.requests.map((request) => exchangeOf(request, setup));
    const last = exchanges.findLast((one) => one !== undefined);
    if (!last) throw new FedbridgeError('INPUT_INVALID', `The job presented no ID token for ${wanted.wanted}.`);
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Sources: AWS SDKs and Tools Reference Guide; Node.js CLI; curl, Requests and OpenSSL of their CA variables. */
  #endpoints(): Readonly<Record<string, string>> {
    const { proxy = '', urls } = this.emulator;
    const bundle = join(this.#folder, 'ca-bundle.pem');
    const here = '127.0.0.1,localhost,::1';
    return {
      https_proxy: proxy,
      HTTPS_PROXY: proxy,
      no_proxy: here,
      NO_PROXY: here,
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: join(this.#folder, 'ca.pem'),
      AWS_CA_BUNDLE: bundle,
      CURL_CA_BUNDLE: bundle,
      REQUESTS_CA_BUNDLE: bundle,
      SSL_CERT_FILE: bundle,
      // The SDK for JavaScript uses no proxy.
      AWS_ENDPOINT_URL_STS: urls.sts,
      VAULT_ADDR: urls.vault,
    };
  }
}

/** What the emulator says of a job that there is not, as an error of the command line. */
export async function asInput<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [problem] = error instanceof ConfigError ? error.problems : [];
    throw new FedbridgeError('INPUT_INVALID', error.message, { hint: problem?.hint });
  }
}

async function readable(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file, 'utf8').catch(() => '');
}

/** What clouds and this machine will not take, in words that name the file. */
async function rejected<T>(file: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof IamProblem || error instanceof CredentialProblem)
      throw new FedbridgeError('INPUT_INVALID', `${file}: the cloud would reject this. ${error.message}`);
    if (error instanceof PortProblem || error instanceof StateProblem)
      throw new FedbridgeError('INPUT_INVALID', error.message, {
        hint: 'Another emulator may run already; "ports" and "state" of the configuration choose others.',
      });
    if (error instanceof Error) throw new FedbridgeError('INPUT_INVALID', `${file}: ${error.message}`);
    throw error;
  }
}
