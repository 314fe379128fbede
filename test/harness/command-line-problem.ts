import { commandTree } from '../../packages/cli/src/cli.ts';
import { Terminal } from '../../packages/cli/src/terminal.ts';
import { anyWord, type Call } from './calls.ts';
import type { Variables } from './process.ts';
import { stillSystem } from './still-system.ts';

type Command = Awaited<ReturnType<typeof commandTree>>;

/** Thrown where the action of a command would begin. */
class Understood extends Error {}

/** What a command line that is only named may lack. */
const lacks =
  /^error: (missing required argument|required options? .* not specified|option .* argument missing)|^\(outputHelp\)$/;

const terminal = new Terminal(process);

const ownCommands = () => commandTree(terminal, stillSystem());

/** The help of each command, by how it is asked for. */
export async function ownHelps(): Promise<ReadonlyMap<string, string>> {
  const helps = new Map<string, string>();
  const add = (command: Command, above: string): void => {
    const name = `${above}${command.name()}`;
    let help = '';
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    helps.set(`${name} --help`, help);
    for (const child of command.commands) add(child, `${name} `);
  };
  add(await ownCommands(), '');
  return helps;
}

/**
 * Has the command's own parser read a command line, up to where its action would begin.
 *
 * @returns what the parser says is wrong with it
 */
export async function commandLineProblem({ args, isWhole, environment }: Call): Promise<string | undefined> {
  const tree = await ownCommands();
  stopAtActions(tree, environment);
  // The help of a command is the same whatever else is there.
  const asksHelp = args.includes('--help');
  try {
    await tree.parseAsync(asksHelp ? args.filter((one) => one !== '--help') : [...args], { from: 'user' });
  } catch (error) {
    if (error instanceof Understood) return undefined;
    const { code, message } = error as { code?: string; message: string };
    if (!code?.startsWith('commander.')) throw error;
    if (code === 'commander.version' || message.includes(`unknown command '${anyWord}'`)) return undefined;
    return (asksHelp || !isWhole) && lacks.test(message) ? undefined : message;
  }
  throw new Error(`an action has begun: ${args.join(' ')}`);
}

function stopAtActions(command: Command, environment: Variables): void {
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  command.hook('preAction', (hooked, acting) => {
    if (hooked === acting) throw new Understood();
  });
  for (const part of [...command.options, ...command.registeredArguments]) {
    const parse = part.parseArg as ((text: string, before: unknown) => unknown) | undefined;
    // What stands for a word of the reader's own is none of which more can be said.
    const parseShown = (text: string, before: unknown) =>
      text.includes(anyWord) || text.includes('…') ? text : parse?.(text, before);
    if (parse) Object.assign(part, { parseArg: parseShown });
  }
  for (const option of command.options) {
    const value = environment[option.envVar ?? ''];
    if (value !== undefined) command.setOptionValueWithSource(option.attributeName(), value, 'env');
    // Not of the machine that this runs on.
    delete option.envVar;
  }
  for (const child of command.commands) stopAtActions(child, environment);
}
