import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { FedbridgeError, type System } from '@fedbridge/core';
import { notWritten } from '@fedbridge/step';

/** The files by which a step hands something to the runner. Each step has its own. */
type CommandFile = 'GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_STATE' | 'GITHUB_STEP_SUMMARY';

interface OpenFile {
  readonly variable: CommandFile;
  readonly path: string;
  readonly handle: number;
}

/** Whether the runner's files can be written, which changes nothing. @throws FedbridgeError `DELIVERY_FAILED` with path and errno */
export function checkCommandFiles(variables: readonly CommandFile[], system: System): void {
  for (const variable of variables) closeSync(open(variable, system).handle);
}

/**
 * Appends to the runner's files: to all of them, or to none.
 *
 * @throws FedbridgeError `DELIVERY_FAILED` with path and errno
 */
export function appendToCommandFiles(texts: Readonly<Partial<Record<CommandFile, string>>>, system: System): void {
  const files: (OpenFile & { readonly size: number })[] = [];
  try {
    for (const variable of Object.keys(texts) as CommandFile[]) {
      const file = open(variable, system);
      files.push({ ...file, size: fstatSync(file.handle).size });
    }
    for (const { variable, path, handle } of files) {
      try {
        const bytes = Buffer.from(texts[variable] ?? '');
        for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
      } catch (error) {
        throw failed(variable, path, error);
      }
    }
  } catch (error) {
    for (const { handle, size } of files) takeBack(handle, size);
    throw error;
  } finally {
    for (const { handle } of files) closeSync(handle);
  }
}

/**
 * A name and a value as the runner's files have them. The delimiter is not in the value, so that no value can end before its end.
 * Source: GitHub Docs, "Workflow commands", multiline strings.
 */
export function commandFileEntry(name: string, value: string): string {
  let delimiter = 'fedbridge';
  while (value.includes(delimiter)) delimiter += '_';
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

/** Half an entry would fail the step with words that help nobody. A full disk does not hinder this. */
function takeBack(handle: number, size: number): void {
  try {
    ftruncateSync(handle, size);
  } catch {
    // What cannot be cut short is no file of the runner's; why it could not be written is reported.
  }
}

/** Opening a named pipe would wait for its reader, and none is here that ends that. Windows has neither. */
const toAppend = constants.O_WRONLY | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);

/** The runner makes the files: one that is not there is one that it does not read. */
function open(variable: CommandFile, { environment }: System): OpenFile {
  const path = environment[variable];
  if (!path) {
    throw new FedbridgeError('DELIVERY_FAILED', `The runner did not set ${variable}.`, {
      hint: 'This action needs runner 2.327.1 or newer.',
    });
  }
  try {
    return { variable, path, handle: openSync(path, toAppend) };
  } catch (error) {
    throw failed(variable, path, error);
  }
}

function failed(variable: CommandFile, path: string, error: unknown): FedbridgeError {
  return notWritten(path, error, `The runner's file ${variable} cannot be written`);
}
