import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives all tests of a run one folder for temporary files, which goes when they are done. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'fedbridge-test-'));
  process.env.TMPDIR = process.env.TEMP = folder;
  // The agent's library keeps a key there as soon as it is loaded, and else where the tests run.
  process.env.AGENT_TEMPDIRECTORY = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
