import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import type { Step } from '../../harness/job.ts';
import { input, type Journey, mainJourneys } from '../../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../../harness/process.ts';
import { sampled } from '../../harness/sampled.ts';
import { ids, pod, region, sharedSetup } from '../../harness/setup.ts';
import { gitHubToken } from '../../harness/tokens.ts';
import { atOnce } from './at-once.ts';
import { type Delivery, deliveries } from './deliveries.ts';
import { type Keys, type Machine, machines, type Surroundings } from './machines.ts';
import { type StandInS3, startStandInS3 } from './stand-in-s3.ts';

/** A later step's environment, and the role that it must be. */
export interface Cell {
  readonly platform: Journey['platform'];
  readonly delivery: Delivery;
  readonly machine: Machine;
  readonly role: string;
  readonly environment: Variables;
}

/** What every delivery leaves on every platform and machine, and the cloud that takes it. */
export interface Cells extends AsyncDisposable {
  readonly cells: readonly Cell[];
  /** What steps failed with, in the place of their cells. */
  readonly failed: readonly (Omit<Cell, 'role' | 'environment'> & { readonly error: string })[];
  readonly sts: string;
  readonly s3: StandInS3;
}

export const platforms = mainJourneys.filter(({ cloud }) => cloud === 'AWS');

const triedDeliveries = sampled(deliveries);
/** What is tried with every client; of the many machines some are. */
export const deliveriesOn = (platform: Journey['platform']) =>
  triedDeliveries.filter(({ absent }) => absent?.[platform] === undefined);
const sample = sampled(machines);
const tried = machines.filter((machine) => machine.forEveryClient || sample.includes(machine));

const roleOf = (name: string) => `arn:aws:iam::${ids.account}:role/${name}`;

/** Runs every step once. What they leave stays until it is disposed of. */
export async function startCells(): Promise<Cells> {
  const emulator = await startEmulator({ setup: sharedSetup });
  const s3 = await startStandInS3(emulator);
  const corp = await somebodyElse(emulator);
  const container = await serveContainer(corp);
  const started = await emulator.startPod({
    ...pod,
    audience: 'sts.amazonaws.com',
    aws: { roleArn: roleOf('fleet-0') },
  });
  const steps: Step[] = [];
  const runs = platforms.flatMap((journey) =>
    deliveriesOn(journey.platform).flatMap((delivery) =>
      tried
        .filter(({ hasNo }) => !hasNo || hasNo !== delivery.needs)
        .map((machine) => ({ journey, delivery, machine })),
    ),
  );
  const failed: Cells['failed'][number][] = [];
  const cells = await atOnce(3, runs, async ({ journey, delivery, machine }) => {
    const { platform } = journey;
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    const surroundings: Surroundings = { home, corp, pod: started.environment, container: container.served };
    const planted = variablesOf(machine, surroundings);
    const given = Object.entries(delivery.inputs).map(([name, value]) => input(journey, name, value));
    const step = journey.start(emulator, { home, inputs: Object.assign({}, ...given), environment: planted });
    steps.push(step);
    const run = await step.run();
    if (run.error !== undefined) {
      failed.push({ platform, delivery, machine, error: run.error });
      return [];
    }
    const later = { ...machineEnvironment(home), AWS_ENDPOINT_URL_STS: emulator.urls.sts, ...planted, ...run.exported };
    return delivery.uses.map(({ role, env }): Cell => {
      const environment = Object.entries({ ...later, ...env?.(run) }).filter(([, value]) => value !== undefined);
      return { platform, delivery, machine, role, environment: Object.fromEntries(environment) };
    });
  });
  return {
    cells: cells.flat(),
    failed,
    sts: emulator.urls.sts,
    s3,
    async [Symbol.asyncDispose]() {
      await atOnce(3, steps, (step) => step.cleanUp());
      await started.stop();
      await container.close();
      await s3[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

/** What is not set is undefined, which no process gets. */
function variablesOf(machine: Machine, surroundings: Surroundings): Variables {
  const { set = {}, unset = [] } = machine.plant(surroundings);
  const none = Object.fromEntries(unset.map((name) => [name, undefined]));
  // Nothing asks the network whether this machine has an identity.
  return { AWS_EC2_METADATA_DISABLED: 'true', ...set, ...none } as Variables;
}

/** Real keys, so that whoever takes them is told apart from the step's. */
async function somebodyElse(emulator: Emulator): Promise<Keys> {
  const { Credentials } = await new STSClient({ endpoint: emulator.urls.sts, region }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleOf('fleet-1'),
      RoleSessionName: 'corp',
      WebIdentityToken: await gitHubToken(emulator.startGitHubJob().environment, 'sts.amazonaws.com'),
    }),
  );
  return {
    id: Credentials?.AccessKeyId ?? '',
    secret: Credentials?.SecretAccessKey ?? '',
    token: Credentials?.SessionToken ?? '',
  };
}

/** Gives those keys to a container that shows what it was told to. */
async function serveContainer({ id, secret, token }: Keys) {
  const authorization = 'of-the-container';
  const body = { AccessKeyId: id, SecretAccessKey: secret, Token: token, Expiration: '2099-01-01T00:00:00Z' };
  const server = createServer(({ headers }, response) => {
    response.writeHead(headers.authorization === authorization ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    served: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/corp`, authorization },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
