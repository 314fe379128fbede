import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStep } from '../harness/bundle-step.ts';
import { runCommand } from '../harness/cli.ts';
import { filesBelow } from '../harness/files.ts';
import { InMemory, type Place } from '../harness/in-memory.ts';
import { type PlantedVariable, plantedVariables, realJob } from '../harness/planted.ts';
import { root, type Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';
import { type OriginKind, originKinds, type Stranger, startStranger } from '../harness/stranger.ts';
import { jobEnvironment, platforms, stepNames, usualInputs, type WayName, ways } from '../harness/ways.ts';

let emulator: Emulator;
let inMemory: InMemory;
let stranger: Stranger;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  inMemory = new InMemory(emulator);
  stranger = await startStranger();
});
afterAll(async () => {
  await emulator.close();
  await stranger[Symbol.asyncDispose]();
});

const authorityHost = plantedVariables.find(({ name }) => name === 'AZURE_AUTHORITY_HOST') as PlantedVariable;

/** What a variable's own machine shows to whoever is at its address on loopback: it is the machine's, and anybody's on it. */
const shownByMachine = ['AWS_CONTAINER_AUTHORIZATION_TOKEN'];

function planted({ name, value, beside }: PlantedVariable, origin: OriginKind, { step, platform }: Place) {
  const real = realJob(platform, step);
  const environment = {
    ...real.environment,
    ...stranger.environment,
    ...beside,
    [name]: value(stranger.origins[origin]),
  };
  // Without the input that names it, the variable does.
  const inputs: Variables = {
    disableRetry: 'true',
    ...(step === 'entra-token' && name === 'AZURE_AUTHORITY_HOST' ? { authorityHost: '' } : {}),
  };
  return { environment, inputs, secrets: real.secrets };
}

function expectNothingGiven(
  { isOfMachine }: PlantedVariable,
  secrets: readonly string[],
  own: Variables,
  where: string,
): void {
  const received = stranger.received();
  const excused = isOfMachine ? shownByMachine.map((name) => own[name]) : [];
  for (const secret of [...secrets, ...emulator.secrets()]) {
    if (!excused.includes(secret)) expect(received.includes(secret), where).toBe(false);
  }
  expect(
    stranger.wanted().filter((host) => host.includes('stranger')),
    where,
  ).toEqual([]);
}

const readable = (way: WayName) => ways[way].isHere?.() !== false;

it('knows each variable by which a bundle finds an address', () => {
  const bundles = ['actions', 'tasks'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => join(root, kind, name, 'dist')),
  );
  const files = bundles.flatMap((dist) =>
    filesBelow(dist)
      .filter((file) => file.endsWith('.js'))
      .map((file) => join(dist, file)),
  );
  expect(files.length).toBeGreaterThan(10);
  const pattern = /\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)*_?(?:URL|URI|ENDPOINT|HOST)\b/g;
  const found = new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(pattern) ?? []));
  const known = plantedVariables.map(({ name }) => name);
  // Terraform's are emptied, and nothing is asked there.
  const isRead = (name: string) => name.includes('_') && !name.startsWith('ARM_');
  expect([...found].filter((name) => isRead(name) && !known.includes(name))).toEqual([]);
});

describe.each(plantedVariables)('$name, which an earlier step sets', (variable) => {
  it.each(originKinds)(
    'to %s: a stranger gets nothing, whatever the step, the way in and the platform',
    async (origin) => {
      for (const way of variable.ways.filter(readable)) {
        for (const platform of platforms.filter((one) => (ways[way].only ?? one) === one)) {
          for (const step of stepNames.filter((one) => ways[way].shows[one] !== 'nothing' || way.includes('shell'))) {
            const place = { step, way, platform };
            const { secrets, ...changed } = planted(variable, origin, place);
            const { host } = await inMemory.play(place, changed);
            const own = host.system.environment as Variables;
            expectNothingGiven(variable, secrets, own, JSON.stringify({ ...place, origin }));
          }
        }
      }
    },
  );
});

/** Each variable with each kind of address, and each variable in each step on each platform, in as few processes as that takes. */
const cells = plantedVariables.flatMap((variable, row) => {
  const [way = 'github'] = variable.ways.filter(readable);
  const steps = stepNames.filter((one) => ways[way].shows[one] !== 'nothing' || way.includes('shell'));
  const on = platforms.filter((one) => (ways[way].only ?? one) === one);
  const places = steps.flatMap((step) => on.map((platform) => ({ step, way, platform })));
  const kinds = originKinds.filter((kind) => !kind.includes('look-alike of') || kind.includes('machine'));
  return places.map((place, column) => ({
    ...{ variable, ...place, name: variable.name },
    origin: kinds[(row + column) % kinds.length] ?? 'loopback, over HTTP',
  }));
});

it.concurrent.each(cells)(
  'shipped: $name to $origin, $step by $way on $platform',
  async ({ variable, origin, ...place }) => {
    const { step, way, platform } = place;
    const started = await ways[way].start(emulator, step);
    const { secrets, ...changed } = planted(variable, origin, place);
    const environment = { ...jobEnvironment(emulator, platform, started.inputs), ...started.environment };
    const inputs = { ...usualInputs(step, emulator), ...started.inputs, ...changed.inputs };
    const own = { ...environment, ...changed.environment };
    const run = await bundleStep(step, platform, inputs, own).run();
    expect(run.stdout + run.stderr).not.toContain('ended before its work was done');
    expectNothingGiven(variable, secrets, own, `${run.stdout}${run.stderr}`);
  },
);

it.concurrent.each(originKinds)(
  'shipped: fedbridge token in a pod, with AZURE_AUTHORITY_HOST on %s',
  async (origin) => {
    const real = realJob('github', 'entra-token');
    const { AZURE_FEDERATED_TOKEN_FILE: file = '', AZURE_CLIENT_ID = '', AZURE_TENANT_ID = '' } = real.environment;
    const variables = { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_ID, AZURE_TENANT_ID, ...stranger.environment };
    const environment = { ...variables, AZURE_AUTHORITY_HOST: stranger.origins[origin] };
    const { exitCode, stderr } = await runCommand(['token', '--identity', 'kubernetes'], environment, dirname(file));
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('[ENDPOINT_NOT_ALLOWED]');
    expectNothingGiven(authorityHost, real.secrets, {}, origin);
  },
);
