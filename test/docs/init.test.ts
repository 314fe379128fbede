import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasAwsCli, startCloudTools } from '../harness/cloud-tools.ts';
import { allPorts, startEmulatorCommand } from '../harness/emulator-command.ts';
import { asShown, blocksOf, deniedIn, runBlocks } from '../harness/page-commands.ts';

const blocks = blocksOf('docs/init.md');
const commands = blocks.filter(({ language }) => language === 'sh');
const served = commands.findIndex(({ text }) => /^fedbridge emulator$/m.test(text));

it.skipIf(!hasAwsCli)('sets a role up on the emulator, as it shows (skipped: no "aws" on the path)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'init-page-'));
  await using tools = await startCloudTools(folder);
  // What somebody has for real clouds is not what a command of the emulator finds.
  const { AWS_ENDPOINT_URL_IAM: _, ...environment } = tools.environment;
  const [start, ...later] = commands.slice(served);
  const init = start?.text.replace(/^fedbridge emulator\n/m, '') ?? '';
  await runBlocks([{ language: 'sh', text: init, line: 0 }], folder, environment);
  appendFileSync(join(folder, 'emulator.yaml'), await allPorts());
  await using _emulator = await startEmulatorCommand(folder);
  expect(later).toHaveLength(2);
  for (const { block, output, failed } of await runBlocks(later, folder, environment)) {
    expect({ output, failed }).toEqual({ output, failed: deniedIn(block) });
    const shown = blocks[blocks.indexOf(block) + 1];
    if (shown?.language === 'text') expect(output).toMatch(asShown(shown.text));
  }
  expect(readFileSync(join(folder, '.github', 'workflows', 'deploy.yml'), 'utf8')).toContain('branches: [feature]');
});
