/**
 * The network as an agent of Azure Pipelines was configured to reach it, by what it tells its tasks.
 *
 * Tests as well:
 * - packages/azure-pipelines/src/agent-network.ts
 * - packages/core/src/http/tls.ts
 * - packages/step/src/network.ts
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { brokerIn } from '../harness/broker-processes.ts';
import { bundleStep } from '../harness/bundle-step.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { jobRuntimes, type Variables } from '../harness/process.ts';
import { startProxy } from '../harness/proxy.ts';
import { otherRepository, pipelineJob, region, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const sts = `sts.${region}.amazonaws.com`;
const entra = 'login.microsoftonline.com';
const octoSts = 'octo-sts.example.com';
const folder = mkdtempSync(join(tmpdir(), 'agent-network-'));
/** In every form that it may be shown in. */
const account = { user: 'CORP\\agent', password: 'p@ss:w%41#/rd' };
const forms = [account.password, 'p%40ss', Buffer.from(`${account.user}:${account.password}`).toString('base64')];

/** What the agent gives to each task. Source: microsoft/azure-pipelines-agent, `ExecutionContext.InitializeJob`. */
function agent(variables: Variables, password = account.password) {
  return {
    variables,
    secrets: { SECRET_AGENT_PROXYPASSWORD: password, VSTS_SECRET_VARIABLES: JSON.stringify(['agent.proxypassword']) },
  };
}

const proxied = (url: string, more: Variables = {}) => ({
  'agent.proxyurl': url,
  'agent.proxyusername': account.user,
  ...more,
});

const journeys = mainJourneys.filter(({ platform }) => platform === 'Azure Pipelines');
const cloudOf = (journey: Journey) => `${journey.cloud === 'AWS' ? sts : entra}:443`;

/** Clouds under their own names, behind a proxy that wants a user name and a password. */
async function world() {
  const emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: [sts, entra, octoSts] });
  const { urls } = emulator;
  const routes = { [`${sts}:443`]: urls.sts, [`${entra}:443`]: urls.entra, [`${octoSts}:443`]: urls.octoSts };
  const proxy = await startProxy({ routes, credentials: `${account.user}:${account.password}` });
  const ca = join(folder, `${randomUUID()}.pem`);
  writeFileSync(ca, emulator.ca ?? '');
  return {
    emulator,
    proxy,
    ca,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

interface Given {
  readonly variables: Variables;
  readonly inputs?: Variables;
  readonly environment?: Variables;
  readonly password?: string;
  readonly node?: string;
}

function start(journey: Journey, emulator: Emulator, given: Given) {
  const { variables, secrets } = agent(given.variables, given.password);
  return journey.start(emulator, {
    inputs: { ...input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', ''), ...given.inputs },
    environment: { ...secrets, ...given.environment },
    variables,
    ...(given.node ? { node: given.node } : {}),
  });
}

async function run(journey: Journey, emulator: Emulator, given: Given) {
  const ended = await start(journey, emulator, given).run();
  expectNoSecretShown(ended, emulator);
  for (const form of forms) expect(`${ended.visible}${ended.error}${ended.summary}`).not.toContain(form);
  return ended;
}

describe.each(journeys)('$title', (journey) => {
  it.concurrent.each(jobRuntimes())(
    "on $name goes through the agent's own proxy, as its user, and trusts the agent's own CA",
    async ({ node }) => {
      await using here = await world();
      const variables = proxied(here.proxy.url, {
        'agent.cainfo': here.ca,
        // Exempt those hosts themselves, and none below them.
        'agent.proxybypasslist': '["^https://amazonaws\\\\.com$","^https://microsoftonline\\\\.com$"]',
      });
      const ended = await run(journey, here.emulator, { variables, node });
      expect(ended.error).toBeUndefined();
      // The ID token comes from loopback.
      expect(here.proxy.asked).toEqual([cloudOf(journey)]);
      for (const form of forms) expect(ended.masked).toContain(form.replace('p%40ss', 'p%40ss%3Aw%2541%23%2Frd'));
      // Later steps are the agent's business.
      expect(Object.keys(ended.exported).filter((name) => /proxy/i.test(name))).toEqual([]);
    },
  );

  it.concurrent('what the user gives counts before it, and what the environment says', async () => {
    await using here = await world();
    await using other = await startProxy({ says: '403 Forbidden' });
    const variables = proxied(here.proxy.url, { 'agent.cainfo': here.ca });
    // Nobody looks at the agent's then.
    const malformed = { ...variables, 'agent.proxybypasslist': '[' };
    const given = { variables: malformed, inputs: input(journey, 'http-proxy', other.url) };
    expect((await run(journey, here.emulator, given)).error).toContain(`127.0.0.1:${other.port} (https_proxy)`);
    for (const name of ['HTTPS_PROXY', 'all_proxy']) {
      const { error } = await run(journey, here.emulator, {
        variables: malformed,
        environment: { [name]: other.url },
      });
      expect(error).toContain(`127.0.0.1:${other.port} (${name})`);
    }
    // Of an agent as of everybody else, plain HTTP is another matter.
    expect((await run(journey, here.emulator, { variables, environment: { http_proxy: other.url } })).error).toBe(
      undefined,
    );
    expect([here.proxy.asked.length, other.asked.length]).toEqual([1, 3]);
  });

  it.concurrent.each([
    [
      'agent.proxybypasslist',
      { variables: { 'agent.proxybypasslist': '["intra\\\\.net","\\\\.amazonaws\\\\.com$|^https://LOGIN"]' } },
    ],
    ['no_proxy', { environment: { no_proxy: `${sts},${entra}` } }],
    ['no-proxy', { inputs: input(journey, 'no-proxy', `${sts},${entra}`) }],
  ] as const)('%s keeps a host from it', async (_name, { variables = {}, ...given }: Partial<Given>) => {
    await using here = await world();
    const inputs = { ...given.inputs, ...input(journey, 'action-timeout-s', '2') };
    const all = { ...given, inputs, variables: proxied(here.proxy.url, { 'agent.cainfo': here.ca, ...variables }) };
    expect((await run(journey, here.emulator, all)).error).toMatch(/\[HTTP_(CONNECT|TIMEOUT)\]/);
    expect(here.proxy.asked).toEqual([]);
    if (variables['agent.proxybypasslist'] === undefined) return;
    // What the user gives stands in its place.
    const other = { ...all, inputs: input(journey, 'no-proxy', 'example.com') };
    expect((await run(journey, here.emulator, other)).error).toBeUndefined();
    expect(here.proxy.asked).toEqual([cloudOf(journey)]);
  });

  it.concurrent('a password that it does not take: where it comes from is told', async () => {
    await using here = await world();
    const { error } = await run(journey, here.emulator, {
      variables: proxied(here.proxy.url, { 'agent.cainfo': here.ca }),
      password: 'another',
    });
    expect(error).toContain(`The proxy 127.0.0.1:${here.proxy.port} (Agent.ProxyUrl) did not connect to`);
    expect(error).toContain('config.sh --proxyusername and --proxypassword');
    expect(error).not.toContain('another');
  });

  it.concurrent('a broker goes through it, and has its password in no environment', async () => {
    await using here = await world();
    const step = start(journey, here.emulator, {
      variables: proxied(here.proxy.url, { 'agent.cainfo': here.ca, 'agent.proxybypasslist': '["intra"]' }),
      inputs: input(journey, 'keep-fresh', 'true'),
    });
    const { error, exported } = await step.run();
    expect(error).toBeUndefined();
    const asked = here.proxy.asked.length;
    if (journey.cloud === 'Entra') {
      // One that the step did not ask for.
      const query = new URLSearchParams({ 'api-version': '2019-08-01', resource: 'https://vault.azure.net' });
      const headers = { 'x-identity-header': exported.IDENTITY_HEADER ?? '' };
      const answer = await fetch(`${exported.IDENTITY_ENDPOINT}?${query}`, { headers });
      expect(await answer.json()).toMatchObject({ access_token: expect.any(String) });
      // It keeps its connection or opens another.
      expect(here.proxy.asked.slice(asked)).toEqual([cloudOf(journey)]);
    }
    if (process.platform === 'linux') {
      const pid = await brokerIn(step.tempDirectory);
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('p%40ss');
    }
    await step.cleanUp();
  });

  it.concurrent('a list of what it exempts that is none is told', async () => {
    await using here = await world();
    const variables = proxied(here.proxy.url, { 'agent.proxybypasslist': '[' });
    const { error } = await run(journey, here.emulator, { variables });
    expect(error).toContain('Agent.ProxyBypassList is not a list in JSON');
    expect(here.proxy.asked).toEqual([]);
  });

  it.concurrent.each([
    ['AGENT_ProxyUrl', { AGENT_ProxyUrl: 'http://127.0.0.1:9' }],
    ['agent proxybypasslist', { 'agent proxybypasslist': '[".*"]' }],
  ])('a variable %s, which any step can set, does not take its place', async (name, more) => {
    await using here = await world();
    const { error } = await run(journey, here.emulator, { variables: { ...proxied(here.proxy.url), ...more } });
    expect(error).toContain(`is replaced by the job's variable "${name}"`);
    expect([here.proxy.asked, here.emulator.requests]).toEqual([[], []]);
  });

  it.concurrent('an agent that takes any certificate: a step does not, and says so', async () => {
    await using here = await world();
    const variables = { ...proxied(here.proxy.url), 'agent.skipcertvalidation': 'True' };
    const ended = await run(journey, here.emulator, { variables });
    expect(ended.visible).toMatch(/type=warning.*Agent\.SkipCertValidation/);
    expect(ended.error).toContain('[HTTP_TLS]');
    expect(ended.error).toContain('give it to the agent (Agent.CAInfo)');
    expect(here.emulator.requests).toEqual([]);
  });

  it.concurrent.each([
    ['is not there', '/no/such/ca.pem', 'cannot be read: ENOENT'],
    ['is none', join(import.meta.dirname, 'secrets.ts'), 'has no valid certificate in PEM'],
  ])("the agent's CA %s: it is told, and the machine's are trusted", async (_title, path, told) => {
    await using here = await world();
    const variables = { ...proxied(here.proxy.url), 'agent.cainfo': path };
    const ended = await run(journey, here.emulator, { variables, environment: { NODE_EXTRA_CA_CERTS: here.ca } });
    expect(ended.error).toBeUndefined();
    expect(ended.visible).toMatch(new RegExp(`type=warning.*${path}.*${told}`));
  });

  it.concurrent("of the agent's CAs a malformed one is told by its number, and the others are trusted", async () => {
    await using here = await world();
    const ca = join(folder, `${randomUUID()}.pem`);
    const malformed = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const valid = readFileSync(here.ca, 'utf8');
    writeFileSync(ca, `${malformed}${valid}${valid.slice(0, 200)}\n`);
    const ended = await run(journey, here.emulator, { variables: proxied(here.proxy.url, { 'agent.cainfo': ca }) });
    expect(ended.error).toBeUndefined();
    expect(ended.visible).toMatch(/type=warning.*of its 3 certificates, these are malformed: 1, 3\./);
  });

  it.concurrent("the agent's CA is trusted beside others", async () => {
    await using here = await world();
    await using other = await startEmulator({ setup: sharedSetup, tls: true });
    const ca = join(folder, `${randomUUID()}.pem`);
    writeFileSync(ca, other.ca ?? '');
    const variables = proxied(here.proxy.url, { 'agent.cainfo': ca });
    const given = { variables, environment: { NODE_EXTRA_CA_CERTS: here.ca } };
    expect((await run(journey, here.emulator, given)).error).toBeUndefined();
  });
});

it('what a step exchanged is revoked through it', async () => {
  await using here = await world();
  const job = here.emulator.startAzurePipelinesJob(pipelineJob);
  const { variables, secrets } = agent(proxied(here.proxy.url, { 'agent.cainfo': here.ca }));
  const address = { domain: `https://${octoSts}`, githubApiUrl: `https://${octoSts}` };
  const inputs = { profile: 'octo-sts', scope: otherRepository, trustPolicy: 'release', ...address };
  const step = bundleStep('token-exchange', 'azure-pipelines', inputs, { ...job.environment, ...secrets }, variables);
  expect((await step.run()).error).toBeUndefined();
  const cleaned = await step.cleanUp();
  expect(cleaned.stdout).toContain('Revoked: ');
  expect(here.proxy.asked).toEqual([`${octoSts}:443`, `${octoSts}:443`]);
});
