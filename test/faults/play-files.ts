/**
 * Plays the cells of the matrix of file faults: in a process of its own, so that it can have a mount namespace of its own. Prints what
 * became of them, as JSON.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { sampled } from '../harness/sampled.ts';
import { sharedSetup } from '../harness/setup.ts';
import { cannot, fileCells } from './file-cells.ts';
import { judgeCell, type PlayedFile } from './judge-cell.ts';
import { playCell } from './play-cell.ts';
import { pathWithTools } from './tools.ts';

const nobody = 65_534;
/** Steps wait for brokers now and then. */
const stages = 3 * availableParallelism();

const able = { root: process.getuid?.() === 0, mount: process.argv.includes('mount') };
const user = able.root ? nobody : undefined;
// Whoever the steps run as must get there.
const base = mkdtempSync('/tmp/fedbridge-files-');
chmodSync(base, 0o755);
process.env.TMPDIR = base;
try {
  const path = pathWithTools(join(base, 'tools'));
  const left = [...sampled(fileCells).entries()];
  const played = new Map<number, PlayedFile | { readonly skipped: string }>();
  await Promise.all(
    Array.from({ length: stages }, async () => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      for (let next = left.shift(); next; next = left.shift()) {
        const [index, cell] = next;
        const skipped = cannot(cell, able);
        played.set(index, skipped ? { skipped } : judgeCell(cell, await playCell(cell, { emulator, user, path })));
      }
    }),
  );
  // Emulators still hold answers that nobody waits for any more.
  process.stdout.write(JSON.stringify([...played]), () => process.exit());
} finally {
  rmSync(base, { recursive: true, force: true });
}
