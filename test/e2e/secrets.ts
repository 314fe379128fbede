import type { Emulator } from '@fedbridge/emulator';
import { expect } from 'vitest';
import type { StepRun } from '../harness/job.ts';

/**
 * Scans all that a step printed, outside the commands that tell the host a secret, for every secret the emulator gave
 * out; and holds that what is delivered secretly is masked.
 */
export function expectNoSecretShown(run: StepRun, emulator: Emulator): void {
  const secrets = emulator.secrets();
  expect(secrets.length).toBeGreaterThan(0);
  const shown = secrets.filter((secret) => run.visible.includes(secret) || run.error?.includes(secret));
  expect(shown).toEqual([]);
  const delivered = [...Object.values(run.outputs), ...Object.values(run.exported)];
  const bare = secrets.filter((secret) => delivered.includes(secret) && !run.masked.includes(secret));
  expect(bare).toEqual([]);
}
