/**
 * Tests as well:
 * - packages/agent/src/azure-devops-rest.ts
 * - packages/agent/src/setup/agent-pool.ts
 * - packages/agent/src/setup/managed-identity.ts
 * - packages/agent/src/setup/set-up-agents.ts
 * - packages/agent/src/setup/organization-user.ts
 * - packages/agent/src/setup/setup-calls.ts
 */

import {
  managedIdentity,
  packagePlatform,
  parseOrganization,
  type SetupOptions,
  type SetupStep,
  setUpAgents,
} from '@fedbridge/agent';
import { type FedbridgeError, HttpClient } from '@fedbridge/core';
import { AccessToken, parseResource } from '@fedbridge/entra';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { quietOutbound } from '../harness/outbound.ts';
import { assignedResourceId, ids } from '../harness/setup.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const outbound = () =>
  quietOutbound({ http, deadline: 60_000, maxAttempts: 2 }, { now: () => 0, random: () => 0, sleep: async () => {} });
const bearer = async () =>
  new AccessToken('secret', { resource: parseResource(ids.app), expiresAt: 1, presented: undefined });

describe('the platform of an agent', () => {
  it.each([
    ['linux', 'x64', false, 'linux-x64'],
    ['linux', 'arm64', true, 'linux-musl-arm64'],
    ['darwin', 'arm64', false, 'osx-arm64'],
    ['win32', 'ia32', false, 'win-x86'],
    ['linux', 'arm', false, 'linux-arm'],
  ] as const)('%s on %s is %s', (platform, arch, isMusl, name) =>
    expect(packagePlatform(platform, arch, isMusl)).toBe(name),
  );
  it.each([
    ['aix', 'ppc64'],
    ['linux', 's390x'],
  ] as const)('there is none for %s on %s', (platform, arch) =>
    expect(() => packagePlatform(platform, arch, false)).toThrow(`There is no agent for ${platform} on ${arch}.`),
  );
});

describe('an organization', () => {
  it.each([
    ['https://dev.azure.com/contoso/', 'https://dev.azure.com/contoso'],
    ['https://contoso.visualstudio.com', 'https://contoso.visualstudio.com'],
    ['https://contoso.visualstudio.com//', 'https://contoso.visualstudio.com'],
  ])('%s is %s', (given, organization) => expect(parseOrganization(given)).toBe(organization));
  it.each(['https://dev.azure.com', 'https://visualstudio.com.example.com/', 'https://dev.azure.com/contoso?a=b'])(
    '%s is none',
    (given) => expect(() => parseOrganization(given)).toThrow('the URL of an organization'),
  );
});

/** What the set-up asks, in its order. */
const found = { value: [{ id: 7 }] };
const credential = {
  name: 'fedbridge-agents-azp',
  properties: {
    issuer: 'https://issuer.example.com',
    subject: 'system:serviceaccount:agents:azp',
    audiences: ['api://AzureADTokenExchange'],
  },
};
const identity = { properties: { clientId: ids.assigned, principalId: 'p', tenantId: ids.tenant } };
const member = { id: 'u', member: { originId: 'p' }, accessLevel: { status: 'active' } };
const role = { value: [{ identity: { id: 'u' }, role: { name: 'Administrator' } }] };

const account = { namespace: 'agents', serviceAccount: 'azp' };
const trusts = { value: [credential] };

const isWhole = (answer: unknown): answer is Answer =>
  typeof answer === 'object' && answer !== null && 'status' in answer;

async function setUp(answers: readonly unknown[], options: Partial<SetupOptions> = {}, resources?: string) {
  const each = answers.map((answer): Answer => {
    if (answer === undefined) return { status: 404 };
    return isWhole(answer) ? answer : { body: answer };
  });
  await using server = await answering(...each);
  const steps: SetupStep[] = [];
  const given = {
    ...{ organization: parseOrganization(`${server.url}/contoso`), pool: 'kubernetes' },
    identity: managedIdentity({ managedIdentity: assignedResourceId, resourceManager: resources ?? server.url }),
    accounts: [{ issuer: 'https://issuer.example.com', ...account, audience: 'api://AzureADTokenExchange' }],
    ...{ license: 'express', allProjects: false, placeholder: undefined, demands: [] },
    ...{ projects: [], allPipelines: false },
    ...{ dryRun: false, fix: false, waitMs: 0 },
    ...options,
  };
  const tokens = { azureDevOps: bearer, resourceManager: bearer, graph: bearer };
  const error = await setUpAgents(given, tokens, outbound, (step) => steps.push(step)).then(
    () => undefined,
    (reason: FedbridgeError) => reason,
  );
  return { error, steps, states: steps.map(({ state }) => state), asked: server.asked };
}

describe('what Azure DevOps may answer while agents are set up', () => {
  it('all is there: nothing is changed', async () => {
    const { error, states, asked } = await setUp([
      identity,
      trusts,
      found,
      { items: [member] },
      role,
      { items: [member] },
      role,
    ]);
    expect({ error, states }).toEqual({ error: undefined, states: Array(5).fill('is there') });
    expect(asked.every(({ method }) => method === 'GET')).toBe(true);
    expect(asked.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true);
  });

  it.each([
    [{ issuer: 'https://other.example.com' }, 'its issuer is https://other.example.com, and'],
    [{ subject: 'system:serviceaccount:agents:other' }, 'its subject is system:serviceaccount:agents:other, and'],
    [{ audiences: ['api://AzureADTokenExchangeUSGov'] }, 'its audience is api://AzureADTokenExchangeUSGov, and'],
    [{ audiences: undefined }, 'its audience is , and'],
  ])(
    'a credential of the same name that trusts %o is told of, and changed where that is asked for',
    async (changed, told) => {
      const other = { value: [{ ...credential, properties: { ...credential.properties, ...changed } }] };
      const rest = [found, { items: [member] }, role, { items: [member] }, role];
      const left = await setUp([identity, other, ...rest]);
      expect(left.error).toMatchObject({ code: 'CHECK_FAILED', detail: { hint: expect.stringContaining('--fix') } });
      expect(left.steps[0]).toMatchObject({ state: 'is wrong', detail: expect.stringContaining(told) });
      expect(left.asked.every(({ method }) => method === 'GET')).toBe(true);
      const { error, states, asked } = await setUp([identity, other, {}, trusts, ...rest], { fix: true });
      expect({ error, states }).toEqual({ error: undefined, states: ['done', ...Array(4).fill('is there')] });
      expect(asked.flatMap(({ method, body }) => (method === 'PUT' ? JSON.parse(body) : []))).toEqual([
        { properties: credential.properties },
      ]);
    },
  );

  it('what was written and is not to be seen is told', async () => {
    const unseen = await setUp([identity, {}, {}, {}]);
    expect(unseen.error).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      message: expect.stringContaining('is not to be seen there'),
    });
    const noPool = await setUp([identity, trusts, {}, {}]);
    expect(noPool.error).toMatchObject({ code: 'ANSWER_MALFORMED', message: expect.stringContaining('no id of pool') });
    const published = { value: [{ version: { major: 4, minor: 266, patch: 2 } }] };
    const member1 = { items: [member] };
    const noAgent = await setUp([identity, trusts, found, member1, role, {}, published, {}], {
      placeholder: 'placeholder',
    });
    expect(noAgent.error).toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: expect.stringContaining('no id of agent'),
    });
    const noVersion = await setUp([identity, trusts, found, member1, role, {}, {}], { placeholder: 'placeholder' });
    expect(noVersion.error).toMatchObject({ code: 'ANSWER_MALFORMED', message: expect.stringContaining('no version') });
    const online = { value: [{ id: 3, name: 'placeholder', status: 'online' }] };
    const taken = await setUp([identity, trusts, found, member1, role, online], { placeholder: 'placeholder' });
    expect(taken.error).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('it is no placeholder'),
    });
  });

  it('members are looked for page by page', async () => {
    const pages = [{ items: [], continuationToken: 'a b' }, { continuationToken: 'c' }, { items: [member] }];
    const { error, asked } = await setUp([identity, trusts, found, ...pages, role, { items: [member] }, role]);
    expect(error).toBeUndefined();
    const tokens = asked.flatMap(({ url }) => /continuationToken=(.*)$/.exec(url)?.[1] ?? []);
    expect(tokens).toEqual(['a%20b', 'c']);
  });

  it('a user that cannot be added ends it, with the reason', async () => {
    const refused = { isSuccess: false, operationResult: { errors: [{ value: 'VS403283' }] } };
    const { error, asked } = await setUp([identity, trusts, found, undefined, refused]);
    expect(error).toMatchObject({ code: 'EXCHANGE_REJECTED', detail: { answer: 'VS403283' } });
    expect(asked).toHaveLength(5);
    const untold = await setUp([identity, trusts, found, {}, { isSuccess: false }]);
    expect(untold.error).toMatchObject({
      message: expect.stringContaining('could not be added'),
      detail: { answer: 'no reason' },
    });
  });

  it('a write that is answered by 404 is no write, and says why', async () => {
    const gone: Answer = { status: 404, body: { message: 'TF1: it is not there.' } };
    const published = { value: [{ version: { major: 4, minor: 266, patch: 2 } }] };
    const known = { value: [{ id: 3, name: 'placeholder', status: 'offline' }] };
    const agent = { placeholder: 'placeholder', demands: [{ name: 'docker', value: undefined }] };
    const member1 = { items: [member] };
    const worlds: readonly [readonly unknown[], Partial<SetupOptions>][] = [
      [[identity, {}, gone], {}],
      [[identity, trusts, {}, gone], {}],
      [[identity, trusts, found, {}, gone], { projects: ['web'] }],
      [[identity, trusts, found, {}, gone], {}],
      [[identity, trusts, found, member1, {}, gone], {}],
      [[identity, trusts, found, member1, role, {}, published, gone], agent],
      [[identity, trusts, found, member1, role, known, published, gone], agent],
    ];
    for (const [answers, options] of worlds) {
      const { error, states, asked } = await setUp(answers, options);
      expect(error).toMatchObject({ code: 'EXCHANGE_REJECTED', detail: { answer: 'HTTP 404: TF1: it is not there.' } });
      expect(states).not.toContain('done');
      expect(asked).toHaveLength(answers.length);
    }
  });

  it('a user that was added and is not seen gets no role, and it is told', async () => {
    const { error, asked } = await setUp([identity, trusts, found, {}, { isSuccess: true }, {}]);
    expect(error).toMatchObject({
      code: 'EXCHANGE_REJECTED',
      message: expect.stringContaining('was added'),
      detail: { hint: expect.stringContaining('--wait') },
    });
    expect(asked.map(({ body }) => body).join()).not.toContain('<id>');
  });

  it('a role for a user who is not found everywhere yet is given once it is', async () => {
    const gone: Answer = { status: 404, body: { message: 'TF1' } };
    const member1 = { items: [member] };
    const { error, states } = await setUp([identity, trusts, found, member1, {}, gone, {}, role, member1, role], {
      waitMs: 60_000,
    });
    expect(error).toBeUndefined();
    expect(states).toEqual(['is there', 'is there', 'is there', 'done', 'is there']);
  });

  it('a user or a role that is not to be seen afterwards is told', async () => {
    const disabled = { ...member, accessLevel: { status: 'disabled' } };
    for (const last of [[{ items: [disabled] }], [{ items: [member] }, {}]]) {
      const { error } = await setUp([identity, trusts, found, { items: [member] }, role, ...last]);
      expect(error).toMatchObject({
        code: 'EXCHANGE_REJECTED',
        message: expect.stringContaining('cannot register agents in kubernetes yet'),
      });
    }
  });

  it('a dry run names what is not there yet', async () => {
    const { error, states, asked } = await setUp([identity, undefined, {}, {}, {}, {}], { dryRun: true });
    expect({ error, states }).toEqual({ error: undefined, states: Array(4).fill('would be done') });
    expect(asked.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each([
    [{ status: 203, body: 'sign in' }, 'EXCHANGE_REFUSED', 'HTTP 203'],
    [{ status: 401, headers: { 'content-type': 'text/plain' } }, 'EXCHANGE_REFUSED', 'HTTP 401'],
    [{ status: 403, body: { message: 'TF400813' } }, 'EXCHANGE_REFUSED', 'HTTP 403: TF400813'],
    [{ status: 400, body: { error: { message: 'Bad' } } }, 'EXCHANGE_REJECTED', 'HTTP 400: Bad'],
    [{ status: 400, body: { count: 1, value: { Message: 'VS1. More.' } } }, 'EXCHANGE_REJECTED', 'HTTP 400: VS1.'],
    [{ status: 403, body: { count: 1, value: 'TF400813' } }, 'EXCHANGE_REFUSED', 'HTTP 403: TF400813'],
    [{ status: 200, body: { count: 1, value: { Message: 'TF2' } } }, 'EXCHANGE_REJECTED', 'HTTP 200: TF2'],
    [{ status: 200, body: { message: 'TF3' } }, 'EXCHANGE_REJECTED', 'HTTP 200: TF3'],
    [{ status: 409, body: {} }, 'EXCHANGE_REJECTED', 'HTTP 409'],
    [{ status: 302, headers: { location: 'https://elsewhere.example.com' } }, 'HTTP_REDIRECT', undefined],
    [{ status: 503, body: {} }, 'UNAVAILABLE', undefined],
    [{ body: 'no JSON' }, 'ANSWER_MALFORMED', undefined],
  ])('%j: %s', async (answer, code, said) => {
    await using server = await answering(answer);
    const options = { organization: parseOrganization(`${server.url}/contoso`) };
    const { error } = await setUp([], options, server.url);
    expect(error).toMatchObject({ code, ...(said ? { detail: { answer: said } } : {}) });
  });
});
