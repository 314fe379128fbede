/** `pnpm bench` measures all but what others ship; `pnpm bench --peers <folder>` that alone. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ options: { peers: { type: 'boolean' } }, allowPositionals: true });
const benches = values.peers ? ['peers'] : ['start-up', 'emulator', 'scale', 'who', 'audit', 'broker'];
for (const bench of benches) {
  const script = join(import.meta.dirname, `${bench}.ts`);
  const { status } = spawnSync(process.execPath, [script, ...positionals], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
