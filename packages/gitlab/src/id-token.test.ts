import type { FedbridgeError, Outbound } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { gitLabCi } from './id-token.ts';

const now = 1_790_000_000;
const server = 'https://gitlab.example.com';

function token(claims: object): string {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const usual = { iss: server, sub: 'project_path:a/b:ref_type:branch:ref:main', aud: 'x', job_id: '7', exp: now + 60 };
  return `${encoded({ alg: 'RS256' })}.${encoded({ ...usual, ...claims })}.c2ln`;
}

/** The claims of the token that is taken in a job with these variables, or the code of the error. */
async function taken(variables: Readonly<Record<string, string>>, audience?: string): Promise<unknown> {
  const environment = { CI_SERVER_URL: server, CI_JOB_ID: '7', GITLAB_CI: 'true', ...variables };
  const job = gitLabCi.jobOf(environment);
  const masked: string[] = [];
  const system = { environment: job.environment, now: () => now * 1000 } as Outbound['system'];
  const source = gitLabCi.idTokenSource(job, {
    system,
    mask: (secret: string) => masked.push(secret),
  } as unknown as Outbound);
  try {
    const { claims } = await source.getIdToken(audience);
    expect(masked).toEqual(expect.arrayContaining(Object.values(variables).filter((one) => one.startsWith('eyJ'))));
    return claims.jti;
  } catch (error) {
    return (error as FedbridgeError).code;
  }
}

describe('the token that is taken', () => {
  const own = token({ jti: 'own' });
  const ofOther = token({ jti: 'other', job_id: '8' });
  const forOther = token({ jti: 'for another', aud: 'y' });
  const forBoth = token({ jti: 'for both', aud: ['x', 'y'] });

  it.each([
    ['the one for the audience', { A: forOther, B: own }, 'x', 'own'],
    ['of several for it the one of this job', { A: ofOther, B: own }, 'x', 'own'],
    ['of several for it the one for no other', { A: forBoth, B: own }, 'x', 'own'],
    ['the only one, where none is named', { A: forOther }, undefined, 'for another'],
    ['none, where several might be meant', { A: own, B: forOther }, undefined, 'ID_TOKEN_UNAVAILABLE'],
    ['none, where no variable has one', { A: 'glcbt-64_x', B: 'eyJ', C: `x${own}` }, 'x', 'ID_TOKEN_UNAVAILABLE'],
    ['none that is for others', { A: forOther }, 'x', 'ID_TOKEN_AUDIENCE'],
    ['none that is for several', { A: forBoth }, 'x', 'ID_TOKEN_AUDIENCE'],
    ['none of another job', { A: ofOther }, 'x', 'ID_TOKEN_CLAIM'],
    ['none without a job', { A: token({ job_id: undefined }) }, 'x', 'ID_TOKEN_CLAIM'],
    ['none, where what looks like one is none', { A: 'eyJ9.eyJ9.x' }, 'x', 'ID_TOKEN_UNAVAILABLE'],
    ['none that has something after it', { A: `${own}.x` }, 'x', 'ID_TOKEN_UNAVAILABLE'],
    ['none that has expired', { A: token({ exp: now }) }, 'x', 'ID_TOKEN_EXPIRED'],
    ['one with a number for its job', { A: token({ jti: 'number', job_id: 7 }) }, 'x', 'number'],
  ] as const)('is %s', async (_, variables, audience, expected) => {
    expect(await taken(variables, audience)).toBe(expected);
  });

  it.each([
    [server, server, 'own'],
    [`${server}/`, server, 'own'],
    ['https://example.com/gitlab', 'https://example.com/gitlab', 'own'],
    // Published beside a server that is not reached from outside.
    [server, 'https://keys.s3.eu-central-1.amazonaws.com', 'own'],
    ['https://gitlab.com', 'https://gitlab.com', 'own'],
    ['https://gitlab.com', 'https://gitlab.com/', 'ID_TOKEN_ISSUER'],
    ['https://gitlab.com', server, 'ID_TOKEN_ISSUER'],
    [server, 'https://gitlab.com', 'ID_TOKEN_ISSUER'],
    [server, 'http://gitlab.example.com', 'ID_TOKEN_ISSUER'],
    [server, 'http://localhost:8080', 'ID_TOKEN_ISSUER'],
    ['http://gitlab.example.com', server, 'ENDPOINT_NOT_ALLOWED'],
  ])('on %s by %s: %s', async (url, iss, expected) => {
    expect(await taken({ CI_SERVER_URL: url, A: token({ jti: 'own', iss }) }, 'x')).toBe(expected);
  });
});

it('a job can ask once it has a token, and is one of no other platform', () => {
  expect(gitLabCi.canAsk(gitLabCi.jobOf({ GITLAB_CI: 'true' }))).toBe(false);
  expect(gitLabCi.canAsk(gitLabCi.jobOf({ GITLAB_CI: 'true', A: token({}) }))).toBe(true);
  expect([{ GITLAB_CI: 'true' }, { CI: 'true' }, { GITHUB_ACTIONS: 'true' }].map(gitLabCi.isHere)).toEqual([
    true,
    false,
    false,
  ]);
  expect(gitLabCi.tokenRequest(gitLabCi.jobOf({}))).toBeUndefined();
});
