import { FedbridgeError, shellWord, visible } from '@fedbridge/core';
import type { Answer } from '../../live/answer.ts';
import type { Tool } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import type { Terminal } from '../../terminal.ts';

/** What is to be there, of which some is. */
export interface Plan {
  /** Who does it, where and for whom: a name and what it is. */
  readonly about: readonly (readonly [name: string, what: string])[];
  readonly steps: readonly PlanStep[];
}

/** One thing that is to be there. */
export interface PlanStep {
  readonly title: string;
  readonly state: 'exists' | 'create' | 'update';
  /** What is to be known of it, a sentence each. */
  readonly notes?: readonly string[];
  /** What of it stands in a file, as it is. */
  readonly text?: string;
  /** What makes it: a tool and its arguments, none of them secret. `<name>` stands for what an earlier step gave. */
  readonly command?: readonly [Tool, ...string[]];
  /** What is said where something that was just made is not seen everywhere yet: it is tried again for some time. */
  readonly notYet?: RegExp;
  /** What its answer gives to later steps, by name. */
  readonly gives?: Readonly<Record<string, (answer: Answer) => string | undefined>>;
  /** What throws, right before it is made, where what it was planned on is not so any more. */
  readonly check?: (tool: SignedIn) => Promise<void>;
  /** What makes it where no tool does. */
  readonly write?: (known: Known) => Promise<void>;
}

/** What steps gave. */
export type Known = ReadonlyMap<string, string>;

/** Whether anything is left to do. */
export const isDone = ({ steps }: Plan): boolean => steps.every(({ state }) => state === 'exists');

const colors = { exists: 'dim', create: 'green', update: 'yellow' } as const;

/** Shows it. */
export function printPlan({ about, steps }: Plan, terminal: Terminal): void {
  const width = Math.max(...about.map(([name]) => name.length));
  for (const [name, what] of about) terminal.print(`${name.padEnd(width)}  ${what}`, undefined, ' '.repeat(width + 2));
  terminal.print('');
  for (const { title, state, notes = [], text, command } of steps) {
    terminal.print(`${state}  ${title}`, colors[state], '        ');
    for (const note of notes) terminal.print(`        ${note}`, undefined, '        ');
    // To be copied, so no line of it is broken.
    for (const line of text?.trimEnd().split('\n') ?? []) terminal.printDocument(`        ${visible(line)}`.trimEnd());
    if (state !== 'exists' && command) terminal.printDocument(`        ${visible(shown(command))}`);
  }
}

/**
 * Does what is left to do, one after another, and reports each.
 *
 * @returns what steps gave
 * @throws FedbridgeError of the first that fails, with what was done before
 */
export async function perform({ steps }: Plan, tool: SignedIn, report: (step: PlanStep) => void): Promise<Known> {
  const known = new Map<string, string>();
  const open = steps.filter(({ state }) => state !== 'exists');
  for (const [index, step] of open.entries()) {
    try {
      for (const [name, value] of await performed(step, tool, known)) known.set(name, value);
    } catch (error) {
      throw stopped(error, open, index);
    }
    report(step);
  }
  return known;
}

async function performed({ command, gives = {}, notYet, check, write }: PlanStep, tool: SignedIn, known: Known) {
  await check?.(tool);
  await write?.(known);
  if (!command) return [];
  const [name, ...args] = command;
  const question = { tool: name, args: args.map((one) => withKnown(one, known)) };
  const text = await tool.tell(question, notYet);
  const wanted = Object.entries(gives);
  // Of what gives nothing to later steps the exit code says all.
  if (wanted.length === 0) return [];
  const answer = tool.parsed(question, text);
  return wanted.map(([given, read]): [string, string] => {
    const value = read(answer);
    if (value !== undefined) return [given, value];
    throw new FedbridgeError('ANSWER_MALFORMED', `The answer of "${tool.shown(question)}" has no ${given}.`);
  });
}

/** A text with what steps gave in the place of its names. */
export function withKnown(text: string, known: Known): string {
  return [...known].reduce((all, [name, value]) => all.replaceAll(`<${name}>`, value), text);
}

/** The error with an account of what there is by now. What nobody foresaw may have been in the middle of it, and has one as well. */
function stopped(problem: unknown, open: readonly PlanStep[], at: number): FedbridgeError {
  const unforeseen = () => new FedbridgeError('INTERNAL', `An unforeseen error: ${(problem as Error).name}.`);
  const error = problem instanceof FedbridgeError ? problem : unforeseen();
  const titles = (some: readonly PlanStep[]) => some.map(({ title }) => title).join('; ');
  const done = at === 0 ? 'Nothing was done.' : `Done: ${titles(open.slice(0, at))}.`;
  const left = `Left: ${titles(open.slice(at))}.`;
  // The tool ended well, and only its answer says nothing.
  const unknown = `Not known, and probably done: ${open[at]?.title}.`;
  const again = 'Run it again once that is fixed: what is there is left alone.';
  return error.with({
    hint: [error.detail.hint, done, error.code === 'ANSWER_MALFORMED' ? unknown : '', left, again]
      .filter(Boolean)
      .join('\n'),
  });
}

/** A command as a POSIX shell takes it. */
export function shown(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
