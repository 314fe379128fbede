/**
 * Tests as well:
 * - packages/cli/src/commands/aws-credentials.ts
 * - packages/cli/src/credential-forms.ts
 * - packages/cli/src/identities.ts
 * - packages/platforms/src/index.ts
 * - packages/gitlab/src/denials.ts
 */

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../harness/files.ts';
import { bothTokens, GitLabWorld, project } from '../harness/gitlab-job.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { ids, region } from '../harness/setup.ts';

let world: GitLabWorld;
beforeAll(async () => {
  world = await GitLabWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const job = { idTokens: bothTokens };
/** What left the jobs for a cloud. */
const exchanges = () => world.emulator.requests.filter(({ internal, method }) => !internal && method === 'POST').length;
const isGivenOut = (secret: string | undefined) => world.emulator.secrets().includes(secret ?? '');

/** What a script has in its environment after a line of shell. */
function after(shell: string, environment: Variables): Variables {
  const printed = execFileSync('sh', ['-c', `${shell}\nenv -0`], { env: environment, encoding: 'utf8' });
  return Object.fromEntries(
    printed.split('\0').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
}

describe('a job of GitLab CI gets AWS credentials', () => {
  it.concurrent('as exports, which replace what the job had', async ({ expect }) => {
    const given = {
      variables: { AWS_PROFILE: 'mine', AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z', AWS_REGION: 'us-east-1' },
    };
    const { exitCode, stdout, stderr, environment, files, masked } = await world.run({ ...job, ...given }, world.aws());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Identity: gitlab') });
    const found = after(stdout, environment);
    expect(found).toMatchObject({ AWS_REGION: region, AWS_DEFAULT_REGION: region });
    expect(found.AWS_PROFILE ?? found.AWS_CREDENTIAL_EXPIRATION).toBeUndefined();
    expect([found.AWS_SECRET_ACCESS_KEY, found.AWS_SESSION_TOKEN].every(isGivenOut)).toBe(true);
    expect(files).toEqual([]);
    for (const secret of masked) expect(stdout + stderr).not.toContain(secret);
  });

  it.concurrent('as lines for docker run --env-file', async ({ expect }) => {
    const { stdout } = await world.run(job, world.aws('--format', 'dotenv'));
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION', 'AWS_DEFAULT_REGION'],
    ]);
    expect(isGivenOut(lines[1]?.slice('AWS_SECRET_ACCESS_KEY='.length))).toBe(true);
  });

  it.concurrent('as a profile without a secret, which asks again and keeps the guards', async ({ expect }) => {
    const guard = ['--require-claim', 'ref=ma*', '--require-claim', 'project_path=acme/*'];
    const { stdout, environment, home } = await world.run(
      job,
      world.aws(...guard, '--format', 'profile', '--profile', 'deploy'),
    );
    expect(stdout).toMatch(/^\[profile deploy\]\nregion = eu-central-1\ncredential_process = .*\n$/);
    expect(world.emulator.secrets().some((secret) => stdout.includes(secret))).toBe(false);
    const command = /^credential_process = (.*)$/m.exec(stdout)?.[1] ?? '';
    const ask = async (env: Variables) =>
      (await promisify(execFile)('sh', ['-c', command], { env: { ...machineEnvironment(home), ...env } })).stdout;
    expect(JSON.parse(await ask(environment))).toMatchObject({ Version: 1, Expiration: expect.stringMatching(/Z$/) });
    const { environment: other } = await world.emulator.platforms.gitLab.startJob({ ...job, ref: 'next' });
    await expect(ask({ ...environment, ...other })).rejects.toThrow('[ID_TOKEN_CLAIM]');
  });

  it.concurrent('in a session that names the subject, or as it says', async ({ expect }) => {
    await world.run(job, world.aws('--role-session-name', 'release-42', '--role-duration-seconds', '900'));
    await world.run(job, world.aws());
    const bodies = world.emulator.requests.map(({ body }) => new URLSearchParams(body));
    const named = bodies.filter((body) => body.get('RoleSessionName') === 'release-42');
    expect(named.map((body) => body.get('DurationSeconds'))).toEqual(['900']);
    expect(bodies.map((body) => body.get('RoleSessionName'))).toContain(
      'gitlab-project_path-acme-shop-web-ref_type-branch-ref-main',
    );
  });

  it.concurrent('with a token that it asked for another audience', async ({ expect }) => {
    const own = { idTokens: { GITLAB_OIDC_TOKEN: { aud: 'https://gitlab.example.com' } } };
    const denied = await world.run(own, world.aws());
    expect(denied.stderr).toContain(
      'No ID token of this job is for sts.amazonaws.com: GITLAB_OIDC_TOKEN is for https://gitlab.example.com. [ID_TOKEN_AUDIENCE]',
    );
    expect(denied.stderr).toMatch(/name in --audience the one that it has[\s\S]*aud: "sts.amazonaws.com"/);
    // The provider takes it, and the trust policy asks for the usual one.
    const { stderr } = await world.run(own, world.aws('--audience', 'https://gitlab.example.com'));
    expect(stderr).toMatch(/\[EXCHANGE_REFUSED\][\s\S]*:aud": "https:\/\/gitlab.example.com"/);
  });
});

it('what a job has besides is left alone: files that variables name, and what is in the home of its user', async () => {
  const home = mkdtempSync(join(tmpdir(), 'shared-home-'));
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws', 'credentials'), '[default]\naws_access_key_id = AKIAOTHER\n');
  // A variable of type file: its value is a path.
  const { environment: another } = await world.emulator.platforms.gitLab.startJob({ ...job, jobId: '13' });
  const file = join(home, 'DEPLOY_TOKEN');
  writeFileSync(file, another.AWS_ID_TOKEN ?? '');
  const run = await world.run(
    { idTokens: {}, variables: { DEPLOY_TOKEN: file, HOME: home } },
    world.aws('--identity', 'gitlab'),
  );
  expect(run.stderr).toContain('GitLab gave this job no ID token.');
  const given = await world.run({ ...job, variables: { DEPLOY_TOKEN: file, HOME: home } }, world.aws());
  expect(given.exitCode).toBe(0);
  expect(filesBelow(home).sort()).toEqual(['.aws', '.aws/credentials', 'DEPLOY_TOKEN']);
  expect(readFileSync(join(home, '.aws', 'credentials'), 'utf8')).toContain('AKIAOTHER');
});

describe('a job of GitLab CI gets tokens of Entra', () => {
  it.concurrent('by the token for that audience', async ({ expect }) => {
    const { exitCode, stdout } = await world.run(job, world.entra());
    expect({ exitCode, isToken: isGivenOut(stdout.trim()) }).toEqual({ exitCode: 0, isToken: true });
  });

  it.concurrent('and is told which federated credential is missing', async ({ expect }) => {
    const { exitCode, stderr } = await world.run({ ...job, ref: 'v1', tag: true }, world.entra());
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/AADSTS7002\d+/);
    expect(stderr).toContain('may name another branch or a tag');
    expect(stderr).toContain(`project_path:${project}:ref_type:tag:ref:v1`);
  });
});

describe('what decides who a job is', () => {
  it.concurrent.each([
    ['a subject of the id', { subjectComponents: ['project_id', 'ref_type', 'ref'] }, 0],
    ['another branch', { ref: 'next' }, 1],
    ['a tag of the same name', { tag: true }, 1],
    ['a merge request from a fork', { fork: { path: 'mallory/web', id: '9', namespaceId: '8' } }, 1],
    ['a subject of further components', { subjectComponents: ['project_path', 'ref_type', 'ref', 'ref_protected'] }, 1],
  ])('%s', async (_, own, exitCode) => {
    const run = await world.run({ ...job, ...own }, world.aws());
    expect(run.exitCode).toBe(exitCode);
    if (exitCode === 1) expect(run.stderr).toMatch(/\[EXCHANGE_REFUSED\]\nPresented:[\s\S]*"Effect": "Allow"/);
  });

  it.concurrent('an issuer that a server publishes beside itself', async ({ expect }) => {
    const { publicIssuer } = world.emulator.platforms.gitLab;
    expect(await world.run(job, world.aws(), publicIssuer)).toMatchObject({ exitCode: 0 });
  });

  it('GitLab itself takes no other first component, and gives no token for a path that was of another project', async () => {
    const { gitLab } = world.emulator.platforms;
    await expect(gitLab.startJob({ ...job, subjectComponents: ['ref'] })).rejects.toThrow('must be the first element');
    await expect(gitLab.startJob({ ...job, hasPathOfAnother: true })).rejects.toThrow(
      'previously held by a different project',
    );
  });
});

describe('nothing is sent', () => {
  it.concurrent.each([
    [
      'without id_tokens',
      {},
      'GitLab gave this job no ID token. [ID_TOKEN_UNAVAILABLE]',
      /id_tokens:\n\s+FEDBRIDGE_ID_TOKEN:\n\s+aud: "sts.amazonaws.com"/,
    ],
    [
      'of a token for several',
      { idTokens: { ALL: { aud: ['sts.amazonaws.com', 'x'] } } },
      'The ID token in ALL is for several audiences at once. [ID_TOKEN_AUDIENCE]',
      /no list/,
    ],
    [
      'that has expired',
      { ...job, timeoutSeconds: -5 },
      '[ID_TOKEN_EXPIRED]',
      /gives the job no other. Raise timeout: in the job/,
    ],
    [
      'that a variable is not signed in',
      { idTokens: {}, variables: { AWS_ID_TOKEN: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2ln' } },
      '[ID_TOKEN_UNAVAILABLE]',
      /id_tokens:/,
    ],
    [
      'of an issuer on a server of plain HTTP',
      { ...job, claims: { iss: 'http://gitlab.example.com' } },
      '[ID_TOKEN_ISSUER]',
      /not sent anywhere/,
    ],
    [
      'of gitlab.com to a server that is another',
      { ...job, claims: { iss: 'https://gitlab.com' } },
      '[ID_TOKEN_ISSUER]',
      /not sent anywhere/,
    ],
  ])('%s', async (_, own, message, hint) => {
    const run = await world.run(own, world.aws('--identity', 'gitlab'));
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(hint);
  });

  it('of a token of another job, in a variable that takes the place of one of its own', async () => {
    const { environment } = await world.emulator.platforms.gitLab.startJob({ ...job, jobId: '13', claims: {} });
    const variables = { AWS_ID_TOKEN: environment.AWS_ID_TOKEN ?? '' };
    const before = exchanges();
    const run = await world.run({ ...job, variables }, world.aws());
    expect(run.stderr).toContain('The ID token in AWS_ID_TOKEN is of job 13; this is job 8412001177. [ID_TOKEN_CLAIM]');
    expect(exchanges()).toBe(before);
  });

  it('where a claim is not as it is required', async () => {
    const before = exchanges();
    const run = await world.run({ ...job, isProtected: false }, world.aws('--require-claim', 'ref_protected=true'));
    expect(run.stderr).toContain(
      'The ID token\'s claim "ref_protected" is "false"; "true" is required. [ID_TOKEN_CLAIM]',
    );
    expect(exchanges()).toBe(before);
  });
});

describe('documents for the job that a command runs in', () => {
  it.concurrent('a trust policy and a federated credential', async ({ expect }) => {
    const aws = await world.run(job, ['trust', 'aws', '--from-job', '--account', ids.account]);
    expect(JSON.parse(aws.stdout).provider).toEqual({
      Url: world.emulator.urls.gitLab,
      ClientIDList: ['sts.amazonaws.com'],
    });
    const entra = await world.run(job, ['trust', 'entra', '--from-job']);
    expect(JSON.parse(entra.stdout)).toMatchObject({ subject: `project_path:${project}:ref_type:branch:ref:main` });
  });

  it.concurrent('what its token says', async ({ expect }) => {
    const { stdout } = await world.run(job, ['inspect', '--from-job', '--cloud', 'entra', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ platform: 'GitLab CI/CD', audience: 'api://AzureADTokenExchange' });
  });
});
