import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { azureJob } from '../harness/azure-clients.ts';
import { ids } from '../harness/setup.ts';
import { elsewhere } from './terraform-shadows.ts';

const run = promisify(execFile);
const isInstalled = spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0;
const nothing = '<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs/><NextMarker/></EnumerationResults>';
const blobs = 'fedbridgestate.blob.core.windows.net';
/** The public cloud's own; blobs are a stand-in's. */
const hosts = {
  'login.microsoftonline.com': 'entra',
  'management.azure.com': 'resources',
  [blobs]: 'resources',
} as const;

describe.skipIf(!isInstalled)('Terraform\'s azurerm backend, unchanged (skipped: no "terraform" on the path)', () => {
  const jobs = (['GitHub Actions', 'Azure Pipelines'] as const).flatMap((platform) =>
    ['false', 'true'].flatMap((keepFresh) => [
      { platform, keepFresh, title: 'a clean machine', machine: {} },
      { platform, keepFresh, title: "a machine that is somebody else's", machine: elsewhere },
    ]),
  );
  it.concurrent.each(jobs)(
    '$platform, keep-fresh: $keepFresh, on $title: asks for its state as the step',
    async ({ platform, keepFresh, machine }) => {
      const inputs = { export: 'terraform', 'keep-fresh': keepFresh };
      await using job = await azureJob(platform, { inputs, machine, hosts, isMapped: true });
      expect(job.run.error).toBeUndefined();
      const folder = mkdtempSync(join(tmpdir(), 'backend-'));
      const settings = ['storage_account_name = "fedbridgestate"', 'container_name = "state"', 'key = "app"'];
      const backend = ['backend "azurerm" {', ...settings, 'use_azuread_auth = true', '}'];
      writeFileSync(join(folder, 'main.tf'), ['terraform {', ...backend, '}', ''].join('\n'));
      // A container that has no state yet. Source: Azure Storage REST API, "List Blobs".
      const fault = { status: 200, headers: { 'content-type': 'application/xml' }, body: nothing };
      job.emulator.inject({ service: 'resources', path: '/state', times: 100, fault });
      const env = { ...job.environment, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
      const args = ['init', '-input=false', '-no-color'];
      const ended = await run('terraform', args, { cwd: folder, env }).catch((error: { stderr: string }) => error);
      // It has been given the container's list, and goes on; the stand-in has no leases.
      expect(ended.stderr).toContain('failed to lock azure state');
      const bearers = job.emulator.requests
        .filter(({ headers }) => headers.host === blobs)
        .map(({ headers }) => String(headers.authorization).replace(/^Bearer /, ''));
      expect(bearers.map((token) => decodeJwt(token))).toEqual(
        bearers.map(() => expect.objectContaining({ appid: ids.app, aud: 'https://storage.azure.com' })),
      );
      expect(bearers.length).toBeGreaterThan(0);
      expect(new Set(job.asked)).toEqual(new Set(['login.microsoftonline.com:443', `${blobs}:443`]));
    },
  );
});
