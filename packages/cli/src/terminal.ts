import { createReadStream } from 'node:fs';
import { styleText } from 'node:util';
import { FedbridgeError, Masking, visible } from '@fedbridge/core';
import { jsonParts } from './json-parts.ts';
import { textOf } from './reading.ts';
import { wrapped } from './wrapped.ts';

type Colour = 'red' | 'yellow' | 'green' | 'dim';

/** Of what is read, in bytes: far beyond any token or document. */
const mostInput = 16 * 1024 * 1024;

/** How often progress is shown anew, in ms: more than an eye follows would only keep the work waiting. */
const progressMs = 100;

/**
 * What a command prints to and reads from: results on standard output, everything else on standard error. All that is printed goes
 * through here, and nothing that came from outside acts on a terminal or on a platform that reads the log.
 */
export class Terminal {
  readonly #process: NodeJS.Process;
  readonly #masking = new Masking();
  #format = (line: string) => line;
  /** When progress was shown last, in ms of a clock that only goes on; undefined where none is in sight. */
  #progressAt: number | undefined;

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

  /**
   * A line of the result, in a colour and between words where a person reads it.
   *
   * @param hanging - what further lines begin with, if it takes any
   */
  print(line: string, colour?: Colour, hanging?: string): void {
    const hasColour = colour && this.#hasColours;
    // A stream that is to have colours has been decided on: Node's own check came with 22.13.
    for (const shown of wrapped(visible(line), this.columns, hanging))
      this.#write(hasColour ? styleText(colour, shown, { validateStream: false }) : shown);
  }

  /** The result as JSON. */
  printJson(value: unknown, indent = 0): void {
    this.#clearProgress();
    for (const part of jsonParts(value, indent)) this.#process.stdout.write(part);
    this.#process.stdout.write('\n');
  }

  /** The result in a language that has quoted all that is in it. */
  printDocument(text: string): void {
    this.#write(text);
  }

  /** The result as a file of its own is, to the byte. */
  printBytes(bytes: Uint8Array): void {
    this.#clearProgress();
    this.#process.stdout.write(bytes);
  }

  /**
   * A line for whoever watches, which may be everybody who may read a job's log: nothing masked is in it.
   *
   * @param format - makes what is written of it; what `logAs` says by default
   */
  log(line: string, format = this.#format): void {
    this.#clearProgress();
    this.#process.stderr.write(`${format(visible(this.hide(line)))}\n`);
  }

  /** Has further lines of the log written in a form for programs. @param format - makes one line of a line */
  logAs(format: (line: string) => string): void {
    this.#format = format;
  }

  /** The same, between words where a person reads it. */
  tell(line: string): void {
    const { isTTY, columns } = this.#process.stderr;
    for (const shown of wrapped(visible(this.hide(line)), isTTY ? columns || undefined : undefined)) this.log(shown);
  }

  /**
   * Shows how far long work is, in a line that the next one replaces: where a person watches, and to nobody else.
   *
   * @param line - without anything secret
   */
  progress(line: string): void {
    const { stderr, env } = this.#process;
    if (!stderr.isTTY || env.TERM === 'dumb') return;
    const now = performance.now();
    if (this.#progressAt !== undefined && now - this.#progressAt < progressMs) return;
    this.#progressAt = now;
    stderr.write(`\r${visible(line).slice(0, Math.max(0, stderr.columns - 1))}\x1b[K`);
  }

  /** Hides a secret in all that is logged from now on, cut or encoded too. No platform hides it: results are printed as they are. */
  mask(secret: string): void {
    this.#masking.add(secret);
  }

  /** A text of others without what is masked, for a result that everybody may read. */
  hide(text: string): string {
    return this.#masking.hide(text);
  }

  /** All of standard input, which who sits at a terminal is told of. @throws FedbridgeError `INPUT_INVALID` */
  read(most = mostInput): Promise<string> {
    const { stdin, platform } = this.#process;
    const end = platform === 'win32' ? 'Ctrl+Z and Enter end' : 'Ctrl+D ends';
    if (stdin.isTTY) this.log(`Reading from this terminal: ${end} it.`);
    return textOf(stdin, 'Standard input', most);
  }

  /**
   * All of a file, or of whatever its name stands for: `-` for standard input, and so does no name, unless it is a terminal.
   *
   * @throws FedbridgeError `INPUT_INVALID`
   */
  async readFile(file: string | undefined, most = mostInput): Promise<string> {
    if (file === '-' || (file === undefined && !this.#process.stdin.isTTY)) return this.read(most);
    if (file !== undefined) return textOf(createReadStream(file), file, most);
    throw new FedbridgeError('INPUT_INVALID', 'No file is named, and standard input is a terminal.', {
      hint: 'Name a file, or pipe into this command; - stands for what is typed here. --help has examples.',
    });
  }

  /** Whether somebody is there who can be asked. */
  get canAsk(): boolean {
    const { stdin, stderr } = this.#process;
    return stdin.isTTY === true && stderr.isTTY === true;
  }

  /**
   * What somebody types who is asked, on standard error: a result on standard output stays one.
   *
   * @throws FedbridgeError `CANCELLED` for Ctrl+C and for Ctrl+D
   */
  async ask(question: string): Promise<string> {
    const { createInterface } = await import('node:readline/promises');
    const { stdin: input, stderr: output } = this.#process;
    const lines = createInterface({ input, output });
    const stop = new AbortController();
    lines.once('SIGINT', () => stop.abort()).once('close', () => stop.abort());
    try {
      return (await lines.question(`${visible(question)} `, { signal: stop.signal })).trim();
    } catch {
      output.write('\n');
      throw new FedbridgeError('CANCELLED', 'Interrupted: nothing was done.');
    } finally {
      lines.close();
    }
  }

  /** How many columns a person sees of what is printed; undefined where nobody does. */
  get columns(): number | undefined {
    const { stdout } = this.#process;
    return stdout.isTTY ? stdout.columns || undefined : undefined;
  }

  /** Whether a person sees what is printed. */
  get isInteractive(): boolean {
    return this.#process.stdout.isTTY === true;
  }

  set exitCode(code: number) {
    this.#process.exitCode = code;
  }

  /** Is aborted when this process is asked to end; the signal is the reason. */
  stopSignal(): AbortSignal {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) this.#process.on(signal, () => stop.abort(signal));
    return stop.signal;
  }

  /**
   * Does work that must not be left behind: a signal that ends this process ends the work first.
   *
   * @param work - ends early once it is asked to
   * @throws FedbridgeError `CANCELLED`
   */
  async interruptible<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const end = (signal: NodeJS.Signals) => stop.abort(signal);
    for (const signal of signals) this.#process.on(signal, end);
    const result = work(stop.signal).finally(() => {
      for (const signal of signals) this.#process.off(signal, end);
    });
    await result.catch(() => {});
    if (!stop.signal.aborted) return result;
    // As if it had not been held up: shells see 130 for Ctrl+C, and end a loop around it.
    this.#process.kill(this.#process.pid, stop.signal.reason);
    throw new FedbridgeError('CANCELLED', 'Interrupted.');
  }

  /**
   * Where a person reads, unless they or their terminal want none; FORCE_COLOR comes before all else.
   * Source: Node.js, `tty.WriteStream.getColorDepth`; https://no-color.org.
   */
  get #hasColours(): boolean {
    const { stdout, env } = this.#process;
    const { FORCE_COLOR: forced, NO_COLOR: none, TERM } = env;
    if (forced !== undefined) return ['', '1', '2', '3', 'true'].includes(forced);
    return stdout.isTTY === true && !none && TERM !== 'dumb';
  }

  #write(text: string): void {
    this.#clearProgress();
    this.#process.stdout.write(`${text}\n`);
  }

  #clearProgress(): void {
    if (this.#progressAt === undefined) return;
    this.#progressAt = undefined;
    this.#process.stderr.write('\r\x1b[K');
  }
}
