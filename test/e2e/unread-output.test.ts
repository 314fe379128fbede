import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { expect, it } from 'vitest';
import { deliveries, platforms, startDelivery } from '../faults/file-deliveries.ts';
import { pathWithTools } from '../faults/tools.ts';
import { newHome, shownHome, unended } from '../faults/traces.ts';
import { sharedSetup } from '../harness/setup.ts';

/**
 * Node, whose standard output is a pipe that nobody reads: as of a runner or an agent that was killed while a step runs. Other shells than
 * bash drop variables with a hyphen in their names.
 */
const unread = join(mkdtempSync(join(tmpdir(), 'unread-')), 'node');
writeFileSync(
  unread,
  `#!/bin/bash
pipe=$(mktemp -u) && mkfifo "$pipe" && exec 8<>"$pipe" 9>"$pipe" 8<&- && rm "$pipe"
exec '${process.execPath}' "$@" >&9 9>&-
`,
);
chmodSync(unread, 0o700);
const path = pathWithTools(join(mkdtempSync(join(tmpdir(), 'tools-')), 'bin'));

const cells = platforms.flatMap((platform) =>
  deliveries
    .filter(({ only = platform }) => only === platform)
    .map((delivery) => ({ platform, delivery, title: `${platform}, ${delivery.step}, ${delivery.title}` })),
);

it.concurrent.each(cells)('$title: where nobody reads what it prints, a step leaves nothing', async (cell) => {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const home = newHome(undefined);
  const before = shownHome(home);
  const machine = { home, user: undefined, environment: { PATH: path }, node: unread };
  const step = startDelivery(cell.delivery, cell.platform, emulator, machine);
  const run = await step.run();
  // Nobody is told what is to be cleaned up: it is not called.
  expect(run).toMatchObject({ exitCode: 1, succeeded: false, stderr: '', outputs: {}, exported: {} });
  expect({ files: step.files(), home: shownHome(home), processes: await unended(step) }).toEqual({
    files: [],
    home: before,
    processes: [],
  });
});
