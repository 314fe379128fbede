import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStep } from '../harness/bundle-step.ts';
import { expectedOf, type GuardName, guards, guardsOf, type Situation } from '../harness/guards.ts';
import { placesOf } from '../harness/in-memory.ts';
import { sharedSetup } from '../harness/setup.ts';
import { jobEnvironment, platforms, stepNames, usualInputs, ways } from '../harness/ways.ts';
import { expectNoSecretShown } from './secrets.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

/** Each way in, in each step on each platform, with one guard that does not hold: another guard, and another value, from cell to cell. */
const cells = placesOf(stepNames, platforms).map((place, index) => {
  const names = guardsOf(place);
  const name = names[index % names.length] as GuardName;
  const { fails } = guards[name];
  const value = fails[index % fails.length] ?? '';
  // A host takes what is blank for what is not there, where its platform does.
  const given = value.trim() === '' ? (fails[0] ?? '') : value;
  const situation: Situation = {
    ...place,
    form: {},
    keepFresh: place.step !== 'id-token' && index % 2 === 0,
    guards: { [name]: given },
  };
  return { ...place, name, situation };
});

describe('shipped steps', () => {
  it.concurrent.each(cells)(
    '$step by $way on $platform deliver nothing where $name does not hold',
    async ({ situation }) => {
      const { step, way, platform, keepFresh, guards: given } = situation;
      const { named, isImpossible } = expectedOf(situation);
      const started = await ways[way].start(emulator, step);
      const environment = { ...jobEnvironment(emulator, platform, started.inputs), ...started.environment };
      const inputs = {
        ...{ ...usualInputs(step, emulator), ...started.inputs, disableRetry: 'true' },
        ...{ ...(keepFresh ? { keepFresh: 'true' } : {}), ...given },
      };
      const one = bundleStep(step, platform, inputs, environment);
      const run = await one.run();
      expectNoSecretShown(run, emulator);
      expect(run.succeeded).toBe(false);
      const { outputs, exported, secretVariables } = run;
      expect({ outputs, exported, secretVariables, files: one.files() }).toEqual({
        ...{ outputs: {}, exported: {}, secretVariables: {} },
        files: [],
      });
      // A camel-case name of an input is the other platform's.
      const said = run.error?.replace(/"[a-z]+(-[a-z]+)+"|[a-z]+(-[a-z]+){2}/g, camelCase) ?? '';
      if (!isImpossible)
        expect(
          named.some((pattern) => pattern.test(said)),
          said,
        ).toBe(true);
      const cleanedUp = await one.cleanUp();
      expect({ exitCode: cleanedUp.exitCode, exported: cleanedUp.exported }).toEqual({ exitCode: 0, exported: {} });
    },
  );
});

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
