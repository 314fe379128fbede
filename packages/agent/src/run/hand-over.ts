import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FedbridgeError, untilAborted } from '@fedbridge/core';
import { type AgentPlace, isConfigured } from './agent-scripts.ts';
import { copyAgent } from './copy-agent.ts';
import { handOverPaths, handOverSocket, type Instruction, type Report } from './hand-over-protocol.ts';
import type { ListenWorld } from './listen.ts';
import type { AgentHost } from './run-agent.ts';

/** What another container may say, in bytes. */
const mostSaid = 1_000;
const mostConnections = 16;
/** How long an agent may take to end that was asked to, in the other container, in ms. */
const endMs = 60_000;
/** How long the other container has to hear how it ended, in ms. */
const longestTelling = 5_000;

interface HandOverOptions {
  /** The folder that both containers have, and that this one alone may write to. */
  readonly shared: string;
  /** The folder that agents are unpacked below, which this container has alone. */
  readonly folder: string;
  readonly once: boolean;
}

/**
 * Hands a registered agent over to `runHandedOver` in another container, whose jobs then find no identity of the pod. What is handed over is
 * a copy: what removes the agent at the end, no job has written to, nor any path on the way to it.
 */
export class HandOver implements AgentHost {
  readonly runsIn: string | undefined;
  readonly #options: HandOverOptions;
  readonly #server: Server;
  readonly #terminated: AbortSignal;
  readonly #stop = new AbortController();
  #isCopied: boolean;
  readonly #told = deferred<void>();
  #instruction = deferred<Instruction>();
  #running: { readonly report: Deferred<number>; drain(): Promise<void> } | undefined;

  private constructor(options: HandOverOptions, runsIn: string | undefined, terminated: AbortSignal) {
    this.#options = options;
    this.runsIn = runsIn;
    this.#isCopied = runsIn !== undefined;
    this.#terminated = terminated;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    // Of a job that would have this container out of memory, when the agent is to be removed.
    this.#server.maxConnections = mostConnections;
    this.#server.maxRequestsPerSocket = 1;
    this.#server.on('dropRequest', (_request, socket) => socket.destroy());
    // Beside an agent it is told to end when that one's container has ended.
    void untilAborted(terminated).then(() => this.#running || this.#stop.abort(terminated.reason));
  }

  /**
   * @param terminated - that this process is to end
   * @throws FedbridgeError `INPUT_INVALID`, `DELIVERY_FAILED`
   */
  static async open(options: HandOverOptions, terminated: AbortSignal): Promise<HandOver> {
    const handOver = new HandOver(options, await configuredBelow(options.folder), terminated);
    const socket = handOverSocket(options.shared);
    try {
      await mkdir(options.shared, { recursive: true });
      await rm(socket, { force: true });
      await new Promise<void>((resolve, reject) => handOver.#server.once('error', reject).listen(socket, resolve));
      await chmod(socket, 0o600);
    } catch (error) {
      throw new FedbridgeError('DELIVERY_FAILED', `An agent cannot be handed over in ${options.shared}.`, {
        answer: String(error),
      });
    }
    return handOver;
  }

  /** Aborted when the agent is asked to end: by the other container, or by this one's end before there is an agent. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Tells the other container how a run ended, which ends then. Where that was with its one job, this container waits to be told to end, too:
   * one that stays beside others is started again until they have ended. Started again after its job it runs no other one.
   *
   * @param run - of the agent, handed over by this
   * @throws what it throws
   */
  async serve(run: () => Promise<number>): Promise<number> {
    const before = this.runsIn === undefined ? await this.#exitCodeBefore() : undefined;
    const running = before === undefined ? run() : Promise.resolve(before);
    const exitCode = await running.catch(() => undefined);
    this.#instruction.resolve({ exitCode: exitCode ?? 1 });
    const ends: Promise<void>[] = [untilAborted(this.#terminated)];
    // It asks twice a second.
    if (exitCode === undefined || !this.#options.once)
      ends.push(this.#told.promise, sleep(longestTelling, undefined, { ref: false }));
    await Promise.race(ends);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    // Whoever holds a connection without a question is not waited for.
    setTimeout(() => this.#server.closeAllConnections(), 1_000).unref();
    await closed;
    await rm(this.#ended, { force: true });
    return running;
  }

  async run(place: AgentPlace, { log, drain }: ListenWorld): Promise<number> {
    const { shared, once } = this.#options;
    const agent = { name: place.name, folder: join(shared, basename(place.folder)), once };
    if (!this.#isCopied || !(await isConfigured(agent.folder))) await copyAgent(place.folder, agent.folder);
    this.#isCopied = true;
    const report = deferred<number>();
    const overdue = deferred<void>();
    let isOver = false;
    let drained: Promise<void> | undefined;
    this.#running = {
      report,
      drain: () => {
        this.#stop.abort('the container of its jobs');
        drained ??= drain(() => isOver);
        // A job may have asked.
        void drained.then(() => setTimeout(overdue.resolve, endMs).unref());
        return drained;
      },
    };
    this.#instruction.resolve({ agent });
    const exitCode = await Promise.race([report.promise, overdue.promise, untilAborted(this.#terminated)]);
    isOver = true;
    this.#running = undefined;
    if (exitCode === undefined)
      log(
        `The container of agent ${place.name} ${this.#terminated.aborted ? 'ended without a word' : 'does not end it'}.`,
      );
    else if (once) await writeFile(this.#ended, String(exitCode));
    return exitCode ?? 1;
  }

  /** Says how the agent of one job ended, until this process has told. */
  get #ended(): string {
    return join(this.#options.folder, 'ended');
  }

  async #exitCodeBefore(): Promise<number | undefined> {
    const [exitCode] = /^\d+$/.exec(await readFile(this.#ended, 'utf8').catch(() => '')) ?? [];
    return exitCode === undefined ? undefined : Number(exitCode);
  }

  /** What is said of an agent before this process, started again, has found it, waits for that. */
  async #agent() {
    if (!this.#running) await this.#instruction.promise;
    return this.#running;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answerTo(request);
      response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
      if (answer && 'exitCode' in answer) this.#told.resolve();
    } catch {
      // A job may write what it likes.
      response.writeHead(400).end('{}');
    }
  }

  async #answerTo(request: IncomingMessage): Promise<object | undefined> {
    if (request.method !== 'POST') return undefined;
    if (request.url === handOverPaths.drain) {
      await (await this.#agent())?.drain();
      return {};
    }
    if (request.url !== handOverPaths.next) return undefined;
    const { exitCode } = await readReport(request);
    const running = exitCode === undefined ? undefined : await this.#agent();
    if (exitCode !== undefined && running) {
      this.#instruction = deferred();
      running.report.resolve(exitCode);
    }
    return this.#instruction.promise;
  }
}

/** The folder below this one with an agent that is configured, if there is one. */
async function configuredBelow(folder: string): Promise<string | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    const agent = join(folder, name);
    if (await isConfigured(agent)) return agent;
  }
  return undefined;
}

async function readReport(request: IncomingMessage): Promise<Report> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > mostSaid) throw new Error('It says too much.');
  }
  const { exitCode } = JSON.parse(text) as Report;
  if (exitCode !== undefined && !isExitCode(exitCode)) throw new Error('No exit code.');
  return { exitCode };
}

const isExitCode = (code: unknown) => Number.isInteger(code) && Number(code) >= 0 && Number(code) <= 255;

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
