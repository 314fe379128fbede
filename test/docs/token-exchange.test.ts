import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kebabCase } from '@fedbridge/core';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { profiles } from '@fedbridge/exchange';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { root, type Variables } from '../harness/process.ts';
import { pipelineJob, sharedSetup } from '../harness/setup.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

interface Example {
  readonly steps: readonly { readonly uses?: string; readonly with?: object; readonly inputs?: object }[];
}

const page = readFileSync(join(root, 'docs/token-exchange.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, yaml = '']) => {
  const [step] = (parse(yaml) as Example).steps;
  const inputs = Object.fromEntries(
    Object.entries(step?.with ?? step?.inputs ?? {}).map(([name, value]) => [name, String(value)]),
  );
  return [{ platform: step?.uses ? 'github' : 'azure-pipelines', profile: inputs.profile, inputs }];
});

/** Where the services of the examples are, by the names of inputs on both platforms. */
function here({ urls }: Emulator, inputs: Variables, isGitHub: boolean): Variables {
  const addresses: Readonly<Record<string, string>> = {
    'https://sts.example.com': urls.oauth,
    'https://vault.example.com:8200': urls.vault,
  };
  const moved = Object.entries(inputs).map(([name, value]) => {
    const [from = '', to = ''] = Object.entries(addresses).find(([one]) => value.startsWith(one)) ?? [];
    return [name, value.replace(from, to)] as const;
  });
  const name = (one: string) => (isGitHub ? kebabCase(one) : one);
  const byDefault = {
    google: { [name('tokenUrl')]: `${urls.google}/v1/token`, [name('iamCredentialsEndpoint')]: urls.google },
    'octo-sts': { domain: urls.octoSts, [name('githubApiUrl')]: urls.octoSts },
  };
  return { ...Object.fromEntries(moved), ...byDefault[inputs.profile as keyof typeof byDefault] };
}

describe('docs/token-exchange.md', () => {
  it('has an example of each profile on each platform', () => {
    const shown = new Set(examples.map(({ profile, platform }) => `${profile} on ${platform}`));
    const all = profiles.flatMap(({ name }) => [`${name} on github`, `${name} on azure-pipelines`]);
    expect([...shown].sort()).toEqual(all.sort());
  });

  it.concurrent.each(examples)('$profile on $platform: the example works', async ({ platform, inputs }) => {
    const isGitHub = platform === 'github';
    const given = here(emulator, inputs, isGitHub);
    const step = isGitHub
      ? gitHubStep({ name: 'token-exchange', inputs: given, environment: emulator.startGitHubJob().environment })
      : azurePipelinesStep({
          name: 'FedbridgeTokenExchange',
          inputs: given,
          environment: emulator.startAzurePipelinesJob(pipelineJob).environment,
        });
    expect((await step.run()).error).toBeUndefined();
    expect((await step.cleanUp()).exitCode).toBe(0);
    expect(step.files()).toEqual([]);
  });
});
