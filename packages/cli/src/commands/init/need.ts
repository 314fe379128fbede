import { FedbridgeError } from '@fedbridge/core';
import { jobFiles } from '@fedbridge/platforms';
import type { JobFile, Question } from '@fedbridge/trust';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../../command-line.ts';
import { optionName } from '../trust/job-options.ts';
import type { InitOptions } from './options.ts';

/** Something that has to be known. */
export type Need = Question<keyof InitOptions>;

/** What names a platform and the jobs on it, as far as it is not known. */
export function jobNeeds(options: InitOptions): readonly Need[] {
  const jobFile = jobFileOf(options);
  if (jobFile) return jobFile.questions(options).filter(({ option }) => options[option] === undefined);
  const names = jobFiles.map(({ platform }) => platform).join(', ');
  return [{ option: 'platform', question: `Where do the jobs run: ${names}?` }];
}

/** Of the platform whose jobs are named, or that is. */
export function jobFileOf(options: InitOptions): JobFile | undefined {
  const named = jobFiles.find(({ kind }) => options[kind] !== undefined);
  return named ?? jobFiles.find(({ platform }) => platform === options.platform);
}

/**
 * The options with all that is needed: asked for one after another where somebody is there.
 *
 * @param needsOf - what is not known yet
 * @throws FedbridgeError `INPUT_MISSING` where nobody is, naming the options
 */
export async function complete(
  given: InitOptions,
  needsOf: (options: InitOptions) => readonly Need[],
  command: Command,
  { terminal }: Cli,
): Promise<InitOptions> {
  let options = given;
  const isRequired = ({ isOptional }: Need) => !isOptional;
  // Who has said all that is required is asked nothing.
  const isAsked = terminal.canAsk && needsOf(given).some(isRequired);
  const left = () => needsOf(options).filter((need) => isAsked || isRequired(need));
  if (!terminal.canAsk && left().length > 0) throw missing(left(), command);
  for (let [next] = left(); next !== undefined; [next] = left()) {
    const value = await asked(next, command, terminal);
    options = { ...options, [next.option]: value };
  }
  // What was left out is not there.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''));
}

async function asked({ option, question, usual }: Need, command: Command, terminal: Cli['terminal']): Promise<unknown> {
  const lines = question.split('\n');
  for (const line of lines.slice(0, -1)) terminal.log(line);
  for (;;) {
    const typed = await terminal.ask(`${lines.at(-1)}${usual ? ` [${usual}]` : ''}`);
    const text = typed === '' ? usual : typed;
    if (text === undefined) continue;
    if (text === '') return text;
    try {
      const { parseArg } = optionOf(option, command) ?? {};
      return parseArg ? parseArg(text, undefined) : text;
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      terminal.log(error.message);
    }
  }
}

function missing(needs: readonly Need[], command: Command): FedbridgeError {
  const named = needs.map(({ option }) => optionOf(option, command)?.flags ?? optionName(option)).join(', ');
  return new FedbridgeError('INPUT_MISSING', `Not said, and nobody is at a terminal to be asked: ${named}.`, {
    hint: 'Say it with options: "fedbridge init --help" has examples.',
  });
}

const optionOf = (name: string, command: Command) => command.options.find((option) => option.attributeName() === name);
