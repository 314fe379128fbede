import { errorWithNames, FedbridgeError } from '@fedbridge/core';

/** An option's value, parsed. @throws FedbridgeError `INPUT_INVALID`, which names the option */
export function option<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    throw error.with({}, `Option "${name}": ${error.message}`);
  }
}

/** Options that have another name here than the inputs of steps. */
const names: Readonly<Record<string, string>> = {
  awsRegion: 'region',
  environment: 'cloud',
  roleDurationSeconds: 'durationSeconds',
  roleSessionName: 'sessionName',
};

/** What some work gives. @throws FedbridgeError as it does, with the names of options where it marks those of inputs */
export async function withOptionNames<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof FedbridgeError ? errorWithNames(error, (name) => names[name] ?? name) : error;
  }
}
