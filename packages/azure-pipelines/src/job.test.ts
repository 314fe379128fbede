import { expect, it } from 'vitest';
import { jobOf } from './job.ts';

it('a job is what its tokens are asked for by, its own token where it is mapped, and no secret of the environment beside', () => {
  const environment = { SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso', SYSTEM_JOBID: 'j', SYSTEM_PLANID: 'p' };
  const job = jobOf({ ...environment, SYSTEM_ACCESSTOKEN: 'token', SECRET: 'x' }, 'the-id');
  expect(job).toMatchObject({ kind: 'azure-pipelines', environment, accessToken: 'token', connectionId: 'the-id' });
  expect(JSON.stringify(job.environment)).not.toMatch(/token|SECRET/);
  expect(jobOf({})).toMatchObject({ accessToken: undefined, connectionId: undefined });
});
