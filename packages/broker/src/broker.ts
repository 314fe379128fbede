import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { FedbridgeError, HttpClient, type Lease, type Outbound, type System } from '@fedbridge/core';
import {
  type Acquisition,
  type AdmittedIdToken,
  type CredentialEndpoint,
  type EndpointOrder,
  Identity,
  type KeepFresh,
  type KeptInFile,
  type Platform,
  reuseWhileFresh,
} from '@fedbridge/identity';
import { Holdings } from './holdings.ts';
import { idTokenRoute } from './id-token-route.ts';
import { type BrokerAddress, type BrokerPlan, brokerFiles, filesOfRunning, type TokenFilePlan } from './plan.ts';
import { Renewal, type RenewalOptions } from './renewal.ts';
import { Replaced } from './replaced.ts';
import { type SecretRoute, serve } from './server.ts';
import { socketPath } from './socket-path.ts';
import { StatusFile } from './status-file.ts';
import { TokenFile } from './token-file.ts';
import { remove, writeWhole } from './whole-file.ts';

/** How long one acquisition may take, in ms, and how often its requests are made: a failed renewal is tried again anyway. */
const acquisitionMs = 30_000;
const attempts = { first: 10, renewal: 2 };
/** How often the broker looks whether its job is still there and nobody stops it, in ms. */
const watchMs = 200;

const tooLate = ({ endsBy }: BrokerPlan) =>
  new FedbridgeError(
    'DELIVERY_FAILED',
    `The job runs for longer than input "${endsBy}" has its credentials kept fresh.`,
  );
const jobIsOver = new FedbridgeError('DELIVERY_FAILED', 'The job is over.');

/** What a plan may name; a wrapper bundles what its step needs. */
export interface BrokerParts {
  readonly platforms: readonly Platform[];
  readonly endpoints: readonly CredentialEndpoint[];
}

/** Keeps what its plan names fresh, and serves it on a port of 127.0.0.1 until it is ended. */
export class Broker {
  readonly #plan: BrokerPlan;
  readonly #system: System;
  readonly #parts: BrokerParts;
  readonly #status: StatusFile;
  readonly #holdings: Holdings;
  readonly #replaced: Replaced;
  readonly #idTokens = new Map<string, () => Promise<AdmittedIdToken>>();
  /** Files in which what is kept can be read. */
  readonly #files: TokenFile[] = [];
  /** A file has something in it before anybody is told of it. */
  readonly #firstWrites: Promise<void>[] = [];
  readonly #http: HttpClient;
  /** Whether it came to serve. */
  #opening = Promise.resolve(false);
  #close: () => void = () => {};
  #hasEnded = false;
  #settle: (isOver: boolean) => void = () => {};
  /** Resolves when it serves no more and its secrets are gone: to whether nothing is left to serve, or another is to serve in its place. */
  readonly ended = new Promise<boolean>((resolve) => {
    this.#settle = resolve;
  });

  constructor(plan: BrokerPlan, system: System, parts: BrokerParts) {
    this.#parts = parts;
    this.#plan = plan;
    this.#system = system;
    this.#http = new HttpClient(system.environment, () => plan.network ?? {});
    this.#status = new StatusFile(plan.folder);
    this.#holdings = new Holdings(this.#status);
    const forget = async () => this.#idTokens.clear();
    this.#holdings.add({ drop: forget, stop: forget });
    this.#replaced = new Replaced(system);
    this.#holdings.add(this.#replaced);
  }

  /** @returns once it serves */
  open(): Promise<BrokerAddress> {
    const opening = this.#open();
    this.#opening = opening.then(
      () => true,
      () => false,
    );
    return opening;
  }

  async #open(): Promise<BrokerAddress> {
    await this.#status.resume();
    if (this.#isLate()) await this.#withhold();
    const { endpoints = {}, tokenFile, idTokens, folder, listener } = this.#plan;
    for (const [name, { secretFile }] of Object.entries(endpoints)) {
      if (secretFile !== undefined) await writeWhole(join(folder, secretFile), this.#secretOf(name));
    }
    if (tokenFile) this.#keepTokenFile(tokenFile);
    const routes = Object.entries(endpoints).flatMap(([name, order]) => this.#routesOf(name, order));
    await Promise.all(this.#firstWrites);
    if (idTokens) {
      const route = idTokenRoute(this.#source(), (audience) => this.#idTokenFor(audience));
      routes.push({ route, secret: this.#secretOf('idTokens') });
    }
    const server = await serve(routes, { listener, socket: socketPath(folder) });
    this.#close = server.close;
    await this.#status.settled();
    return { port: server.port };
  }

  /** Until there is nobody to serve. */
  async watch(): Promise<void> {
    while (!this.#hasEnded && !this.#isOver()) {
      if (this.#isLate()) await this.#withhold();
      await this.#system.sleep(watchMs);
    }
    await this.end();
  }

  /** Whether the job is gone, as far as it can be seen, or somebody stops the broker or took its folder away. */
  #isOver(): boolean {
    const { jobProcess, folder } = this.#plan;
    const isGone = jobProcess !== undefined && !this.#system.isRunning(jobProcess);
    return isGone || !canWrite(folder) || existsSync(join(folder, brokerFiles.stop));
  }

  #isLate(): boolean {
    return this.#system.now() >= this.#plan.endsAt;
  }

  /** Gives nothing any more, and stays where it is: clients that find the port by a variable still shall meet nobody else there. */
  async #withhold(): Promise<void> {
    const why = tooLate(this.#plan);
    this.#status.denied(why.message);
    await this.#holdings.stop(why);
    this.#http.close();
    // Until it is gone: on Windows not while somebody reads it.
    for (const file of this.#files) await file.remove();
  }

  /**
   * Stops serving, and leaves the status and nothing else. Where the job goes on and another will serve in its place, by the same secrets,
   * their files stay: no client finds them gone meanwhile.
   *
   * @param hasSuccessor - whether somebody starts another, or else removes what there is
   */
  async end(hasSuccessor = () => false): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // Nothing is opened or written behind its back.
    const hasServed = await this.#opening;
    const goesOn = () => hasSuccessor() && !this.#isOver();
    this.#close();
    // It removes the token.
    if (!goesOn()) await this.#holdings.stop(jobIsOver);
    if (hasServed) await this.#status.close();
    this.#http.close();
    // Stopped meanwhile, it has none.
    if (goesOn()) return this.#settle(false);
    await this.#holdings.stop(jobIsOver);
    // What cannot be removed is the clean-up's to tell.
    for (const file of filesOfRunning(this.#plan)) await remove(join(this.#plan.folder, file));
    this.#settle(true);
  }

  #routesOf(name: string, { plan, keptFile }: EndpointOrder): readonly SecretRoute[] {
    const endpoint = this.#parts.endpoints.find((one) => one.name === name);
    if (!endpoint) throw new Error(`This broker has no endpoint "${name}".`);
    const secret = this.#secretOf(name);
    const keepFresh: KeepFresh = (acquire, lease, kept) => {
      const renewal = { acquire: (isFirst: boolean) => acquire(this.#acquisition(isFirst)), lease };
      const isInFile = keptFile !== undefined && kept !== undefined;
      const fresh = isInFile
        ? this.#keepInFile(keptFile, kept, renewal)
        : this.#keep({ ...renewal, renewUnasked: false });
      return () => fresh.get();
    };
    return endpoint.routes(plan, keepFresh).map((route) => ({ route, secret }));
  }

  #secretOf(endpoint: string): string {
    const secret = this.#plan.secrets[endpoint];
    if (secret) return secret;
    throw new Error(`This broker has no secret for "${endpoint}".`);
  }

  #acquisition(isFirst: boolean): Acquisition {
    return {
      identity: this.#identity(isFirst),
      idToken: (audience) => this.#idToken(audience, isFirst),
      outbound: this.#outbound(isFirst),
    };
  }

  #keepTokenFile({ audience, lease }: TokenFilePlan): void {
    const acquire = async (): Promise<Lease<string>> => {
      const token = await this.#source().getIdToken(audience);
      return { value: token.reveal(), expiresAt: token.usableUntil(this.#system.now()) };
    };
    this.#keepInFile(brokerFiles.idToken, { written: (token: string) => token }, { acquire, lease });
  }

  #keepInFile<T>(
    name: string,
    { written, endReplaced }: KeptInFile<T>,
    { acquire, lease }: Pick<RenewalOptions<T>, 'acquire' | 'lease'>,
  ): Renewal<T> {
    const file = new TokenFile(join(this.#plan.folder, name));
    this.#files.push(file);
    let current = lease && written(lease.value);
    const onNew = async ({ value }: Lease<T>) => {
      const [before, text] = [current, written(value)];
      await file.write(text);
      current = text;
      if (before === undefined || before === text || !endReplaced) return;
      this.#replaced.add(() => endReplaced(before, this.#outbound()));
    };
    const onDropped = () => file.remove();
    if (this.#status.denial !== undefined) this.#firstWrites.push(file.remove());
    // A broker that was killed may have left a newer one.
    else if (lease && lease.expiresAt > this.#system.now()) this.#firstWrites.push(file.write(written(lease.value)));
    return this.#keep({ acquire, lease, onNew, onDropped, renewUnasked: true });
  }

  #keep<T>({ acquire, ...options }: Omit<RenewalOptions<T>, 'system' | 'status'>): Renewal<T> {
    const fresh = new Renewal<T>({
      ...options,
      acquire: (isFirst) => this.#holdings.acquire(() => acquire(isFirst)),
      ...{ system: this.#system, status: this.#status },
    });
    this.#holdings.add(fresh);
    const { denial } = this.#status;
    // What a broker before this one did not serve any more is not served again because that one was killed.
    if (options.lease && denial !== undefined) void fresh.drop(new FedbridgeError('DELIVERY_FAILED', denial));
    void fresh.keep();
    return fresh;
  }

  /** @param audience - whom a client wants one for: where that is not the step's, whether it gets one is its own affair */
  #idTokenFor(audience: string | undefined): Promise<AdmittedIdToken> {
    const isOfClient = audience !== undefined && audience !== this.#plan.tokenFile?.audience;
    return this.#holdings.acquire(() =>
      this.#idToken(audience, true)().catch((error: unknown) => {
        const isForOthers = error instanceof FedbridgeError && error.code === 'ID_TOKEN_AUDIENCE';
        throw isOfClient && isForOthers ? error.with({ breaksGuard: false }) : error;
      }),
    );
  }

  #idToken(audience: string | undefined, isFirst: boolean) {
    const key = `${isFirst} ${audience}`;
    const known = this.#idTokens.get(key);
    if (known) return known;
    const get = reuseWhileFresh(this.#source(isFirst), audience, this.#system);
    this.#idTokens.set(key, get);
    return get;
  }

  /** Each call of it has a deadline of its own. */
  #source(isFirst = false) {
    const { name, audience } = this.#identity(isFirst);
    return { name, audience, getIdToken: (wanted?: string) => this.#identity(isFirst).getIdToken(wanted) };
  }

  #identity(isFirst: boolean): Identity {
    return new Identity(this.#plan.identity, this.#outbound(isFirst), this.#parts.platforms);
  }

  #outbound(isFirst = false): Outbound {
    const system = this.#system;
    const silent = () => {};
    const deadline = system.now() + acquisitionMs;
    const maxAttempts = isFirst ? attempts.first : attempts.renewal;
    return { http: this.#http, system, deadline, maxAttempts, log: silent, debug: silent, mask: silent };
  }
}

/** In a folder that cannot be written nobody can stop it. */
function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
