/**
 * Tests as well:
 * - packages/emulator/src/entra/directory.ts
 * - packages/emulator/src/graph/applications.ts
 * - packages/emulator/src/graph/credentials.ts
 * - packages/emulator/src/graph/graph-problem.ts
 * - packages/emulator/src/graph/graph-service.ts
 * - packages/emulator/src/graph/service-principals.ts
 * - packages/emulator/src/resources/authorization.ts
 * - packages/emulator/src/resources/callers.ts
 * - packages/emulator/src/resources/resource-manager-problem.ts
 * - packages/emulator/src/resources/role-assignments.ts
 * - packages/emulator/src/resources/role-definitions.ts
 * - packages/emulator/src/resources/scope.ts
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  administeredSetup,
  administeredTenant,
  administratorToken,
  entraAnswer,
} from '../harness/administered-tenant.ts';
import { ids } from '../harness/setup.ts';

const graph = 'https://graph.microsoft.com';
const management = 'https://management.azure.com';
let emulator: Emulator;
let tokens: Readonly<Record<'graph' | 'management', string>>;
beforeAll(async () => {
  emulator = await startEmulator({ setup: administeredSetup });
  tokens = {
    graph: await administratorToken(emulator, graph),
    management: await administratorToken(emulator, management),
  };
});
afterAll(() => emulator.close());

async function ask(method: string, path: string, body?: unknown, token = tokens.graph, at = emulator) {
  const answer = await fetch(`${at.urls.resources}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}
const create = async (displayName: string) => (await ask('POST', '/v1.0/applications', { displayName })).body;
const credential = (name: string, more: object = {}) => ({
  ...{ name, issuer: emulator.urls.github, subject: 'repo:octo/app:ref:refs/heads/main' },
  ...{ audiences: ['api://AzureADTokenExchange'], ...more },
});
const problem = (status: number, code: string, message = '') => ({
  status,
  body: { error: expect.objectContaining({ code, message: expect.stringContaining(message) }) },
});

describe('Microsoft Graph', () => {
  it('registers an application that a job is, once it has a service principal and trusts the job', async () => {
    const { id, appId } = await create('deploy');
    const wanted = { clientId: appId, resource: management };
    const said = async (job: object = {}) => (await entraAnswer(emulator, { ...wanted, ...job })).error_description;
    expect(await said()).toContain('AADSTS7000229');
    expect(await ask('POST', '/v1.0/servicePrincipals', { appId, accountEnabled: true })).toMatchObject({
      status: 201,
      body: { appId, displayName: 'deploy', servicePrincipalNames: [appId] },
    });
    expect(await said()).toContain('AADSTS70025');
    const path = `/v1.0/applications/${id}/federatedIdentityCredentials`;
    expect(await ask('POST', path, credential('main'))).toMatchObject({ status: 201, body: { name: 'main' } });
    expect((await ask('GET', path)).body.value).toMatchObject([credential('main')]);
    expect(await said()).toBeUndefined();
    expect(await said({ ref: 'refs/heads/feature' })).toContain('AADSTS700213');
  });

  it('finds by the filters that az and Terraform send, and by either id', async () => {
    const { id, appId } = await create("o'brien");
    const list = async (filter: string) =>
      (await ask('GET', `/v1.0/applications?$filter=${encodeURIComponent(filter)}`)).body.value;
    expect(await list("displayName eq 'o''brien'")).toMatchObject([{ id, appId, signInAudience: 'AzureADMyOrg' }]);
    expect(await list(`appId eq '${appId}'`)).toHaveLength(1);
    expect(await ask('GET', "/v1.0/applications?$filter=displayName ne 'x'")).toEqual(
      problem(400, 'Request_UnsupportedQuery', 'displayName ne'),
    );
    expect((await ask('GET', `/v1.0/applications/${id}`)).body.appId).toBe(appId);
    expect((await ask('GET', `/beta/applications(appId='${appId}')`)).body.id).toBe(id);
    expect(await ask('GET', `/v1.0/applications/${appId}`)).toEqual(problem(404, 'Request_ResourceNotFound', appId));
    expect((await ask('GET', '/v1.0/applications')).body.value.length).toBeGreaterThan(2);
  });

  it('takes no credential that there is already, none that is not one, and no twenty-first', async () => {
    const { id, appId } = await create('full');
    const path = `/v1.0/applications(appId='${appId}')/federatedIdentityCredentials`;
    await ask('POST', path, credential('main'));
    expect(await ask('POST', path, credential('main', { subject: 'x' }))).toEqual(
      problem(409, 'Request_MultipleObjectsWithSameKeyValue', 'with name main already exists'),
    );
    expect(await ask('POST', path, credential('again'))).toEqual(
      problem(400, 'InvalidFederatedIdentityCredentialValue', 'must be unique for the application'),
    );
    for (const bad of [{ name: 'a b' }, { audiences: [] }, { audiences: ['a', 'b'] }, { subject: 7 }, { issuer: null }])
      expect(await ask('POST', path, { ...credential('bad'), subject: 'y', ...bad })).toEqual(
        problem(400, 'Request_BadRequest'),
      );
    expect(await ask('POST', path, 'no JSON')).toEqual(problem(400, 'BadRequest'));
    for (let index = 2; index <= 20; index += 1)
      expect((await ask('POST', path, credential(`n-${index}`, { subject: `s${index}` }))).status).toBe(201);
    expect((await ask('POST', path, credential('n-21', { subject: 's21' }))).status).toBe(400);
    expect((await ask('GET', `/v1.0/applications/${id}/federatedIdentityCredentials`)).body.value).toHaveLength(20);
  });

  it('changes a credential, but for its name, also into a flexible one', async () => {
    const { appId } = await create('changing');
    const path = `/beta/applications(appId='${appId}')/federatedIdentityCredentials`;
    const made = (await ask('POST', path, credential('main'))).body;
    expect((await ask('PATCH', `${path}/${made.id}`, { subject: 'other' })).status).toBe(204);
    const value = "claims['sub'] matches 'repo:octo/*' and claims['repository_owner_id'] eq '65001'";
    const flexible = { subject: null, claimsMatchingExpression: { value, languageVersion: 1 } };
    expect((await ask('GET', `${path}(name='main')`)).body).toMatchObject({ id: made.id, subject: 'other' });
    expect((await ask('PATCH', `${path}(name='main')`, flexible)).status).toBe(204);
    expect((await ask('GET', `${path}/main`)).body).toMatchObject(flexible);
    expect(await ask('PATCH', `${path}/main`, { name: 'x' })).toEqual(problem(400, 'Request_BadRequest'));
    expect((await ask('GET', `${path}/other`)).status).toBe(404);
  });

  it('makes one service principal of an application, and none of what is none', async () => {
    const { appId } = await create('once');
    await ask('POST', '/v1.0/servicePrincipals', { appId });
    expect(await ask('POST', '/v1.0/servicePrincipals', { appId })).toEqual(
      problem(409, 'Request_MultipleObjectsWithSameKeyValue', 'already in use'),
    );
    expect((await ask('POST', '/v1.0/servicePrincipals', { appId: randomUUID() })).status).toBe(400);
    const filter = encodeURIComponent(`servicePrincipalNames/any(c:c eq '${appId}')`);
    const [principal] = (await ask('GET', `/v1.0/servicePrincipals?$filter=${filter}`)).body.value;
    const stubs = await ask('POST', '/v1.0/directoryObjects/getByIds', { ids: [principal.id], types: ['user'] });
    expect(stubs.body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.servicePrincipal', appId }]);
  });

  it('is for who administers the tenant, with a token for it', async () => {
    expect(await ask('GET', '/v1.0/applications', undefined, 'x.y.z')).toEqual(
      problem(401, 'InvalidAuthenticationToken'),
    );
    expect(await ask('GET', '/v1.0/applications', undefined, tokens.management)).toEqual(
      problem(401, 'InvalidAuthenticationToken', 'audience'),
    );
    const { id, appId } = await create('nobody');
    await ask('POST', '/v1.0/servicePrincipals', { appId });
    await ask('POST', `/v1.0/applications/${id}/federatedIdentityCredentials`, credential('main'));
    const { access_token: token } = await entraAnswer(emulator, { clientId: appId, resource: graph });
    expect(await ask('POST', '/v1.0/applications', { displayName: 'x' }, token)).toEqual(
      problem(403, 'Authorization_RequestDenied', 'Insufficient privileges'),
    );
  });

  it.each([
    [{}, 'displayName'],
    [{ displayName: 'x'.repeat(257) }, 'displayName'],
    [{ displayName: 'x', signInAudience: 'Everybody' }, 'signInAudience'],
    [{ displayName: 'x', web: { redirectUris: ['https://x'] } }, "'web'"],
  ])('registers no application of %j', async (body, message) => {
    expect(await ask('POST', '/v1.0/applications', body)).toEqual(problem(400, 'Request_BadRequest', message));
  });
});

describe('role assignments', () => {
  const scope = `/subscriptions/${ids.subscription}/resourceGroups/web`;
  const reader = `/subscriptions/${ids.subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
  const version = 'api-version=2022-04-01';
  const arm = (method: string, path: string, body?: unknown, token = tokens.management) =>
    ask(method, path, body, token);
  const assign = (principalId: string, name: string = randomUUID(), on = scope, roleDefinitionId = reader) =>
    arm('PUT', `${on}/providers/Microsoft.Authorization/roleAssignments/${name}?${version}`, {
      properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' },
    });
  async function principal(name: string) {
    const { id, appId } = await create(name);
    const { body } = await ask('POST', '/v1.0/servicePrincipals', { appId });
    await ask('POST', `/v1.0/applications/${id}/federatedIdentityCredentials`, credential('main'));
    return { appId, principalId: body.id as string };
  }

  it('let an application see the subscription, and none do not', async () => {
    const { appId, principalId } = await principal('sees');
    const seen = async () => {
      const { access_token: token } = await entraAnswer(emulator, { clientId: appId, resource: management });
      return (await arm('GET', '/subscriptions', undefined, token)).body.value.length;
    };
    expect(await seen()).toBe(0);
    expect(await assign(principalId)).toMatchObject({ status: 201, body: { properties: { scope, principalId } } });
    expect(await seen()).toBe(1);
  });

  it('are listed at a scope, above and below it, and of a principal', async () => {
    const { principalId } = await principal('listed');
    await assign(principalId);
    const list = async (on: string, filter?: string) => {
      const query = filter === undefined ? '' : `&$filter=${encodeURIComponent(filter)}`;
      const answer = await arm('GET', `${on}/providers/Microsoft.Authorization/roleAssignments?${version}${query}`);
      const value = answer.body.value as readonly { readonly properties: { readonly principalId: string } }[];
      return value.filter(({ properties }) => properties.principalId === principalId).length;
    };
    const above = `/subscriptions/${ids.subscription}`;
    expect(await list(scope, 'atScope()')).toBe(1);
    expect(await list(`${scope}/providers/Microsoft.Web/sites/shop`, 'atScope()')).toBe(1);
    expect(await list(above, 'atScope()')).toBe(0);
    expect(await list(above)).toBe(1);
    expect(await list(above, `principalId eq '${principalId}'`)).toBe(1);
    expect(await list(above, "principalId eq 'x'")).toBe(0);
  });

  it('are denied where something is not there, is there already, or may not be done', async () => {
    const { appId, principalId } = await principal('denied');
    const name = randomUUID();
    expect((await assign(principalId, name)).status).toBe(201);
    expect(await assign(principalId)).toEqual(problem(409, 'RoleAssignmentExists', name.replaceAll('-', '')));
    const contributor = reader.replace(/[^/]+$/, 'b24988ac-6180-42a0-ab88-20f7382dd24c');
    expect(await assign(principalId, name, scope, contributor)).toEqual(
      problem(409, 'RoleAssignmentUpdateNotPermitted'),
    );
    expect(await assign(randomUUID())).toEqual(problem(400, 'PrincipalNotFound', 'does not exist in the directory'));
    expect(await assign(principalId, 'x', scope, contributor)).toEqual(problem(400, 'InvalidRoleAssignmentId'));
    expect(await assign(principalId, randomUUID(), scope, `${reader}x`)).toEqual(
      problem(404, 'RoleDefinitionDoesNotExist'),
    );
    expect(await assign(principalId, randomUUID(), `${scope}x`)).toEqual(problem(404, 'ResourceGroupNotFound', 'webx'));
    const nowhere = scope.replace(ids.subscription, ids.tenant);
    expect(await assign(principalId, randomUUID(), nowhere)).toEqual(problem(404, 'SubscriptionNotFound', ids.tenant));
    const { access_token: token } = await entraAnswer(emulator, { clientId: appId, resource: management });
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
    expect(await arm('GET', `${path}?${version}`, undefined, token)).toEqual(
      problem(403, 'AuthorizationFailed', 'roleAssignments/read'),
    );
    expect(await arm('GET', path)).toEqual(problem(400, 'MissingApiVersionParameter'));
    expect((await arm('GET', `${path}?${version}`, undefined, tokens.graph)).status).toBe(401);
  });

  it('are of roles that have names', async () => {
    const path = `${scope}/providers/Microsoft.Authorization/roleDefinitions?${version}`;
    const found = await arm('GET', `${path}&$filter=${encodeURIComponent("roleName eq 'reader'")}`);
    expect(found.body.value).toMatchObject([{ id: reader, properties: { roleName: 'Reader' } }]);
    expect((await arm('GET', `${path}&$filter=${encodeURIComponent("roleName eq 'Emperor'")}`)).body.value).toEqual([]);
    expect((await arm('GET', path)).body.value.length).toBeGreaterThan(5);
  });
});

describe('a managed identity', () => {
  const version = 'api-version=2023-01-31';
  const path = (group: string, name: string) =>
    `/subscriptions/${ids.subscription}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const put = (group: string, name: string, body: unknown = { location: 'westeurope' }) =>
    ask('PUT', `${path(group, name)}?${version}`, body, tokens.management);

  it('is created in a resource group, and may be what a job is', async () => {
    const made = await put('web', 'shop');
    expect(made).toMatchObject({ status: 201, body: { name: 'shop' } });
    expect(await put('web', 'shop')).toEqual({ ...made, status: 200 });
    const credentials = `${path('web', 'shop')}/federatedIdentityCredentials`;
    const { name, ...properties } = credential('main');
    await ask('PUT', `${credentials}/${name}?${version}`, { properties }, tokens.management);
    expect((await ask('GET', `${credentials}?${version}`, undefined, tokens.management)).body.value).toHaveLength(1);
    const { clientId } = made.body.properties;
    expect((await entraAnswer(emulator, { clientId, resource: management })).access_token).toBeDefined();
  });

  it('is not in a group that there is not, under no such name, nowhere', async () => {
    expect(await put('other', 'shop')).toEqual(problem(404, 'ResourceGroupNotFound'));
    expect(await put('web', 'x')).toEqual(problem(400, 'InvalidResourceName'));
    expect(await put('web', 'shelf', {})).toEqual(problem(400, 'LocationRequired'));
  });
});

it('what was made outlasts another set-up, and with a folder the process', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'));
  const setup = { tenants: [administeredTenant('https://token.actions.githubusercontent.com')] };
  const start = () => startEmulator({ setup, state, names: 'real' });
  const list = async (at: Emulator) => {
    const token = await administratorToken(at, graph);
    const { body } = await ask('GET', "/v1.0/applications?$filter=displayName eq 'kept'", undefined, token, at);
    const [{ id = '' } = {}] = body.value as { id?: string }[];
    const path = `/v1.0/applications/${id}/federatedIdentityCredentials`;
    return id === '' ? undefined : (await ask('GET', path, undefined, token, at)).body.value.length;
  };
  {
    await using first = await start();
    const token = await administratorToken(first, graph);
    expect(await list(first)).toBeUndefined();
    const { body } = await ask('POST', '/v1.0/applications', { displayName: 'kept' }, token, first);
    await ask('POST', `/v1.0/applications/${body.id}/federatedIdentityCredentials`, credential('main'), token, first);
    await first.replaceSetup(setup);
    expect(await list(first)).toBe(1);
  }
  await using second = await start();
  expect(await list(second)).toBe(1);
});
