import { promises } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { invalid } from '@fedbridge/core';
import type { JobFile, JobStep } from '@fedbridge/trust';
import { unusable } from '../../reading.ts';
import { type Replaceable, replaceable } from '../../replaced-file.ts';
import type { InitOptions } from './options.ts';
import { type PlanStep, withKnown } from './plan.ts';

/** The step of a plan that writes a job. One that is there is left alone, and what belongs into it is a note. */
export async function jobFileStep(jobFile: JobFile, options: InitOptions, step: JobStep): Promise<PlanStep> {
  const { file = jobFile.usualPath, force = false } = options;
  const { whole, part } = jobFile.write(options, step);
  const there = await contentOf(file);
  if (there === whole) return { title: file, state: 'exists' };
  if (there !== undefined && !force) {
    const notes = ['It is left alone: --force replaces it. A job in it needs:'];
    return { title: file, state: 'exists', notes, text: part };
  }
  if (there === undefined)
    return { title: file, state: 'create', text: whole, write: (known) => written(file, withKnown(whole, known)) };
  const own = await replaceableFile(file);
  return { title: file, state: 'update', text: whole, write: (known) => replaced(file, own, withKnown(whole, known)) };
}

/** What has a job ask for the audience that was named: by itself it asks for the usual one, which the trust does not take then. */
export function namedAudience({ audience }: InitOptions): {
  readonly inputs: JobStep['inputs'];
  /** Of a command. */
  readonly words: readonly string[];
} {
  if (audience === undefined) return { inputs: {}, words: [] };
  return { inputs: { audience }, words: ['--audience', audience] };
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await promises.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, 'read', error);
  }
}

/** Where it is a link, what it leads to may be anybody's. @throws FedbridgeError `INPUT_INVALID` */
async function replaceableFile(file: string): Promise<Replaceable> {
  const own = await replaceable(file).catch((error: unknown) => {
    throw unusable(file, 'written', error);
  });
  if (typeof own === 'string') throw invalid(`${file} cannot be replaced: ${own}.`);
  return own;
}

async function replaced(file: string, own: Replaceable, text: string): Promise<void> {
  const why = await own.replace(text).catch((error: unknown) => {
    throw unusable(file, 'written', error);
  });
  if (why !== undefined) throw invalid(`${file} cannot be replaced: ${why}.`);
}

async function written(file: string, text: string): Promise<void> {
  try {
    await promises.mkdir(dirname(resolve(file)), { recursive: true });
    await promises.writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw unusable(file, 'written', error);
  }
}
