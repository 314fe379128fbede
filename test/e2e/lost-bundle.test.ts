import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { filesBelow, textOf } from '../harness/files.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { root } from '../harness/process.ts';
import { pipelineJob, region, role, sharedSetup } from '../harness/setup.ts';
import { platforms } from '../harness/ways.ts';

/** A copy of a step's bundles without the file that one of its modules is in. @param has - a name that the module exports */
function bundlesWithout(kind: 'actions' | 'tasks', name: string, has: string): string {
  const from = mkdtempSync(join(tmpdir(), 'bundles-'));
  mkdirSync(join(from, name));
  for (const part of ['dist', kind === 'actions' ? 'action.yml' : 'task.json'])
    cpSync(join(root, kind, name, part), join(from, name, part), { recursive: true });
  const main = join(from, name, 'dist', 'main');
  const files = readdirSync(main).filter((file) => /^\d+\.index\.js$/.test(file));
  const lost = files.filter((file) => readFileSync(join(main, file), 'utf8').includes(has));
  expect(lost).toHaveLength(1);
  for (const file of lost) rmSync(join(main, file));
  return from;
}

it.concurrent.each(platforms)(
  '%s: a step that fails and whose clean-up is not there any more tells its own failure, tries all else, and is cleaned up in the end',
  async (platform) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(home, '.aws'));
    const isGitHub = platform === 'github';
    const started = isGitHub ? emulator.startGitHubJob() : emulator.startAzurePipelinesJob(pipelineJob);
    // The credentials are written, and the config then cannot be.
    const environment = { ...started.environment, AWS_CONFIG_FILE: '/dev/null/config' };
    const usual = { home, environment };
    const step = isGitHub
      ? gitHubStep({
          ...usual,
          name: 'aws-credentials',
          from: bundlesWithout('actions', 'aws-credentials', 'cleanUpAwsCredentials'),
          inputs: {
            'role-to-assume': role,
            'aws-region': region,
            'sts-endpoint': emulator.urls.sts,
            'aws-profile': 'ci',
            'keep-fresh': 'true',
          },
        })
      : azurePipelinesStep({
          ...usual,
          name: 'FedbridgeAwsCredentials',
          from: bundlesWithout('tasks', 'FedbridgeAwsCredentials', 'cleanUpAwsCredentials'),
          inputs: {
            roleToAssume: role,
            awsRegion: region,
            stsEndpoint: emulator.urls.sts,
            awsProfile: 'ci',
            keepFresh: 'true',
          },
        });
    const run = await step.run();
    expect(run.error).toContain('/dev/null/config');
    expect(run.visible).toContain('Clean-up is not complete, and is tried again at the end of the job.');
    // All else was tried: only what the clean-up has to know is left.
    expect(step.files().filter((file) => !/^fedbridge-\w+(\/\w+\.state)?$/.test(file))).toEqual([]);
    const done = await step.cleanUp();
    expect({ exitCode: done.exitCode, stderr: done.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(step.files()).toEqual([]);
    expect(textOf(join(home, '.aws', 'credentials'))).not.toContain('aws_');
    expect(filesBelow(join(home, '.aws')).filter((file) => file !== 'credentials')).toEqual([]);
  },
);
