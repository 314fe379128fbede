import { createReadStream } from 'node:fs';
import { styleText } from 'node:util';
import { FedbridgeError, Masking, visible } from '@fedbridge/core';
import { decoded } from '@fedbridge/trust-files';
import { jsonParts } from './json-parts.ts';

type Colour = 'red' | 'yellow' | 'green' | 'dim';

/** Of what is read, in bytes: far beyond any token or document. */
const mostInput = 16 * 1024 * 1024;

/**
 * What a command prints to and reads from: results on standard output, everything else on standard error. All that is printed goes
 * through here, and nothing that came from outside acts on a terminal or on a platform that reads the log.
 */
export class Terminal {
  readonly #process: NodeJS.Process;
  readonly #masking = new Masking();

  constructor(process: NodeJS.Process) {
    this.#process = process;
    // Whoever read has read enough: the exit code still tells. That a full disk took nothing is a failure.
    process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'EOF') return;
      this.log(`Standard output cannot be written: ${code}.`);
      process.exitCode = 1;
    });
    process.stderr.on('error', () => {});
  }

  /** A line of the result, in a colour where a person reads it: on a terminal, unless NO_COLOR is set. */
  print(line: string, colour?: Colour): void {
    const { stdout, env } = this.#process;
    const shown = visible(line);
    this.#write(colour && stdout.isTTY && !env.NO_COLOR ? styleText(colour, shown) : shown);
  }

  /** The result as JSON. */
  printJson(value: unknown, indent = 0): void {
    for (const part of jsonParts(value, indent)) this.#process.stdout.write(part);
    this.#process.stdout.write('\n');
  }

  /** The result in a language that has quoted all that is in it. */
  printDocument(text: string): void {
    this.#write(text);
  }

  /** A line for whoever watches, which may be everybody who may read a job's log: nothing masked is in it. */
  log(line: string): void {
    this.#process.stderr.write(`${visible(this.#masking.hide(line))}\n`);
  }

  /** Hides a secret in all that is logged from now on, cut or encoded too. No platform hides it: results are printed as they are. */
  mask(secret: string): void {
    this.#masking.add(secret);
  }

  /** All of standard input. @throws FedbridgeError `INPUT_INVALID` */
  read(most = mostInput): Promise<string> {
    return textOf(this.#process.stdin, 'Standard input', most);
  }

  /** All of a file, or of whatever its name stands for. @throws FedbridgeError `INPUT_INVALID` */
  readFile(file: string, most = mostInput): Promise<string> {
    return textOf(createReadStream(file), file, most);
  }

  /** Whether a person sees what is printed. */
  get isInteractive(): boolean {
    return this.#process.stdout.isTTY === true;
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

  #write(text: string): void {
    this.#process.stdout.write(`${text}\n`);
  }
}

async function textOf(stream: NodeJS.ReadableStream, what: string, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream) {
      size += part.length;
      if (size > most) throw new FedbridgeError('INPUT_INVALID', `${what} has more than ${most} bytes.`);
      parts.push(Buffer.from(part));
    }
  } catch (error) {
    if (error instanceof FedbridgeError) throw error;
    throw new FedbridgeError('INPUT_INVALID', `${what} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  return decoded(Buffer.concat(parts), what);
}
