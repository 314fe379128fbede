/**
 * Tests as well:
 * - packages/emulator/src/azure-devops/azure-pipelines-service.ts
 * - packages/emulator/src/azure-devops/environment.ts
 * - packages/emulator/src/gitlab/gitlab-job.ts
 * - packages/emulator/src/gitlab/gitlab.ts
 * - packages/emulator/src/gitlab/id-token-claims.ts
 * - packages/emulator/src/gitlab/job-variables.ts
 */

import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids, pipelineJob, sharedSetup } from '../harness/setup.ts';
import { gitHubToken } from '../harness/tokens.ts';
import { connection } from './entra-exchange.ts';
import { gitLabRows } from './gitlab.ts';
import { claimRows, problemRows } from './platforms.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** The endpoint of a job of Azure Pipelines that refers to both connections, and the job's own token. */
function azurePipelines() {
  const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure', 'azure-old'] });
  const bearer = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN;
  return { url: environment.SYSTEM_OIDCREQUESTURI ?? '', authorization: `Bearer ${bearer}` };
}

async function azureToken(connectionId: string | undefined): Promise<string> {
  const { url, authorization } = azurePipelines();
  const query = connectionId === undefined ? '' : `&serviceConnectionId=${connectionId}`;
  const answer = await fetch(`${url}?api-version=7.1${query}`, { method: 'POST', headers: { authorization } });
  return ((await answer.json()) as { oidcToken: string }).oidcToken;
}

const connections = { none: undefined, 'a name': 'azure', 'azure-old': ids.oldConnection, azure: connection.id };

describe("the emulator's tokens are as those of the platforms", () => {
  it.each(claimRows)('$name [$source]', async ({ of, job, claims, without = [] }) => {
    const token =
      of === 'GitHub'
        ? await gitHubToken(emulator.startGitHubJob(job).environment, 'sts.amazonaws.com')
        : await azureToken(connections[of]);
    const given = claimsOf(token);
    const issuers = { github: emulator.urls.github, vstoken: emulator.urls.vstoken, entra: emulator.urls.entra };
    expect(given).toMatchObject(claims(issuers));
    for (const claim of without) expect(given).not.toHaveProperty(claim);
  });
});

it.each(['bearer', 'BEARER'])('both platforms take %s for the scheme of a job [RFC 9110, 11.1]', async (scheme) => {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: gitHub = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } =
    emulator.startGitHubJob().environment;
  const asked = await fetch(gitHub, { headers: { authorization: `${scheme} ${bearer}` } });
  const pipelines = azurePipelines();
  const authorization = pipelines.authorization.replace('Bearer', scheme);
  const given = await fetch(`${pipelines.url}?api-version=7.1`, { method: 'POST', headers: { authorization } });
  expect([asked.status, given.status]).toEqual([200, 200]);
});

describe("the emulator's GitLab gives its jobs the tokens of the real one", () => {
  it.each(gitLabRows)('$name [$source]', async ({ job, claims = {}, without = [], times, fails }) => {
    const starting = emulator.platforms.gitLab.startJob({ idTokens: { T: { aud: 'x' } }, ...job });
    if (fails !== undefined) return expect(starting).rejects.toThrow(fails);
    const { environment, masked } = await starting;
    const given = claimsOf(environment.T ?? '');
    expect(given).toMatchObject({ iss: environment.CI_SERVER_URL, ...claims });
    for (const claim of without) expect(given).not.toHaveProperty(claim);
    const { iat, exp, nbf } = given as Record<string, number>;
    if (times) expect([Number(exp) - Number(iat), Number(iat) - Number(nbf)]).toEqual(times);
    expect(masked).toContain('T');
  });
});

// Source: GitLab Docs, "Predefined CI/CD variables reference", and for which pipelines each is there.
describe("the emulator's GitLab says of what a job is", () => {
  const fork = { path: 'mona/web', id: '99', namespaceId: '9' };
  it.each([
    [{ ref: 'main' }, { CI_COMMIT_BRANCH: 'main', CI_PIPELINE_SOURCE: 'push' }],
    [
      { ref: 'v1', tag: true },
      { CI_COMMIT_TAG: 'v1', CI_PIPELINE_SOURCE: 'push' },
    ],
    [
      { ref: 'fix', fork },
      {
        CI_PIPELINE_SOURCE: 'merge_request_event',
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'fix',
        CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'mona/web',
        CI_MERGE_REQUEST_PROJECT_PATH: 'acme/shop/web',
      },
    ],
  ])('%o', async (job, variables) => {
    const { environment } = await emulator.platforms.gitLab.startJob(job);
    const told = Object.entries(environment).filter(([name]) =>
      /^CI_(COMMIT_(BRANCH|TAG)|PIPELINE_SOURCE|MERGE_REQUEST_.+)$/.test(name),
    );
    expect(Object.fromEntries(told)).toEqual(variables);
  });
});

describe("the emulator's Azure DevOps answers as the real one", () => {
  it.each(problemRows)(
    '$name [$source]',
    async ({ method = 'POST', query, headers = {}, own = true, status, body }) => {
      const { url, authorization } = azurePipelines();
      const answer = await fetch(`${url}${query}`, {
        method,
        redirect: 'manual',
        headers: { ...(own ? { authorization } : { authorization: 'Bearer x' }), ...headers },
      });
      expect(answer.status).toBe(status);
      const text = await answer.text();
      if (body) expect(JSON.parse(text)).toEqual(body);
    },
  );
});
