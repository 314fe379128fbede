import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { GitHubHost } from './host.ts';

describe('a job of GitHub Actions', () => {
  it('is told by what the runner sets, and is empty where it sets nothing', () => {
    const environment = {
      GITHUB_REPOSITORY: 'octo/app',
      GITHUB_RUN_ID: '7',
      GITHUB_WORKFLOW: 'deploy',
      GITHUB_ACTOR: 'mona',
      GITHUB_SHA: '9f2c',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_ACTION: '__octo_fedbridge',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_BASE_REF: 'main',
      GITHUB_HEAD_REF: 'fix',
      GITHUB_JOB: 'plan',
      GITHUB_TRIGGERING_ACTOR: 'lisa',
    };
    expect(new GitHubHost(realSystem(environment)).job).toEqual({
      platform: 'github',
      project: 'octo/app',
      runId: '7',
      auditFacts: {
        GitHub: 'Actions',
        Repository: 'octo/app',
        Workflow: 'deploy',
        RunId: '7',
        Action: '__octo_fedbridge',
        Actor: 'mona',
        Commit: '9f2c',
        Branch: 'refs/heads/main',
      },
      contextFacts: {
        EventName: 'pull_request',
        BaseRef: 'main',
        HeadRef: 'fix',
        Job: 'plan',
        TriggeringActor: 'lisa',
      },
    });
    const facts = Object.entries(new GitHubHost(realSystem({})).job.auditFacts);
    expect(facts.filter(([, value]) => value !== '')).toEqual([['GitHub', 'Actions']]);
  });

  it('delivers nothing where the runner set no file for it, and says so beforehand', () => {
    const host = new GitHubHost(realSystem({}));
    const told = expect.objectContaining({ code: 'DELIVERY_FAILED' });
    expect(() => host.checkDelivery()).toThrow(told);
    host.setOutput('x', 'y');
    expect(() => host.publish()).toThrow('The runner did not set GITHUB_OUTPUT.');
    host.exportVariable('X', 'y');
    expect(() => host.publish()).toThrow('The runner did not set GITHUB_ENV.');
    expect(() => host.tempDirectory).toThrow('The runner did not set RUNNER_TEMP.');
  });

  it('hands over all or nothing: where one file cannot be written the others are as before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'runner-'));
    const [env, output] = [join(folder, 'env'), join(folder, 'output')];
    writeFileSync(env, 'BEFORE=1\n');
    // What is written there finds no room.
    const full = '/dev/full';
    for (const [broken, errno] of [
      [join(folder, 'absent'), 'ENOENT'],
      [folder, 'EISDIR'],
      ...(existsSync(full) ? [[full, 'ENOSPC'] as const] : []),
    ] as const) {
      const host = new GitHubHost(realSystem({ GITHUB_ENV: env, GITHUB_OUTPUT: broken }));
      host.exportVariable('X', 'y');
      host.setOutput('x', 'y');
      expect(() => host.publish()).toThrow(`The runner's file GITHUB_OUTPUT cannot be written: ${broken} (${errno}).`);
      expect(readFileSync(env, 'utf8')).toBe('BEFORE=1\n');
    }
    const host = new GitHubHost(realSystem({ GITHUB_ENV: env, GITHUB_OUTPUT: output }));
    writeFileSync(output, '');
    host.exportVariable('X', 'y');
    host.setOutput('camelCase', 'a\nfedbridge\nb', 'of');
    host.publish();
    host.publish();
    expect(readFileSync(env, 'utf8')).toBe('BEFORE=1\nX<<fedbridge\ny\nfedbridge\n');
    expect(readFileSync(output, 'utf8')).toBe('of-camel-case<<fedbridge_\na\nfedbridge\nb\nfedbridge_\n');
  });
});
