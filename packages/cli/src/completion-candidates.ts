import type { Command, Option } from 'commander';

/** What a word on the command line may become. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/**
 * What the last of some words may become, by the tree of commands itself: those of libraries are for trees of their own, or read none.
 * Nothing means a file, or whatever the shell has.
 *
 * @param words - after the name of the program, the last as far as it is typed; bash hands `--option=value` over in three
 */
export function candidatesOf(program: Command, words: readonly string[]): Candidate[] {
  const typed = words.filter((word, at) => word !== '=' || at === 0 || !words[at - 1]?.startsWith('--'));
  const isSplit = words.at(-1) === '=';
  const word = isSplit ? '' : (typed.at(-1) ?? '');
  const { command, option, isAfterOptions, given } = placeOf(program, isSplit ? typed : typed.slice(0, -1));
  const [, name = '', value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const joined = value === undefined ? undefined : optionNamed(command, name);
  if (joined) return choicesOf(joined.argChoices, value).map((one) => ({ ...one, value: `${name}=${one.value}` }));
  if (option) return choicesOf(option.argChoices, word);
  if (word.startsWith('-') && !isAfterOptions) return optionsOf(command).filter((one) => one.value.startsWith(word));
  const children = command.createHelp().visibleCommands(command);
  if (given === 0 && children.length > 0) {
    const named = children.map((child) => ({ value: child.name(), description: summaryOf(child.description()) }));
    return named.filter((one) => one.value.startsWith(word));
  }
  const { registeredArguments } = command;
  return choicesOf((registeredArguments[given] ?? registeredArguments.at(-1))?.argChoices, word);
}

interface Place {
  readonly command: Command;
  /** The one whose value comes next. */
  readonly option: Option | undefined;
  /** Whether `--` has come. */
  readonly isAfterOptions: boolean;
  /** How many arguments the command has. */
  readonly given: number;
}

/** Where some words lead. */
function placeOf(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, option: undefined, isAfterOptions: false, given: 0 };
  for (const word of words) place = after(place, word);
  return place;
}

function after(place: Place, word: string): Place {
  const { command, option, isAfterOptions, given } = place;
  if (option) return { ...place, option: undefined };
  if (word === '--' && !isAfterOptions) return { ...place, isAfterOptions: true };
  if (word.startsWith('-') && !isAfterOptions) {
    const named = optionNamed(command, word);
    return { ...place, option: named?.required ? named : undefined };
  }
  const child =
    given === 0 ? command.commands.find((one) => one.name() === word || one.aliases().includes(word)) : undefined;
  return child ? { ...place, command: child } : { ...place, given: given + 1 };
}

function optionNamed(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => long === word || short === word);
}

function optionsOf(command: Command): Candidate[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long, description }) =>
    long ? [{ value: long, description: summaryOf(description) }] : [],
  );
}

function choicesOf(choices: readonly string[] | undefined, word = ''): Candidate[] {
  return (choices ?? []).filter((one) => one.startsWith(word)).map((value) => ({ value, description: '' }));
}

/** In one line, as a menu has it. */
function summaryOf(text: string): string {
  const [line = ''] = text.split(/[\n\t]|(?<=\.) /);
  return line.replace(/\.$/, '');
}
