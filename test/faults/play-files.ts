/**
 * Plays the cells of the matrix of file faults: in a process of its own, so that it can have a mount namespace of its own. Prints what
 * became of them, as JSON.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { sharedSetup } from '../harness/setup.ts';
import { cannot, type FileCell, fileCells, type PlayedFile, playFile } from './files.ts';

const nobody = 65_534;
const stages = 4;

const able = { root: process.getuid?.() === 0, mount: process.argv.includes('mount') };
// Whoever the steps run as must get there.
const base = mkdtempSync('/tmp/fedbridge-files-');
chmodSync(base, 0o755);
process.env.TMPDIR = base;
try {
  const left = [...fileCells.entries()];
  const played = new Map<number, PlayedFile | { readonly skipped: string }>();
  await Promise.all(
    Array.from({ length: stages }, async () => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      for (let next = left.shift(); next; next = left.shift()) played.set(next[0], await play(next[1], emulator));
    }),
  );
  async function play(cell: FileCell, emulator: Emulator) {
    const skipped = cannot(cell, able);
    return skipped === undefined ? playFile(cell, emulator, able.root ? nobody : undefined) : { skipped };
  }
  console.log(JSON.stringify([...played]));
} finally {
  rmSync(join(base), { recursive: true, force: true });
}
