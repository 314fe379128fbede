/**
 * Azure DevOps' pools, as strict as the service: who may do what, what can be queued, and what a scaler reads.
 *
 * Tests as well:
 * - packages/emulator/src/azure-devops/pool.ts
 * - packages/emulator/src/azure-devops/rest/job-requests.ts
 * - packages/emulator/src/azure-devops/rest/members.ts
 * - packages/emulator/src/azure-devops/rest/pools.ts
 */

import { type Emulator, type EmulatorUrls, objectIdOf, type Setup, startEmulator } from '@fedbridge/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ids, sharedSetup } from '../harness/setup.ts';

const devOps = '499b84ac-1321-427f-aa17-267ca6975798';
let emulator: Emulator;
let administrator: string;
/** Administers the pool, and nothing else. */
let ofPool: string;

async function start(change: (setup: Setup) => Setup = (setup) => setup): Promise<void> {
  emulator = await startEmulator({ setup: (urls: EmulatorUrls) => change(sharedSetup(urls)) });
  const tokenOf = async (clientId: string) => {
    const { environment } = await emulator.startMachine({ systemAssigned: clientId });
    const url = `${environment.AZURE_POD_IDENTITY_AUTHORITY_HOST}/metadata/identity/oauth2/token?resource=${devOps}`;
    const answer = await fetch(url, { headers: { metadata: 'true' } });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  [administrator, ofPool] = await Promise.all([tokenOf(ids.app), tokenOf(ids.assigned)]);
}
const withOrganization = (change: object) => (setup: Setup) => ({
  ...setup,
  organizations: (setup.organizations ?? []).map((one) => ({ ...one, ...change })),
});
afterEach(() => emulator.close());

async function ask(method: string, path: string, body?: unknown, token = administrator) {
  const answer = await fetch(`${emulator.urls.azureDevOps}/contoso/_apis/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json; api-version=7.1' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}
const pool = () => emulator.agentPool('contoso', 'kubernetes');
const ofQueue = (path: string) => `distributedtask/pools/${pool().id}/${path}`;

describe('the queue of a pool', () => {
  beforeEach(() => start());

  // Source: Microsoft Learn, "Tutorial: Deploy self-hosted CI/CD runners and agents with Azure Container Apps jobs".
  it('takes nothing while the pool has no agent, and with an offline one what that one could run', async () => {
    expect(() => pool().queue(0)).toThrow(
      /^No agent found in pool kubernetes which satisfies the specified demands: Agent\.Version -gtVersion [\d.]+$/,
    );
    const { body: agent } = await ask('POST', ofQueue('agents'), { name: 'placeholder', version: '4.266.2' }, ofPool);
    expect(agent).toMatchObject({ status: 'offline', enabled: true });
    expect(pool().queue(0)).toMatchObject({ state: 'queued' });
    expect(() => pool().queue(0, ['docker'])).toThrow(
      /which satisfies the following demand: docker\. All demands: docker, Agent\.Version/,
    );
    await ask('PUT', ofQueue(`agents/${agent.id}/usercapabilities`), { docker: '', size: 'L' }, ofPool);
    expect(pool().queue(0, ['docker', 'size -equals l'])).toMatchObject({ state: 'queued' });
    expect(() => pool().queue(0, ['no demand'])).toThrow("'no demand' is not a valid demand.");
  });

  it('is not for an agent that is too old for any job', async () => {
    await ask('POST', ofQueue('agents'), { name: 'old', version: '2.150.0' }, ofPool);
    expect(() => pool().queue(0)).toThrow('following demand: Agent.Version.');
  });

  it('gives an agent what it can run, and tells a scaler what waits, runs and is over', async () => {
    const add = async (name: string, userCapabilities: object) =>
      (await ask('POST', ofQueue('agents'), { name, version: '4.266.2', userCapabilities }, ofPool)).body;
    await add('placeholder', { docker: '' });
    const plain = await add('plain', {});
    const [withDocker, any] = [pool().queue(5, ['docker']), pool().queue(5)];
    const requests = async (query: string) => (await ask('GET', ofQueue(`jobrequests${query}`))).body;
    const waiting = await requests('?completedRequestCount=0');
    expect(waiting).toMatchObject({
      count: 2,
      value: [
        { requestId: any.id, matchedAgents: [{ name: 'placeholder', status: 'offline' }, { name: 'plain' }] },
        { requestId: withDocker.id, demands: ['docker', expect.any(String)], matchedAgents: [{ name: 'placeholder' }] },
      ],
    });
    // What KEDA takes for a request that is over has a result that is not null, and times must parse.
    for (const { result, assignTime, queueTime } of waiting.value) {
      expect([result, assignTime, Number.isNaN(Date.parse(queueTime))]).toEqual([undefined, undefined, false]);
    }
    const token = plain.authorization.token;
    await ask('POST', ofQueue('sessions'), {}, token);
    expect((await ask('GET', ofQueue('messages'), undefined, token)).body).toMatchObject({ messageId: any.id });
    const running = (await requests('?$top=250')).value.find((one: { requestId: number }) => one.requestId === any.id);
    expect(running).toMatchObject({ assignTime: expect.any(String), reservedAgent: { name: 'plain' } });
    expect(running).not.toHaveProperty('matchedAgents');
    // It waits for a job of its own, and the other is not one.
    await ask('PATCH', ofQueue(`jobrequests/${any.id}`), { result: 'succeeded' }, token);
    expect((await ask('GET', ofQueue('messages'), undefined, token)).status).toBe(202);
    expect(await requests('?completedRequestCount=0')).toMatchObject({ count: 1 });
    expect(await requests('')).toMatchObject({ value: [{ result: 'succeeded', finishTime: expect.any(String) }, {}] });
    expect(await requests('?$top=1')).toMatchObject({ count: 1 });
  });

  it('tells of agents what is asked for, by name, by demands and with capabilities', async () => {
    await ask('POST', ofQueue('agents'), { name: 'a', version: '4.266.2', userCapabilities: { docker: '' } }, ofPool);
    const { body: b } = await ask('POST', ofQueue('agents'), { name: 'b', version: '4.266.2' }, ofPool);
    const names = async (query: string) =>
      (await ask('GET', ofQueue(`agents?${query}`))).body.value.map(({ name }: { name: string }) => name);
    expect([await names(''), await names('demands=docker'), await names('agentName=B')]).toEqual([
      ['a', 'b'],
      ['a'],
      ['b'],
    ]);
    const { body } = await ask('GET', ofQueue(`agents/${b.id}?includeCapabilities=true`));
    expect(body).toMatchObject({ systemCapabilities: { 'Agent.Version': '4.266.2' }, userCapabilities: {} });
    expect((await ask('GET', ofQueue(`agents/${b.id}`))).body).not.toHaveProperty('systemCapabilities');
  });
});

describe('who may do what', () => {
  beforeEach(() => start());

  it.each([
    ['POST', 'distributedtask/pools', { name: 'mine' }, /^Access denied\. \S+ needs Manage permissions to perform/],
    ['POST', 'agents', { name: 'mine', version: '4' }, /needs Manage permissions for pool other to perform the action/],
    ['DELETE', 'agents/1', undefined, /needs Manage permissions for pool other/],
    ['PUT', 'agents/1/usercapabilities', {}, /needs Manage permissions for pool other/],
  ])('%s %s is for administrators of the pool', async (method, path, body, said) => {
    const { body: other } = await ask('POST', 'distributedtask/pools', { name: 'other' });
    const full = path.startsWith('distributedtask') ? path : `distributedtask/pools/${other.id}/${path}`;
    expect(await ask(method, full, body, ofPool)).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(said), typeKey: 'AccessDeniedException' },
    });
  });

  it('whoever is a member reads a pool and its queue', async () => {
    const { body: other } = await ask('POST', 'distributedtask/pools', { name: 'other' });
    for (const path of ['', '/agents', '/jobrequests'])
      expect((await ask('GET', `distributedtask/pools/${other.id}${path}`, undefined, ofPool)).status).toBe(200);
    expect((await ask('GET', `distributedtask/pools?poolID=${other.id}`)).body).toMatchObject({ count: 1 });
  });
});

// Source: Azure DevOps SDK, `VssVersionNotSpecifiedException`.
it('takes nothing that is written without a version, which may be in the query or among what is accepted', async () => {
  await start();
  const url = `${emulator.urls.azureDevOps}/contoso/_apis/distributedtask/pools`;
  const write = async (name: string, query: string, accept: string) => {
    const headers = { authorization: `Bearer ${administrator}`, accept };
    const answer = await fetch(`${url}${query}`, { method: 'POST', headers, body: JSON.stringify({ name }) });
    return [answer.status, ((await answer.json()) as { typeKey?: string }).typeKey];
  };
  expect(await write('a', '', 'application/json')).toEqual([400, 'VssVersionNotSpecifiedException']);
  expect(await write('b', '?api-version=7.1', 'application/json')).toEqual([200, undefined]);
  expect(await write('c', '', 'application/json;api-version=7.1')).toEqual([200, undefined]);
  expect((await fetch(url, { headers: { authorization: `Bearer ${administrator}` } })).status).toBe(200);
});

// Source: Azure DevOps REST API, Member Entitlement Management, "Member Entitlements - Search".
it('tells of members page by page', async () => {
  const many = Array.from({ length: 150 }, (_, index) => `00000000-0000-4000-9000-${String(index).padStart(12, '0')}`);
  await start((setup) => ({
    ...withOrganization({ administrators: [ids.app, ...many] })(setup),
    tenants: (setup.tenants ?? []).map((tenant) => ({
      ...tenant,
      applications: [
        ...tenant.applications,
        ...(tenant.id === ids.tenant ? many.map((clientId) => ({ clientId, federatedCredentials: [] })) : []),
      ],
    })),
  }));
  const first = (await ask('GET', 'memberentitlements')).body;
  const second = (await ask('GET', `memberentitlements?continuationToken=${first.continuationToken}`)).body;
  expect([first.items.length, second.continuationToken]).toEqual([100, null]);
  expect(new Set([...first.items, ...second.items].map(({ id }: { id: string }) => id)).size).toBe(first.totalCount);
});

// Source: microsoft/terraform-provider-azuredevops, resource of service principal entitlements, which tries it again.
it('an identity that has not spread yet is not added, with HTTP 200, and then it is', async () => {
  await start(withOrganization({ spreading: { [ids.stranger]: 2 } }));
  const originId = objectIdOf(ids.tenant, ids.stranger);
  const add = () => ask('POST', 'serviceprincipalentitlements', { servicePrincipal: { originId } });
  const errors = [{ key: 5000, value: `VS403283: Could not add user '${originId}' at this time.` }];
  const notYet = { status: 200, body: { isSuccess: false, operationResult: { isSuccess: false, errors } } };
  expect([await add(), await add()]).toMatchObject([notYet, notYet]);
  expect(await add()).toMatchObject({ status: 200, body: { isSuccess: true } });
});

// Source: Microsoft Learn, "Azure DevOps rate and usage limits".
it('blocks an identity that uses too much, and says until when', async () => {
  await start(withOrganization({ rateLimit: { requests: 4, seconds: 300 } }));
  const answers = [];
  for (let count = 0; count < 5; count += 1) answers.push(await ask('GET', 'connectionData'));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([null, '2', '1', '0', '0']);
  const blocked = answers.at(-1);
  expect(blocked?.body.message).toContain('TF400733: The request has been canceled');
  expect(Number(blocked?.headers.get('retry-after'))).toBeGreaterThan(200);
  expect((await ask('GET', 'connectionData', undefined, ofPool)).status).toBe(200);
  emulator.clock.advance(301);
  expect((await ask('GET', 'connectionData')).status).toBe(200);
});
