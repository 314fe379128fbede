import { answer, type Kind, type Questions } from './engine/answer.ts';

/** What comes of a question. */
export type Outcome<K extends Kind> = { readonly answer: Questions[K]['answer'] } | { readonly failure: string };

interface Message {
  readonly kind: Kind;
  readonly question: Questions[Kind]['question'];
}

/** In the worker: answers one question after the other. */
export function serve(): void {
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<Message>) => Promise<void>;
    postMessage: (outcome: Outcome<Kind>) => void;
  };
  scope.onmessage = async ({ data: { kind, question } }) => {
    try {
      scope.postMessage({ answer: await answer(kind, question) });
    } catch (error) {
      scope.postMessage({ failure: `An unforeseen error: ${error instanceof Error ? error.message : typeof error}.` });
    }
  };
}

interface Job extends Message {
  readonly done: (outcome: Outcome<Kind>) => void;
}

/** A question that nobody waits for any longer may take this long, in ms, before the worker is stopped for the next one. */
const untilReplaced = 1_000;
/** No question takes longer, in ms. */
const longest = 60_000;

/**
 * Answers questions in a worker, so that no document holds up the page. Of several the newest alone is answered, and what takes too long is
 * stopped.
 */
export class Engine {
  readonly #script: string;
  #worker: Worker | undefined;
  #running: (Job & { readonly since: number }) | undefined;
  #next: Job | undefined;
  #timers: number[] = [];

  /** @param script - of the page, which serves where there is no document */
  constructor(script: string) {
    this.#script = script;
  }

  ask<K extends Kind>(kind: K, question: Questions[K]['question'], done: (outcome: Outcome<K>) => void): void {
    this.#next = { kind, question, done: done as Job['done'] };
    if (!this.#running) this.#start();
    else this.#after(untilReplaced - (Date.now() - this.#running.since), () => this.#replace());
  }

  #start(): void {
    if (!this.#next) return;
    const { kind, question, done } = this.#next;
    this.#next = undefined;
    this.#running = { kind, question, done, since: Date.now() };
    try {
      this.#worker ??= this.#made();
    } catch (error) {
      this.#end({ failure: `This browser runs no worker here: ${String(error)}` });
      return;
    }
    this.#worker.postMessage({ kind, question } satisfies Message);
    this.#after(longest, () => {
      this.#stop();
      this.#end({
        failure: `It takes longer than ${longest / 1000} seconds. The command takes any size: fedbridge trust who.`,
      });
    });
  }

  #made(): Worker {
    const url = URL.createObjectURL(new Blob([this.#script], { type: 'text/javascript' }));
    const worker = new Worker(trusted(url));
    worker.onmessage = ({ data }: MessageEvent<Outcome<Kind>>) => this.#end(data);
    worker.onerror = ({ message }) => {
      this.#stop();
      this.#end({ failure: `The worker of this page failed: ${message}` });
    };
    URL.revokeObjectURL(url);
    return worker;
  }

  #replace(): void {
    if (!this.#next || !this.#running) return;
    this.#stop();
    this.#running = undefined;
    this.#start();
  }

  #end(outcome: Outcome<Kind>): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    const done = this.#running?.done;
    this.#running = undefined;
    if (this.#next) this.#start();
    else done?.(outcome);
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  #after(ms: number, what: () => void): void {
    this.#timers.push(window.setTimeout(what, Math.max(0, ms)));
  }
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** Of this page's own script. Source: W3C, Trusted Types; the page's policy allows this one alone. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('fedbridge', { createScriptURL: (own) => own });
  return policy ? policy.createScriptURL(url) : url;
}
