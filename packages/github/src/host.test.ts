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
    };
    expect(new GitHubHost(realSystem(environment)).job).toEqual({
      platform: 'github',
      project: 'octo/app',
      runId: '7',
      auditFacts: {
        GitHub: 'Actions',
        Repository: 'octo/app',
        Workflow: 'deploy',
        Run: '7',
        Actor: 'mona',
        Commit: '9f2c',
        Branch: 'refs/heads/main',
      },
    });
    const facts = Object.entries(new GitHubHost(realSystem({})).job.auditFacts);
    expect(facts.filter(([, value]) => value !== '')).toEqual([['GitHub', 'Actions']]);
  });

  it('delivers nothing where the runner set no file for it', () => {
    const host = new GitHubHost(realSystem({}));
    const told = expect.objectContaining({ code: 'DELIVERY_FAILED' });
    expect(() => host.setOutput('x', 'y')).toThrow(told);
    expect(() => host.exportVariable('X', 'y')).toThrow('The runner did not set GITHUB_ENV.');
    expect(() => host.tempDirectory).toThrow('The runner did not set RUNNER_TEMP.');
  });
});
