import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Emulator, type EmulatorUrls, type Fault, type Setup, startEmulator } from '@fedbridge/emulator';
import type { Step } from '../harness/job.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { python, pythonHas } from '../harness/python.ts';
import { namedRoles, sharedSetup } from '../harness/setup.ts';

const services = ['github', 'azureDevOps', 'entra', 'sts'] as const;
const faults: readonly Fault[] = [
  { status: 503 },
  { status: 429, headers: { 'retry-after': '0' } },
  { drop: 'before-headers' },
  { drop: 'mid-body' },
  { status: 500, body: '<html>' },
  { delayMs: 400 },
];
const resources = ['https://vault.azure.net', 'https://graph.microsoft.com'];

/** Asked before anything runs: this process serves the cloud, and waits while it asks. */
const machine = { hasBoto3: pythonHas('boto3'), hasAwsCli: spawnSync('aws', ['--version']).status === 0 };

export interface SoakResult {
  /** By client, with the failures that were not in an outage longer than what was held. */
  readonly clients: readonly { readonly name: string; readonly calls: number; readonly failures: readonly string[] }[];
  readonly failuresInOutage: number;
  /** Of all credentials together, as the clean-ups tell it. */
  readonly renewals: number;
  /** Answers of STS and Entra that gave something. */
  readonly exchanges: number;
  /** How many lifetimes of tokens and sessions went by. */
  readonly lifetimes: number;
}

interface SoakOptions {
  readonly seconds: number;
  readonly lifetime: number;
  readonly outage: boolean;
  readonly pause: number;
}

interface Client {
  readonly name: string;
  readonly child: ChildProcess;
  output: string;
}

/**
 * Long jobs in short time: steps with `keep-fresh`, real clients that poll what they left, and a cloud with faults.
 *
 * @param lifetime - what each token and session lives, in seconds
 * @param outage - whether there is also an outage longer than anything lives
 * @param pause - how long a client waits between its calls, in seconds
 */
export async function soak({ seconds, lifetime, outage, pause }: SoakOptions): Promise<SoakResult> {
  const emulator = await startEmulator({ setup: (urls) => compressed(urls, lifetime) });
  const steps: Step[] = [];
  const clients: Client[] = [];
  const begin = Date.now();
  for (const journey of mainJourneys) {
    const { step, exported } = await startStep(journey, emulator, lifetime);
    steps.push(step);
    clients.push(...startClients(journey, step, { ...exported, PAUSE: `${pause}` }, emulator));
  }
  const window = await disturb(emulator, seconds, outage ? lifetime : undefined);
  for (const { child } of clients) child.kill('SIGTERM');
  await Promise.all(
    clients.map(({ child }) => (child.exitCode === null ? new Promise((done) => child.on('close', done)) : 0)),
  );
  const lived = (Date.now() - begin) / 1000 / lifetime;
  const exchanges = emulator.requests.filter(
    ({ service, status, body }) => (service === 'entra' || body.includes('Action=AssumeRole')) && status === 200,
  ).length;
  const told = await Promise.all(steps.map((step) => step.cleanUp()));
  await emulator.close();
  const renewals = told.reduce((sum, { stdout }) => sum + Number(/Kept fresh: (\d+)/.exec(stdout)?.[1]), 0);
  const results = clients.map((client) => read(client, window));
  // Per platform: three roles, two resources, a file.
  const kept = 2 * (1 + Object.keys(namedRoles).length + resources.length + 1);
  return {
    clients: results,
    failuresInOutage: results.reduce((sum, { inOutage }) => sum + inOutage, 0),
    renewals,
    exchanges,
    lifetimes: Math.floor(lived * kept),
  };
}

function compressed(urls: EmulatorUrls, lifetime: number): Setup {
  const { tenants = [], accounts = [], ...others } = sharedSetup(urls);
  return {
    ...others,
    tenants: tenants.map((tenant) => ({ ...tenant, accessTokenSeconds: lifetime })),
    accounts: accounts.map((account) => ({
      ...account,
      roles: account.roles.map((one) => ({ ...one, sessionSeconds: lifetime })),
    })),
  };
}

async function startStep(
  journey: Journey,
  emulator: Emulator,
  lifetime: number,
): Promise<{ step: Step; exported: Variables }> {
  const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
  const given =
    journey.cloud === 'AWS'
      ? { 'keep-fresh': 'true', roles: roles.join('\n') }
      : { 'keep-fresh': 'true', export: 'terraform', resource: resources[0] ?? '' };
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const step = journey.start(emulator, { inputs, job: { lifetimeSeconds: lifetime } });
  const { error, exported } = await step.run();
  if (error) throw new Error(error);
  return { step, exported };
}

function startClients(journey: Journey, step: Step, exported: Variables, emulator: Emulator): Client[] {
  const here = import.meta.dirname;
  const start = (name: string, command: string, args: readonly string[], variables: Variables = {}): Client => {
    const env = {
      ...machineEnvironment(step.home),
      ...exported,
      AWS_ENDPOINT_URL_STS: emulator.urls.sts,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      ...variables,
    };
    const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const client: Client = { name: `${name}, ${journey.title}`, child, output: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      client.output += text;
    });
    return client;
  };
  if (journey.cloud === 'Entra') {
    return resources.map((RESOURCE) =>
      start(`@azure/identity for ${RESOURCE}`, process.execPath, [join(here, 'azure-client.ts')], {
        RESOURCE,
        API: emulator.urls.resources,
      }),
    );
  }
  const clients = [undefined, ...Object.keys(namedRoles)].map((profile) =>
    start(
      `@aws-sdk as ${profile ?? 'the role'}`,
      process.execPath,
      [join(here, 'aws-client.ts')],
      profile ? { AWS_PROFILE: profile } : {},
    ),
  );
  const boto3 = join(here, 'boto3-client.py');
  if (machine.hasBoto3) clients.push(start('boto3', python, [boto3]));
  const loop =
    'trap "exit" TERM; while :; do aws sts get-caller-identity >/dev/null || echo "{\\"at\\":$(date +%s000),\\"message\\":\\"aws failed\\"}"; sleep $PAUSE; done';
  if (machine.hasAwsCli) clients.push(start('the AWS CLI', 'sh', ['-c', loop]));
  return clients;
}

/** Faults one after another; outages shorter than what is held for renewal; on request one longer than anything lives. */
async function disturb(
  emulator: Emulator,
  seconds: number,
  lifetime: number | undefined,
): Promise<readonly [number, number] | undefined> {
  const over = Date.now() + seconds * 1000;
  let window: readonly [number, number] | undefined;
  for (let round = 0; Date.now() < over; round += 1) {
    const service = services[round % services.length] ?? 'sts';
    const fault = faults[round % faults.length];
    // One that hit nothing does not wait for the next request: they would add up to an outage.
    const end = fault && emulator.inject({ service, fault, ...exchangeOnly(service) });
    if (round % 5 === 4) await beDown(emulator, 700);
    if (lifetime && !window && Date.now() > over - (seconds * 1000) / 2) {
      const from = Date.now();
      await beDown(emulator, (lifetime + 4) * 1000);
      // What was tried in vain is tried again after ten seconds at the most.
      window = [from, Date.now() + 11_000];
    }
    await sleep(500);
    end?.();
  }
  return window;
}

/** What goes wrong is the renewal, not what clients ask STS for by themselves. */
function exchangeOnly(service: (typeof services)[number]): { readonly body?: string } {
  return service === 'sts' ? { body: 'Action=AssumeRole' } : {};
}

async function beDown(emulator: Emulator, ms: number): Promise<void> {
  const ends = services.map((service) =>
    emulator.inject({ service, times: Number.POSITIVE_INFINITY, fault: { status: 503 }, ...exchangeOnly(service) }),
  );
  await sleep(ms);
  for (const end of ends) end();
}

function read({ name, output }: Client, window: readonly [number, number] | undefined) {
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { calls?: number; at?: number; message?: string });
  const failures = lines.filter(({ at }) => at !== undefined);
  const isInOutage = ({ at = 0 }) => window !== undefined && at >= window[0] && at <= window[1];
  return {
    name,
    calls: lines.find(({ calls }) => calls !== undefined)?.calls ?? Number.NaN,
    failures: failures.filter((failure) => !isInOutage(failure)).map(({ message = '' }) => message),
    inOutage: failures.filter(isInOutage).length,
  };
}
