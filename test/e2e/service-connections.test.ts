/**
 * Tests as well:
 * - packages/azure-pipelines/src/service-connection.ts
 * - packages/steps/src/entra/entra-identity.ts
 */

import { startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { ids, pipelineJob, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const [gitHub, azurePipelines] = mainJourneys.filter(({ cloud }) => cloud === 'Entra') as [Journey, Journey];
const id = ids.newConnection;

/** What the agent hands over with a connection. */
function connection(scheme: string, parameters: Variables): Variables {
  return { [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ scheme, parameters }) };
}
const federated = { serviceprincipalid: ids.app, tenantid: ids.tenant };

async function play(journey: Journey, inputs: Variables, environment: Variables = {}) {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const step = journey.start(emulator, { inputs, environment });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  return { run, made: outside(emulator.requests).map(({ service }) => service) };
}

describe('a service connection', () => {
  it.concurrent('whose environment is empty is of the public cloud', async () => {
    const { run } = await play(azurePipelines, { export: 'terraform' }, { [`ENDPOINT_DATA_${id}_ENVIRONMENT`]: '' });
    expect(run.error).toBeUndefined();
    expect(run.exported.ARM_ENVIRONMENT).toBe('public');
  });

  it.concurrent("of the agent machine's identity leads to identity: managed-identity", async () => {
    const { run, made } = await play(azurePipelines, {}, connection('ManagedServiceIdentity', {}));
    expect(run.error).toContain('[CONNECTION_NOT_FEDERATED]');
    expect(run.error).toContain('leave the connection out, and set identity: managed-identity');
    expect(made).toEqual([]);
  });

  it.concurrent('that has an identity and no subscription is named in azureDevOpsServiceConnection', async () => {
    const inputs = { azureSubscription: '', azureDevOpsServiceConnection: id, resource: 'azure-devops' };
    const { run } = await play(azurePipelines, inputs, { [`ENDPOINT_DATA_${id}_SUBSCRIPTIONID`]: '' });
    expect(run.error).toBeUndefined();
    expect(run.outputs.clientId).toBe(ids.app);
    expect(run.outputs).not.toHaveProperty('subscriptionId');
  });

  it.concurrent('is named in one input or in the other', async () => {
    const { run, made } = await play(azurePipelines, { azureDevOpsServiceConnection: id });
    expect(run.error).toContain(
      'Name one service connection: in "azureSubscription" or in "azureDevOpsServiceConnection".',
    );
    expect(made).toEqual([]);
  });
});

describe('an ID token that comes with the service connection', () => {
  /** As the platform gave it, to an earlier request. */
  async function withToken(change: (token: string) => string, inputs: Variables = {}) {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
    const answer = await fetch(`${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1&serviceConnectionId=${id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}` },
    });
    const { oidcToken } = (await answer.json()) as { oidcToken: string };
    const before = outside(emulator.requests).length;
    const handed = connection('WorkloadIdentityFederation', { ...federated, idToken: change(oidcToken) });
    const step = azurePipelines.start(emulator, { inputs, environment: handed });
    const run = await step.run();
    expectNoSecretShown(run, emulator);
    const made = outside(emulator.requests).slice(before);
    await step.cleanUp();
    return { run, oidcToken, made: made.map(({ service }) => service) };
  }

  it.concurrent('is used: one request is all', async () => {
    const { run, made, oidcToken } = await withToken((token) => token);
    expect(run.error).toBeUndefined();
    expect(made).toEqual(['entra']);
    expect(run.outputs.idToken).toBe(oidcToken);
  });

  it.concurrent('and has expired is passed by', async () => {
    const { run, made } = await withToken((token) => {
      const [header, , signature] = token.split('.');
      const claims = { ...decodeJwt(token), exp: Math.floor(Date.now() / 1000) + 30 };
      return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    });
    expect(run.error).toBeUndefined();
    expect(made).toEqual(['azureDevOps', 'entra']);
  });

  it.concurrent('is checked as any other', async () => {
    const { run, made } = await withToken((token) => token, { requireClaims: 'sub = somebody else' });
    expect(run.error).toContain('[ID_TOKEN_CLAIM]');
    expect(made).toEqual([]);
  });
});

describe.each([gitHub, azurePipelines])('the cloud, $title', (journey) => {
  const own = (name: string) =>
    journey === gitHub ? name : name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

  it.concurrent.each(['AzureCloud', 'AZURECLOUD', 'azurecloud'])('is found as %s', async (environment) => {
    const { run } = await play(journey, { environment, export: 'terraform' });
    expect(run.error).toBeUndefined();
    expect(run.exported.ARM_ENVIRONMENT).toBe('public');
  });

  it.concurrent.each([
    ['https://login.sovcloud-identity.fr', 'Bleu'],
    ['https://login.sovcloud-identity.de', 'Delos'],
    ['https://login.sovcloud-identity.sg', 'GovSG'],
  ])('%s is %s, whose resources are given by URI', async (host, title) => {
    const { run, made } = await play(journey, { [own('authority-host')]: host });
    expect(run.error).toContain(`Input "resource" names arm, which is not known of ${title}.`);
    expect(made).toEqual([]);
  });
});

it('GovSG needs an audience, which Microsoft has not said', async () => {
  const inputs = { 'authority-host': 'https://login.sovcloud-identity.sg', resource: 'api://my-api' };
  const { run, made } = await play(gitHub, inputs);
  expect(run.error).toContain('Input "audience" is required for GovSG. [INPUT_MISSING]');
  expect(made).toEqual([]);
});
