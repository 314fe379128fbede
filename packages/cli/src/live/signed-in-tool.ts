import { FedbridgeError, untilAborted, visible, withoutTokens } from '@fedbridge/core';
import { decoded } from '@fedbridge/trust-files';
import type { Cli } from '../command-line.ts';
import { Answer } from './answer.ts';
import type { Question, Tool } from './questions.ts';

/** What is said to each tool whatever it is asked: to answer in JSON, without colors, pagers and prompts. */
const manners: Readonly<Record<Tool, { readonly args: readonly string[]; readonly environment: object }>> = {
  aws: { args: ['--output', 'json'], environment: { AWS_PAGER: '', AWS_CLI_AUTO_PROMPT: 'off' } },
  az: { args: ['--output', 'json', '--only-show-errors'], environment: { AZURE_CORE_NO_COLOR: 'true' } },
};

/** All of a large account, which `aws` reads page by page. */
const timeoutMs = 1_800_000;
const mostBytes = 256 * 1024 * 1024;

/** A tool of this machine, signed in as it is. */
export class SignedIn {
  readonly #cli: Cli;
  readonly #as: readonly string[];

  /** @param as - which of its sign-ins: `--profile=prod` */
  constructor(cli: Cli, as: readonly string[]) {
    this.#cli = cli;
    this.#as = as;
  }

  /** How a question is put, for whoever watches: there is nothing secret in it. */
  shown({ tool, args }: Question): string {
    return [tool, ...args, ...this.#as].map((one) => (/\s/.test(one) ? `'${one}'` : one)).join(' ');
  }

  /**
   * What the tool answers, a text of JSON.
   *
   * @throws FedbridgeError `UNAVAILABLE`, `ANSWER_MALFORMED`
   */
  async askText(question: Question): Promise<string> {
    const text = await this.tell(question);
    this.parsed(question, text);
    return text;
  }

  /**
   * What the tool answers.
   *
   * @throws FedbridgeError `UNAVAILABLE`, `ANSWER_MALFORMED`
   */
  async ask(question: Question): Promise<Answer> {
    return this.parsed(question, await this.tell(question));
  }

  /**
   * The same of what may not be there.
   *
   * @param absent - what the tool says then
   * @throws FedbridgeError `UNAVAILABLE`, `ANSWER_MALFORMED`
   */
  async find(question: Question, absent: RegExp): Promise<Answer | undefined> {
    try {
      return await this.ask(question);
    } catch (error) {
      if (error instanceof FedbridgeError && absent.test(error.detail.answer ?? '')) return undefined;
      throw error;
    }
  }

  /**
   * Has the tool do something.
   *
   * @param notYet - what it says where something that was just made is not seen everywhere yet: then it is asked again, for a minute
   * @returns what it prints, which may be nothing
   * @throws FedbridgeError `UNAVAILABLE`
   */
  async tell(question: Question, notYet?: RegExp): Promise<string> {
    for (const wait of replicationMs) {
      try {
        return await this.#tell(question);
      } catch (error) {
        if (!(error instanceof FedbridgeError) || !notYet?.test(error.detail.answer ?? '')) throw error;
        const { system, terminal } = this.#cli;
        terminal.log(`It is not there everywhere yet, and is tried again in ${wait / 1000} s: ${error.detail.answer}`);
        await terminal.interruptible((stop) => Promise.race([system.sleep(wait), untilAborted(stop)]));
      }
    }
    return this.#tell(question);
  }

  /** What the tool has printed. @throws FedbridgeError `ANSWER_MALFORMED` for what is no JSON */
  parsed(question: Question, text: string): Answer {
    try {
      return new Answer(JSON.parse(text), (what) => this.#malformed(question, what));
    } catch {
      throw this.#malformed(question, text.trim() === '' ? 'It printed nothing.' : `It is no JSON: ${beginOf(text)}`);
    }
  }

  async #tell(question: Question): Promise<string> {
    const { tool, args } = question;
    const { args: manner, environment } = manners[tool];
    const { system, terminal } = this.#cli;
    const call = {
      ...{ program: tool, args: [...args, ...this.#as, ...manner] },
      ...{ environment: { ...system.environment, ...environment }, withinMs: timeoutMs, mostBytes },
    };
    const end = await terminal
      // It has a group of its own, which a terminal does not interrupt.
      .interruptible((cancelled) => system.run({ ...call, cancelled }))
      .catch((error: NodeJS.ErrnoException) => {
        if (error instanceof FedbridgeError) throw error;
        const { code } = error;
        const why = code === 'ENOENT' ? `There is no "${tool}" on the path.` : `"${tool}" cannot be run: ${code}.`;
        throw this.#failed(question, why);
      });
    const { bytes = Buffer.alloc(0) } = end;
    if (end.exitCode === null) throw this.#failed(question, 'It took too long, or said too much.');
    if (end.exitCode !== 0) throw this.#failed(question, lastOf(end.output));
    return decoded(bytes, 'The answer');
  }

  #malformed(question: Question, answer: string): FedbridgeError {
    return new FedbridgeError('ANSWER_MALFORMED', `The answer of "${this.shown(question)}" cannot be read.`, {
      answer,
      hint: `"${question.tool}" prints JSON alone, unless something around it prints as well: see what it prints by hand.`,
    });
  }

  #failed(question: Question, answer: string): FedbridgeError {
    return new FedbridgeError('UNAVAILABLE', `"${this.shown(question)}" failed.`, {
      answer,
      hint: question.tool === 'aws' ? 'Sign in, or name a profile with --profile.' : 'Sign in with "az login".',
    });
  }
}

/** Between tries. What is made in a directory is everywhere within a minute, if it is not at once. */
const replicationMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** Longer messages are cut. */
const longest = 1_000;

/** What a tool says last, without tokens, in one line. */
function lastOf(errors: string): string {
  const lines = errors.trim().split(/\r?\n/).slice(-3).join(' ');
  return shownOf(lines, longest) || 'It said nothing.';
}

/** Of what is no answer, the first line says what it is. */
function beginOf(text: string): string {
  const [line = ''] = text.trim().split(/\r?\n/, 1);
  return shownOf(line, 100);
}

const shownOf = (text: string, most: number) => visible(withoutTokens(text, 'a token').slice(0, most));
