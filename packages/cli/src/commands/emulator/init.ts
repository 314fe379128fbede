import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { configSchema, starterConfig } from '@fedbridge/emulator';
import type { Cli } from '../../command-line.ts';
import { unusable } from '../../reading.ts';

const schemaName = 'emulator.schema.json';

/**
 * Writes a configuration, and its schema beside it; never over one that is there.
 *
 * @param name - `-` for standard output
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function init(name: string, { terminal }: Cli): Promise<void> {
  if (name === '-') {
    terminal.printDocument(starterConfig(schemaName).trimEnd());
    return;
  }
  const file = resolve(name);
  try {
    await writeFile(file, starterConfig(schemaName), { flag: 'wx' });
    await writeFile(join(dirname(file), schemaName), `${JSON.stringify(configSchema, null, 2)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(file, 'written', error, code === 'EEXIST' ? 'Name another with --config, or remove it.' : undefined);
  }
  terminal.print(file);
  terminal.log(`Next: fedbridge emulator --config ${basename(file)}`);
}
