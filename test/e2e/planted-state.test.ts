import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../harness/files.ts';
import type { Step } from '../harness/job.ts';
import { type Journey, mainJourneys } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';

const planted = 'fedbridge-0123456789ab';
const shared = '[corp]\n# fedbridge mark\nregion = planted\n';

interface Moment {
  readonly when: string;
  /** By its name on GitHub. */
  readonly inputs?: Variables;
  readonly environment?: Variables;
  readonly only?: Journey['cloud'];
  readonly succeeds?: boolean;
}

/** Where a step ends, from its first line on. */
const moments: readonly Moment[] = [
  { when: 'its first input is wrong', inputs: { summary: 'x' } },
  { when: 'another input is wrong', inputs: { 'action-timeout-s': 'x' } },
  { when: 'a guard is empty', inputs: { 'require-claims': ' ' } },
  { when: 'the ID token has not what is required', inputs: { 'require-claims': 'sub=x' } },
  { when: 'the cloud denies it', only: 'AWS', inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/missing' } },
  {
    when: 'the cloud denies it',
    only: 'Entra',
    inputs: { 'client-id': '6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d03' },
  },
  { when: 'it has made a folder and cannot go on', inputs: { 'keep-fresh': 'true', 'aws-profile': 'a' }, only: 'AWS' },
  { when: 'it succeeds and leaves nothing', only: 'Entra', succeeds: true },
  { when: 'it succeeds', only: 'AWS', inputs: { 'aws-profile': 'ci' }, succeeds: true },
];

describe.each(mainJourneys as readonly Journey[])('$title', (journey) => {
  const isGitHub = journey.platform === 'GitHub Actions';
  const own = moments.filter(({ only = journey.cloud }) => only === journey.cloud);
  it.concurrent.each(own)(
    'what an earlier step planted as state is left alone by a step of which $when',
    async ({ inputs = {}, succeeds = false, when }) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const step = journey.start(emulator, {
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([name, value]) => [
            isGitHub ? name : name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
            value,
          ]),
        ),
        environment: {
          [isGitHub ? 'STATE_fedbridgeFolder' : 'VSTS_TASKVARIABLE_FEDBRIDGEFOLDER']: planted,
          // A folder cannot be made in its place.
          ...(when.startsWith('it has made') ? { AWS_CONFIG_FILE: '/dev/null/config' } : {}),
        },
      });
      plant(step);
      const before = state(step);
      const run = await step.run();
      expect({ succeeded: run.succeeded, error: run.error }).toEqual({
        succeeded: succeeds,
        error: succeeds ? undefined : expect.any(String),
      });
      for (let times = 0; times < 2; times += 1) {
        const done = await step.cleanUp();
        expect({ exitCode: done.exitCode, stderr: done.stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(done.exported).not.toHaveProperty('PLANTED');
        expect(done.stdout).not.toContain('Kept fresh');
        expect(state(step)).toEqual(before);
      }
    },
  );
});

/** What may stand where the state says that the step's folder is. */
const refused: readonly (readonly [string, (path: string) => void])[] = [
  ['a link', (path) => symlinkSync(tmpdir(), path)],
  ['a file', (path) => writeFileSync(path, '')],
  ['a folder that others can look into', (path) => mkdirSync(path, { mode: 0o755 })],
];

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  it.concurrent.each(refused)(
    "where the state names %s, the name is not taken for that of what is in the user's files",
    async (_what, make) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const variable =
        journey.platform === 'GitHub Actions' ? 'STATE_fedbridgeFolder' : 'VSTS_TASKVARIABLE_FEDBRIDGEFOLDER';
      const step = journey.start(emulator, { environment: { [variable]: planted } });
      // Of another job, whose step's folder has those digits.
      const others = `[profile corp]\n# fedbridge section ${planted.slice('fedbridge-'.length)}xyz\nregion = eu-west-1\n`;
      mkdirSync(join(step.home, '.aws'));
      writeFileSync(join(step.home, '.aws', 'config'), others);
      make(join(step.tempDirectory, planted));
      // Of a step that was killed before its first line, the platform has no state.
      const done = await step.cleanUp();
      expect(done.stdout).toContain('is not a folder that this step made: it is left alone');
      expect(readFileSync(join(step.home, '.aws', 'config'), 'utf8')).toBe(others);
    },
  );
});

/** A folder that looks as if this step had made it, and says that much is to be taken back. */
function plant(step: Step): void {
  const folder = join(step.tempDirectory, planted);
  mkdirSync(join(step.home, '.aws'));
  writeFileSync(join(step.home, '.aws', 'config'), shared);
  mkdirSync(join(folder, 'files-aaaaaa'), { recursive: true, mode: 0o700 });
  const states = {
    made: planted,
    'broker.state': JSON.stringify({
      process: realSystem({}).processOf(process.pid),
      folder: join(folder, 'files-aaaaaa'),
    }),
    'profiles.state': JSON.stringify([
      { path: join(step.home, '.aws', 'config'), profile: 'corp', id: 'mark', values: { region: 'planted' } },
    ]),
    'exportedVariables.state': JSON.stringify({ PLANTED: { value: 'x', isSecret: false } }),
    'azureCli.state': JSON.stringify({ folder: join(folder, 'files-aaaaaa'), user: [] }),
    'files-aaaaaa/status.json': JSON.stringify({ renewals: 1, failures: 1, longestGapMs: 0 }),
  };
  for (const [name, text] of Object.entries(states)) writeFileSync(join(folder, name), text, { mode: 0o600 });
}

/** All that is there of others' and of the user's. */
function state(step: Step) {
  return {
    config: readFileSync(join(step.home, '.aws', 'config'), 'utf8'),
    files: filesBelow(step.tempDirectory)
      .filter((name) => name.startsWith(planted))
      .sort(),
    others: step.files().filter((name) => !name.startsWith(planted)),
  };
}
