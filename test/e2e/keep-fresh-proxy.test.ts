import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import type { Step, StepRun } from '../harness/job.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { loopbackClients } from '../harness/loopback-clients.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { startProxy } from '../harness/proxy.ts';
import { sharedSetup } from '../harness/setup.ts';

const noProxy = ({ no_proxy, NO_PROXY }: Variables) => ({ no_proxy, NO_PROXY });

/** What the machine's own environment has, what later steps have then, and what there is when the job ends. */
const lists: readonly (readonly [Variables, Variables, Variables])[] = [
  [{}, both('127.0.0.1'), both('')],
  [
    { no_proxy: 'a.example.com' },
    both('a.example.com,127.0.0.1'),
    // An empty one in capitals hides nothing.
    { no_proxy: 'a.example.com', NO_PROXY: '' },
  ],
  [{ NO_PROXY: 'b.example.com' }, both('b.example.com,127.0.0.1'), both('b.example.com')],
  [
    { no_proxy: 'a.example.com', NO_PROXY: 'b.example.com' },
    both('a.example.com,b.example.com,127.0.0.1'),
    { no_proxy: 'a.example.com', NO_PROXY: 'b.example.com' },
  ],
  [
    { no_proxy: '', NO_PROXY: '127.0.0.1' },
    both('127.0.0.1'),
    // Nothing but the one in small letters was changed.
    both('127.0.0.1'),
  ],
  [{ no_proxy: '*' }, { no_proxy: '*', NO_PROXY: '*,127.0.0.1' }, { no_proxy: '*', NO_PROXY: '' }],
  [
    { no_proxy: 'a.example.com 127.0.0.1' },
    both('a.example.com,127.0.0.1'),
    { no_proxy: 'a.example.com 127.0.0.1', NO_PROXY: '' },
  ],
];
const proxyVariables = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);

function both(value: string): Variables {
  return { no_proxy: value, NO_PROXY: value };
}

async function keptFresh(journey: Journey, environment: Variables, inputs: Variables = {}) {
  const emulator = await startEmulator({ setup: sharedSetup });
  const named = Object.entries(inputs).map(([name, value]) => input(journey, name, value));
  const all = Object.assign(input(journey, 'keep-fresh', 'true'), ...named) as Variables;
  const step = journey.start(emulator, { inputs: all, environment });
  const run = await step.run();
  expect(run.error).toBeUndefined();
  const end = async () => {
    const { exported } = await step.cleanUp();
    await emulator.close();
    return noProxy({ ...environment, ...run.exported, ...exported });
  };
  return { emulator, run, step, end };
}

/** What later scripts have. */
const later = ({ run, step }: { readonly run: StepRun; readonly step: Step }, environment: Variables) => ({
  ...machineEnvironment(step.home),
  ...environment,
  ...run.exported,
});

const missing = loopbackClients.filter(({ isThere }) => !isThere).map(({ title }) => title);
const without = missing.length > 0 ? ` (not on this machine: ${missing.join(', ')})` : '';
const clientsOf = ({ cloud }: Journey) => loopbackClients.filter((client) => client.cloud === cloud && client.isThere);

describe.each(mainJourneys)(`$title, kept fresh beside a proxy${without}`, (journey) => {
  it.concurrent.each(lists)('with %j, no secret of the broker goes to it', async (list, meanwhile, atTheEnd) => {
    await using proxy = await startProxy({});
    const through = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, proxy.url]));
    const environment = { ...through(proxyVariables), ...list };
    const kept = await keptFresh(journey, environment);
    expect(noProxy({ ...list, ...kept.run.exported })).toEqual(meanwhile);
    const first = lists[0]?.[0];
    for (const client of clientsOf(journey).filter(({ isSafe }) => !isSafe || list === first)) {
      for (const names of [proxyVariables, ...(client.isQuick ? proxyVariables.map((name) => [name]) : [])]) {
        const here = { ...later(kept, { ...through(names), ...list }), AWS_ENDPOINT_URL_STS: kept.emulator.urls.sts };
        await client.ask(here, kept.step.home);
        expect([client.title, names, proxy.asked]).toEqual([client.title, names, []]);
      }
    }
    expect(await kept.end()).toEqual(atTheEnd);
  });

  it.concurrent("the proxy of the step's own inputs is no business of later steps", async () => {
    await using proxy = await startProxy({});
    const inputs = { 'http-proxy': proxy.url, 'no-proxy': 'mine.example.com' };
    const alone = await keptFresh(journey, {}, inputs);
    expect(noProxy(alone.run.exported)).toEqual({});
    expect(await alone.end()).toEqual({});
    const beside = await keptFresh(journey, { http_proxy: proxy.url, no_proxy: 'corp.example.com' }, inputs);
    expect(noProxy(beside.run.exported)).toEqual(both('corp.example.com,127.0.0.1'));
    expect(await beside.end()).toEqual({ no_proxy: 'corp.example.com', NO_PROXY: '' });
  });

  it.concurrent('a proxy that later steps go through gets all that is not exempted', async () => {
    await using proxy = await startProxy({});
    const kept = await keptFresh(journey, {});
    for (const client of clientsOf(journey).filter(({ isSafe }) => !isSafe)) {
      proxy.asked.length = 0;
      const environment = later(kept, { http_proxy: proxy.url, HTTP_PROXY: proxy.url });
      await expect(client.ask(environment, kept.step.home)).rejects.toThrow();
      expect([client.title, proxy.asked.length > 0]).toEqual([client.title, true]);
    }
    await kept.end();
  });
});

describe.each(mainJourneys.filter(({ title }) => title === 'Azure Pipelines to AWS'))('$title', (journey) => {
  const http_proxy = 'http://proxy.example.com:3128';
  const warns = /no_proxy of this machine.*add 127\.0\.0\.1 to it/;

  it.concurrent.each(['3.233.9', ''])(
    'an agent %s gives variables in capitals alone: what cannot be helped is told',
    async (version) => {
      const played = async (list: Variables) => {
        const kept = await keptFresh(journey, { AGENT_VERSION: version, http_proxy, ...list });
        return { exported: noProxy(kept.run.exported), shown: kept.run.shown, end: await kept.end() };
      };
      const NO_PROXY = 'a.example.com,127.0.0.1';
      const hidden = await played({ no_proxy: 'a.example.com' });
      expect(hidden.exported).toEqual({ no_proxy: undefined, NO_PROXY });
      expect(hidden.shown).toMatch(warns);
      const seen = await played({ NO_PROXY: 'a.example.com' });
      expect(seen).toEqual({
        exported: { NO_PROXY },
        shown: expect.not.stringMatching(warns),
        end: { NO_PROXY: 'a.example.com' },
      });
      // The machine's own is right already.
      expect((await played({ no_proxy: NO_PROXY, NO_PROXY: 'b.example.com' })).shown).not.toMatch(warns);
    },
  );

  it.concurrent.each(['3.234.0', '4.0.0'])('an agent %s gives both', async (version) => {
    const kept = await keptFresh(journey, { AGENT_VERSION: version, http_proxy, no_proxy: 'a.example.com' });
    expect(noProxy(kept.run.exported)).toEqual(both('a.example.com,127.0.0.1'));
    expect(kept.run.shown).not.toMatch(warns);
    await kept.end();
  });
});
