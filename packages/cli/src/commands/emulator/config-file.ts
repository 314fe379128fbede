import { dirname, resolve } from 'node:path';
import { type FedbridgeError, invalid } from '@fedbridge/core';
import {
  ConfigError,
  type ConfigProblem,
  type EmulatorConfig,
  parseConfig,
  type Setup,
  setupOf,
} from '@fedbridge/emulator';
import { FileError, placeIn, yamlIn } from '@fedbridge/trust-files';
import type { Cli } from '../../command-line.ts';

/** A configuration, and what it makes. */
export interface Configured {
  /** Its path, whole; `-` for standard input, which no other process reads. */
  readonly file: string;
  readonly config: EmulatorConfig;
  readonly setup: Setup;
  /** The files that it was read from, itself among them where it is one. */
  readonly files: readonly string[];
}

/**
 * @param texts - of files by their paths, in the place of what stands in them
 * @throws FedbridgeError `INPUT_INVALID` with the place of what is wrong, and what was meant
 */
export async function readConfig(
  file: string,
  { terminal }: Cli,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Configured> {
  const isFile = file !== '-';
  const path = isFile ? resolve(file) : file;
  const files = isFile ? [path] : [];
  const readText = async (one: string) => texts.get(one) ?? (await terminal.readFile(one));
  const source = await readYaml(isFile ? file : 'stdin', path, readText);
  const [twice] = source.duplicates;
  if (twice) {
    const { line, column } = twice.positions[1] ?? { line: 1, column: 1 };
    throw new FileError(file, { line, column }, `"${String(twice.path.at(-1))}" stands here a second time`);
  }
  const read = async (name: string) => {
    const own = resolve(dirname(path), name);
    files.push(own);
    return (await readYaml(name, own, readText)).value;
  };
  try {
    const config = parseConfig(source.value);
    return { file: path, config, setup: await setupOf(config, read), files };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw placed(error, isFile ? file : 'stdin', (at) => source.positionOf(at));
  }
}

async function readYaml(name: string, path: string, readText: (path: string) => Promise<string>) {
  const text = await readText(path).catch((error: FedbridgeError) => {
    throw error.with({ hint: '"fedbridge emulator init" writes a configuration to begin with.' });
  });
  if (text.trim() === '') throw invalid(`${name} is empty.`);
  const [source, ...more] = await yamlIn(text, name);
  if (!source || more.length > 0) throw invalid(`${name} must have exactly one document.`);
  return source;
}

/** A file with one mistake at its root may have as many as it has parts. */
const mostShown = 10;
const start = { line: 1, column: 1 };

/** The first of the problems with its place, and the others below it. */
function placed(
  { problems }: ConfigError,
  file: string,
  positionOf: (path: (string | number)[]) => { readonly line: number; readonly column: number } | undefined,
): FedbridgeError {
  const placeOf = ({ path }: ConfigProblem) =>
    // What is missing has no place of its own.
    path.map((_, index) => positionOf(path.slice(0, path.length - index))).find((one) => one !== undefined) ?? start;
  const [first, ...others] = problems.slice(0, mostShown);
  if (!first) return invalid(`${file} is not as it must be.`);
  const more = others.map((one) =>
    [`${placeIn(file, placeOf(one))}: ${one.message}`, one.hint].filter(Boolean).join(' '),
  );
  const hint = [first.hint, ...more].filter(Boolean).join('\n');
  return new FileError(file, placeOf(first), first.message.replace(/\.$/, ''), hint === '' ? undefined : hint);
}
