import { describe, expect, test } from 'vitest';
import { isConsistentToken } from './consistent-token.ts';

const token = {
  iss: 'https://token.actions.githubusercontent.com',
  ...{ repository: 'octo/app', repository_id: '7', repository_owner: 'octo', repository_owner_id: '65001' },
  ...{ environment: 'a:b', ref: 'refs/heads/main', actor: 'ann', actor_id: '5', workflow: 'deploy' },
  job_workflow_ref: 'octo/flows/.github/workflows/d.yml@refs/heads/main',
};
const is = (sub: string, others: object = {}) => isConsistentToken({ ...token, ...others, sub });

describe('a token of GitHub agrees with its subject', () => {
  test.each([
    'repo:octo/app:ref:refs/heads/main',
    'repo:octo@65001/app@7:environment:a%3Ab',
    'repo:octo/app:pull_request',
    'repository_owner:octo:repo:octo/app:environment:a%3Ab:jti:x',
    'actor:ann:repository_id:7:repo_property_team:web',
    `job_workflow_ref:${token.job_workflow_ref}`,
  ])('%s', (sub) => expect(is(sub)).toBe(true));

  test('which GitHub itself runs', () => {
    const workflow = 'octo/app/dynamic/pages/pages-build-deployment@refs/heads/main';
    expect(is(`job_workflow_ref:${workflow}`, { job_workflow_ref: workflow })).toBe(true);
  });

  test('which names no environment where there is none', () => {
    expect(is('environment:', { environment: undefined })).toBe(true);
    expect(is('environment:prod', { environment: undefined })).toBe(false);
  });
});

describe('a token of GitHub disagrees with its subject', () => {
  test.each([
    'repo:octo/app:ref:refs/heads/dev',
    'repo:octo/other:pull_request',
    'repo:octo@65001/app@8:environment:a%3Ab',
    'repo:octo@65001/app:pull_request',
    'repo:octo/app:jti:x:repository_owner:evil',
    'repo:octo/app:actor:ann:actor:ann',
    'repo:octo/app:enterprise_id:42',
    'repository_id:8',
    'repo:octo/app:colour:red',
    'repo:octo/app:ref',
  ])('%s', (sub) => expect(is(sub)).toBe(false));

  test('or has a claim that is none in both', () =>
    expect(is('job_workflow_ref:0', { job_workflow_ref: '0' })).toBe(false));
});

test('a subject of GitLab has each claim once', () => {
  const ofGitLab = (sub: string) => is(sub, { iss: 'https://gitlab.com' });
  expect(ofGitLab('project_path:acme/web:ref_type:branch:ref:ref')).toBe(true);
  expect(ofGitLab('project_path:acme/web:ref:0/web:ref_type:branch:ref:main')).toBe(false);
});

test('of other issuers, and of servers, nothing is said', () => {
  for (const iss of ['https://app.terraform.io', 'https://github.example/_services/token', 'nothing'])
    expect(is('repository_id:8', { iss })).toBe(true);
});
