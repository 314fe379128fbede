import { expect, it } from 'vitest';
import { jobOf } from './job.ts';

it('a job is what its tokens are asked for by, and no secret of the environment beside', () => {
  const asked = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://tokens.example.com',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY_OWNER: 'octo',
  };
  expect(jobOf({ ...asked, GITHUB_TOKEN: 'secret' })).toEqual({ kind: 'github', environment: asked });
});
