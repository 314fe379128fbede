import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { startProxy } from '../harness/proxy.ts';
import { runNode } from '../harness/run-node.ts';
import { sharedSetup } from '../harness/setup.ts';

/** Variables of later scripts: in Azure Pipelines those that differ in case alone are one, in capitals. */
const noProxy = ({ no_proxy, NO_PROXY }: Variables) => ({ no_proxy, NO_PROXY });
const as = ({ platform }: Journey, value: string | undefined, upper = value) =>
  platform === 'GitHub Actions' ? { no_proxy: value, NO_PROXY: upper } : { no_proxy: undefined, NO_PROXY: upper };

const client = join(import.meta.dirname, '..', 'interop', 'azure-identity-client.ts');

describe.each(mainJourneys)('$title, kept fresh beside a proxy', (journey) => {
  const kept = async (inputs: Variables, environment: Variables) => {
    const emulator = await startEmulator({ setup: sharedSetup });
    const named = Object.entries(inputs).map(([name, value]) => input(journey, name, value));
    const all = Object.assign(input(journey, 'keep-fresh', 'true'), ...named) as Variables;
    const step = journey.start(emulator, { inputs: all, environment });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    const end = async () => {
      const { exported } = await step.cleanUp();
      await emulator.close();
      return noProxy(exported);
    };
    return { run, step, end };
  };

  it.concurrent('no secret of the broker goes to it', async () => {
    await using proxy = await startProxy({});
    // Azure's SDK for JavaScript takes it for plain HTTP too.
    const environment = { HTTPS_PROXY: proxy.url, no_proxy: 'corp.example.com' };
    const { run, step, end } = await kept({}, environment);
    expect(noProxy(run.exported)).toEqual(as(journey, 'corp.example.com,127.0.0.1'));
    if (journey.cloud === 'Entra') {
      const later = { ...machineEnvironment(step.home), ...environment, ...run.exported };
      const { stdout, stderr } = await runNode(process.execPath, client, later, step.home);
      expect(stdout, stderr).toContain('"tokenType":"Bearer"');
    }
    expect(proxy.asked).toEqual([]);
    expect(await end()).toEqual(as(journey, 'corp.example.com', ''));
  });

  it.concurrent("the proxy of the step's own inputs is no business of later steps", async () => {
    await using proxy = await startProxy({});
    const inputs = { 'http-proxy': proxy.url, 'no-proxy': 'mine.example.com' };
    const alone = await kept(inputs, {});
    expect(noProxy(alone.run.exported)).toEqual({});
    expect(await alone.end()).toEqual({});
    const beside = await kept(inputs, { http_proxy: proxy.url, no_proxy: 'corp.example.com' });
    expect(noProxy(beside.run.exported)).toEqual(as(journey, 'corp.example.com,127.0.0.1'));
    expect(await beside.end()).toEqual(as(journey, 'corp.example.com', ''));
  });
});
