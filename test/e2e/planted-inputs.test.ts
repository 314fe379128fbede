/**
 * Tests as well:
 * - packages/azure-pipelines/src/job-variables.ts
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStep } from '../harness/bundle-step.ts';
import { steps } from '../harness/in-memory.ts';
import { outside } from '../harness/journeys.ts';
import { root, type Variables } from '../harness/process.ts';
import { ids, sharedSetup } from '../harness/setup.ts';
import { jobEnvironment, type Platform, type StepName, usualInputs } from '../harness/ways.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

/** A step of a job in which an earlier step has set variables. */
async function play(step: StepName, platform: Platform, variables: Variables) {
  const connection: Variables = platform === 'github' ? {} : { azureSubscription: ids.oldConnection };
  const inputs = { ...usualInputs(step, emulator), ...connection };
  const environment = jobEnvironment(emulator, platform, inputs);
  const asked = outside(emulator.requests).length;
  const played = bundleStep(step, platform, inputs, environment, variables);
  const run = await played.run();
  return { played, run, asked: outside(emulator.requests).slice(asked) };
}

const names = Object.keys(steps) as StepName[];
/** How an earlier step may write the name of an input's variable. */
const spellings = [
  (input: string) => `INPUT_${input.toUpperCase()}`,
  (input: string) => `input.${input}`,
  (input: string) => `Input ${input.toLowerCase()}`,
];

describe.each(names)('%s', (step) => {
  const { inputs } = JSON.parse(readFileSync(join(root, 'tasks', steps[step].task.name, 'task.json'), 'utf8')) as {
    readonly inputs: readonly { readonly name: string }[];
  };

  it.each(inputs)('on Azure Pipelines: no variable of the job takes the place of $name', async ({ name }) => {
    const spelled = spellings[name.length % spellings.length] as (input: string) => string;
    const variable = spelled(name);
    const { run, played, asked } = await play(step, 'azure-pipelines', { [variable]: 'true' });
    expect(run.succeeded).toBe(false);
    expect(run.error).toContain(`Input "${name}" is replaced by the job's variable "${variable}". [INPUT_INVALID]`);
    expect({ asked, outputs: run.outputs, exported: run.exported, files: played.files() }).toEqual({
      ...{ asked: [], outputs: {}, exported: {} },
      files: [],
    });
    expect(await played.cleanUp()).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('on Azure Pipelines: no variable of the job takes the place of what a service connection has', async () => {
    for (const variable of [`ENDPOINT_AUTH_${ids.oldConnection}`, 'endpoint.auth.systemVssConnection']) {
      const { run, asked } = await play(step, 'azure-pipelines', { [variable]: '{"scheme":"OAuth","parameters":{}}' });
      expect(run.error).toContain(
        `A service connection is replaced by the job's variable "${variable}". [INPUT_INVALID]`,
      );
      expect(asked).toEqual([]);
    }
  });

  it('others are nobody’s concern, and on GitHub the runner has its inputs win', async () => {
    const near = { INPUT: 'x', 'input.of.mine': 'x', INPUTS_AUDIENCE: 'x', MY_ENDPOINT_AUTH: 'x' };
    expect((await play(step, 'azure-pipelines', near)).run).toMatchObject({ error: undefined, succeeded: true });
    const planted = { ...near, 'INPUT_ACTION-TIMEOUT-S': 'x', INPUT_AUDIENCE: 'x' };
    expect((await play(step, 'github', planted)).run).toMatchObject({ error: undefined, succeeded: true });
  });
});
