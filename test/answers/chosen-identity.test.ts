import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import type { Outbound } from '@fedbridge/core';
import { HttpClient, realSystem } from '@fedbridge/core';
import { gitHubActions } from '@fedbridge/github/id-token';
import { Identity, type JobSource } from '@fedbridge/identity';
import { afterAll, describe, expect, it } from 'vitest';

const http = new HttpClient({});
afterAll(() => http.close());
const nowhere = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };
const offline = (environment: Readonly<Record<string, string>>): Omit<Outbound, 'log'> => ({
  ...{ http, deadline: Date.now() + 300_000, maxAttempts: 1, debug: () => {}, mask: () => {} },
  system: realSystem({ ...nowhere, ...environment }),
});

const permission = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'y' };
const onGitHub = (environment: object = permission): JobSource => ({ kind: 'github', environment: { ...environment } });
const onPipelines = (more: object = {}): JobSource => ({
  kind: 'azure-pipelines',
  environment: { SYSTEM_OIDCREQUESTURI: 'https://x' },
  accessToken: 'y',
  ...more,
});
const files = { AZURE_FEDERATED_TOKEN_FILE: '/a', AWS_WEB_IDENTITY_TOKEN_FILE: '/b' };

describe('the identity that is chosen', () => {
  const choose = async (wanted: string, own: JobSource | undefined, environment = {}) => {
    const said: string[] = [];
    const chosen = {
      wanted,
      own,
      platforms: [gitHubActions, azurePipelines],
      managedIdentity: { by: 'system' },
    } as const;
    const outbound = { ...offline(environment), log: (line: string) => said.push(line) };
    const { kind } = await Identity.choose({ ...chosen, requiredClaims: [] }, outbound);
    return [kind, ...said];
  };

  it.each([
    ['auto', onGitHub(), {}, 'github', 'Identity: github, which gives this job ID tokens.'],
    ['auto', onPipelines(), files, 'azure-pipelines', 'Identity: azure-pipelines, which gives this job ID tokens.'],
    [
      'auto',
      onPipelines({ environment: { SYSTEM_COLLECTIONURI: 'x' } }),
      {},
      'azure-pipelines',
      'Identity: azure-pipelines, which gives this job ID tokens.',
    ],
    [
      'auto',
      { kind: 'kubernetes', files: {} },
      {},
      'kubernetes',
      'Identity: kubernetes, which gives this job ID tokens.',
    ],
    [
      'auto',
      onGitHub({}),
      files,
      'kubernetes',
      'Identity: kubernetes, since github gives this job no ID token and AZURE_FEDERATED_TOKEN_FILE and AWS_WEB_IDENTITY_TOKEN_FILE is set.',
    ],
    [
      'auto',
      undefined,
      { AZURE_FEDERATED_TOKEN_FILE: '/a' },
      'kubernetes',
      'Identity: kubernetes, since no CI platform is here and AZURE_FEDERATED_TOKEN_FILE is set.',
    ],
    [
      'auto',
      undefined,
      {},
      'managed-identity',
      'Identity: managed-identity, since no CI platform is here and no token file is named.',
    ],
    [
      'auto',
      onGitHub({ ...permission, ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }),
      {},
      'github',
      'Identity: github, though github gives this job no ID token: no token file is named, and no managed identity is here.',
    ],
    [
      'auto',
      onGitHub({ ...permission, ACTIONS_ID_TOKEN_REQUEST_URL: '' }),
      {},
      'github',
      'Identity: github, though github gives this job no ID token: no token file is named, and no managed identity is here.',
    ],
    [
      'auto',
      onPipelines({ accessToken: '' }),
      {},
      'azure-pipelines',
      'Identity: azure-pipelines, though azure-pipelines gives this job no ID token: no token file is named, and no managed identity is here.',
    ],
    [
      'auto',
      onPipelines({ environment: {} }),
      {},
      'azure-pipelines',
      'Identity: azure-pipelines, though azure-pipelines gives this job no ID token: no token file is named, and no managed identity is here.',
    ],
    ['github', onGitHub({}), files, 'github', 'Identity: github, as asked for.'],
    ['kubernetes', onGitHub(), {}, 'kubernetes', 'Identity: kubernetes, as asked for.'],
    ['managed-identity', onGitHub(), {}, 'managed-identity', 'Identity: managed-identity, as asked for.'],
  ] as const)('%s of %o with %o: %s', async (wanted, own, environment, kind, why) => {
    expect(await choose(wanted, own, environment)).toEqual([kind, why]);
  });

  it('cannot be one that is not there', async () => {
    for (const own of [onGitHub(), undefined])
      await expect(choose('azure-pipelines', own)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: 'The identity "azure-pipelines" was asked for, but this does not run in a job of that platform.',
      });
  });

  it('takes of the environment what its source needs and no more', () => {
    const all = { ...permission, SYSTEM_JOBID: 'j', SECRET: 's' };
    expect(gitHubActions.jobOf(all).environment).toMatchObject(permission);
    expect(gitHubActions.jobOf(all).environment).not.toHaveProperty('SECRET');
    expect(azurePipelines.jobOf(all).environment).toMatchObject({ SYSTEM_JOBID: 'j' });
    expect(azurePipelines.jobOf(all).environment).not.toHaveProperty('ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  });
});
