import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';

/** What a command prints to and reads from: results on standard output, everything else on standard error. */
export class Terminal {
  readonly #process: NodeJS.Process;

  constructor(process: NodeJS.Process) {
    this.#process = process;
  }

  /** A line of the result. */
  print(line: string): void {
    this.#process.stdout.write(`${line}\n`);
  }

  /** A line for whoever watches. */
  log(line: string): void {
    this.#process.stderr.write(`${line}\n`);
  }

  /** Coloured where a person reads it: on a terminal, unless NO_COLOR is set. */
  coloured(colour: 'red' | 'yellow' | 'green' | 'dim', line: string): string {
    const { stdout, env } = this.#process;
    return stdout.isTTY && !env.NO_COLOR ? styleText(colour, line) : line;
  }

  /** All of standard input. */
  read(): Promise<string> {
    return text(this.#process.stdin);
  }

  set exitCode(code: number) {
    this.#process.exitCode = code;
  }

  /** Is aborted when this process is asked to end. */
  stopSignal(): AbortSignal {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) this.#process.on(signal, () => stop.abort());
    return stop.signal;
  }
}
