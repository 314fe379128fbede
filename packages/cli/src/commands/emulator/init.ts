import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import { configSchema, starterConfig } from '@fedbridge/emulator';
import type { Cli } from '../../command-line.ts';

const schemaName = 'emulator.schema.json';

/** Writes a configuration, and its schema beside it; never over one that is there. @throws FedbridgeError `INPUT_INVALID` */
export async function init(file: string, { terminal }: Cli): Promise<void> {
  try {
    await writeFile(file, starterConfig(schemaName), { flag: 'wx' });
    await writeFile(join(dirname(file), schemaName), `${JSON.stringify(configSchema, null, 2)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FedbridgeError('INPUT_INVALID', `${file} cannot be written: ${code}.`, {
      hint: code === 'EEXIST' ? 'It is there already.' : undefined,
    });
  }
  terminal.print(file);
  terminal.log(`Next: fedbridge emulator --config ${basename(file)}`);
}
