import type { FedbridgeError } from '@fedbridge/core';
import type { JobNames } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gitHubJobFile } from './job-file.ts';

const step = {
  action: 'OWNER/fedbridge/actions/aws-credentials@0000000000000000000000000000000000000000 # v1.0.0',
  task: 'FedbridgeAwsCredentials@1',
  inputs: { roleToAssume: 'arn:aws:iam::123456789012:role/deploy', awsRegion: 'eu-central-1' },
  taskInputs: { azureSubscription: 'prod' },
  script: 'aws sts get-caller-identity',
  byCommand: { idToken: 'AWS_ID_TOKEN', audience: 'sts.amazonaws.com', script: ['true'] },
};
const written = (names: JobNames) => gitHubJobFile.write(names, step);
const asked = (names: JobNames) => gitHubJobFile.questions(names).map(({ option }) => option);

describe('a workflow', () => {
  it('is written for a person to read', () => {
    expect(written({ branch: 'main', environment: 'prod' }).whole).toBe(`name: deploy
on:
  push:
    branches: [main]
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: prod
    permissions:
      id-token: write # the job may ask for its ID token
      contents: read
    steps:
      - uses: OWNER/fedbridge/actions/aws-credentials@0000000000000000000000000000000000000000 # v1.0.0
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-central-1
      - run: aws sts get-caller-identity
`);
  });

  it('has a part that stands in a job as it is', () => {
    const { whole, part } = written({ branch: 'main' });
    expect(parse(whole).jobs.deploy).toEqual({ 'runs-on': 'ubuntu-latest', ...parse(part) });
  });

  it.each([
    [{ branch: 'refs/heads/a+b' }, { push: { branches: ['a\\+b'] } }],
    [{ branch: 'true' }, { push: { branches: ['true'] } }],
    [{ branch: 'a,b' }, { push: { branches: ['a,b'] } }],
    [{ tag: 'refs/tags/1.0' }, { push: { tags: ['1.0'] } }],
    [{ pullRequest: true }, 'pull_request'],
    [{ anyRef: true }, 'push'],
    [{ environment: 'prod' }, 'workflow_dispatch'],
  ])('for %j runs on %j', (names, on) => expect(parse(written(names).whole).on).toEqual(on));

  it('has no name that GitHub would put something else in the place of', () => {
    const code = (names: JobNames) => {
      try {
        return written(names).whole && 'written';
      } catch (error) {
        return (error as FedbridgeError).code;
      }
    };
    expect(code({ environment: '$' + '{{ vars.X }}' })).toBe('INPUT_INVALID');
    expect(code({ branch: 'a$' + '{{b}}' })).toBe('INPUT_INVALID');
    expect(code({ environment: '$(prod)' })).toBe('written');
  });
});

it('jobs are named by a repository, a ref or environment, and its ids or none', () => {
  expect(asked({})).toEqual(['github', 'branch', 'ownerId']);
  for (const which of [{ tag: 'v1' }, { environment: 'prod' }, { pullRequest: true }, { anyRef: true }])
    expect(asked(which)).toEqual(['github', 'ownerId']);
  expect(asked({ branch: 'main', ownerId: '65001' })).toEqual(['github', 'ownerId', 'repositoryId']);
});
