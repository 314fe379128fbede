import { explain } from '@fedbridge/core';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commonInputs } from '../../packages/step/src/common-inputs.ts';
import type { InputDefinition } from '../../packages/step/src/index.ts';
import {
  expectedOf,
  formsOf,
  type GuardName,
  guardNames,
  guards,
  guardsOf,
  type Situation,
} from '../harness/guards.ts';
import { expectNothing, InMemory, type Place, type Played, placesOf, steps } from '../harness/in-memory.ts';
import { sampledCount } from '../harness/sampled.ts';
import { sharedSetup } from '../harness/setup.ts';
import { platforms, stepNames, ways } from '../harness/ways.ts';

let emulator: Emulator;
let inMemory: InMemory;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  inMemory = new InMemory(emulator);
});
afterAll(() => emulator.close());

/** What is true of any situation: all that guards holds and it is delivered, or nothing is and one of those that do not is named. */
async function expectGuarded(situation: Situation): Promise<void> {
  const { step, way, form, keepFresh, guards: given } = situation;
  const { named, until, isImpossible } = expectedOf(situation);
  const kept = keepFresh ? { keepFresh: 'true' } : {};
  const played = await inMemory.play(situation, { inputs: { ...form, ...kept, ...given } });
  const { host, requests, brokers } = played;
  if (until === undefined && !isImpossible) {
    expect(host.error && explain(host.error)).toBeUndefined();
    expect(host.delivered.length).toBeGreaterThan(1);
    expect(brokers).toBe(keepFresh ? 1 : 0);
    expectNarrowed(situation, played);
    if (keepFresh) await inMemory.cleanUp(step, host);
    return;
  }
  expectNothing(played);
  const said = host.error ? explain(host.error) : '';
  if (!isImpossible)
    expect(
      named.some((one) => one.test(said)),
      said,
    ).toBe(true);
  const allowed = until === 'inputs' || isImpossible ? [] : ways[way].asks;
  const asked = requests.map(({ service }) => service);
  if (until !== 'exchange') expect(asked.filter((service) => !allowed.includes(service))).toEqual([]);
}

/** That guards which AWS applies have reached it. */
function expectNarrowed({ guards: given }: Situation, { requests }: Played): void {
  const asked = requests.map(({ body }) => new URLSearchParams(body));
  const parameters = {
    inlineSessionPolicy: 'Policy',
    managedSessionPolicies: 'PolicyArns.member.1.arn',
    roleDurationSeconds: 'DurationSeconds',
  } as const;
  for (const [guard, parameter] of Object.entries(parameters)) {
    const wanted = given[guard as GuardName];
    if (wanted !== undefined) expect(asked.map((one) => one.get(parameter))).toContain(wanted);
  }
}

const places = placesOf(stepNames, platforms);

it('knows each input that guards', () => {
  for (const step of stepNames) {
    const definitions: Readonly<Record<string, InputDefinition>> = { ...steps[step].inputs, ...commonInputs };
    const guarding = Object.entries(definitions).flatMap(([name, { guards }]) => (guards ? [name] : []));
    expect(guarding.sort()).toEqual(
      guardNames.filter((name) => name !== 'audience' && guards[name].steps.includes(step)).sort(),
    );
  }
});

describe.each(places)('$step by $way on $platform', (place) => {
  const plain = { ...place, form: {}, keepFresh: false, guards: {} };
  const names = guardsOf(place);
  const values = (name: GuardName) => [guards[name].holds, ...guards[name].fails];

  it('without guards, in each form', async () => {
    for (const form of formsOf(place.step, place.way)) await expectGuarded({ ...plain, form });
  });

  it.each(names)('%s alone, with each value', async (name) => {
    for (const value of values(name)) await expectGuarded({ ...plain, guards: { [name]: value } });
  });

  it.runIf(place.step !== 'id-token')('one that does not hold starts nothing that keeps fresh', async () => {
    for (const name of names) {
      for (const value of guards[name].fails)
        await expectGuarded({ ...plain, keepFresh: true, guards: { [name]: value } });
    }
  });

  it.runIf(place.step !== 'id-token')('all that hold are kept fresh', async () => {
    await expectGuarded({ ...plain, keepFresh: true, guards: holding(place) });
  });

  it.runIf(names.length > 1)('two at once', async () => {
    for (const [at, one] of names.entries()) {
      for (const other of names.slice(at + 1)) {
        const [good, bad] = [guards[one].holds, guards[other].holds];
        await expectGuarded({ ...plain, guards: { [one]: good, [other]: bad } });
        await expectGuarded({ ...plain, guards: { [one]: guards[one].fails[0] ?? '', [other]: bad } });
        await expectGuarded({ ...plain, guards: { [one]: good, [other]: guards[other].fails[0] ?? '' } });
      }
    }
  });
});

/** Those that a way can satisfy, with values that hold. */
function holding(place: Place): Situation['guards'] {
  const plain = { ...place, form: {}, keepFresh: false, guards: {} };
  const satisfied = guardsOf(place).filter((name) => !guards[name].cannotHold(plain));
  return Object.fromEntries(satisfied.map((name) => [name, guards[name].holds]));
}

it('any set of guards, each with any value, in any form, by any way', async () => {
  const arbitrary = fc.constantFrom(...places).chain((place) =>
    fc.record({
      place: fc.constant(place),
      form: fc.constantFrom(...formsOf(place.step, place.way)),
      keepFresh: place.step === 'id-token' ? fc.constant(false) : fc.boolean(),
      guards: fc.record(
        Object.fromEntries(
          guardsOf(place).map((name) => [
            name,
            // As often one that holds as one that does not.
            fc.oneof(fc.constant(guards[name].holds), fc.constantFrom(...guards[name].fails)),
          ]),
        ),
        { requiredKeys: [] },
      ),
    }),
  );
  const property = fc.asyncProperty(arbitrary, async ({ place, ...others }) => expectGuarded({ ...place, ...others }));
  await fc.assert(property, { numRuns: sampledCount(300), seed: 20_261_125 });
});
