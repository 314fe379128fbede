/**
 * What a step costs a job beside what peers ship for the same: over TLS, with and without the time that round trips take. Each is run as the
 * runner runs it, ours and the peer's in turns, so that a busy machine is as busy for both; what is compared is each pair.
 */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { gitHubStep } from '../harness/github-step.ts';
import { mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { slowWay } from '../harness/round-trips.ts';
import { runNode } from '../harness/run-node.ts';
import { ids, region, role, sharedSetup } from '../harness/setup.ts';
import { machine, median, table, writeFigures } from './pages.ts';

const [folder = join(tmpdir(), 'fedbridge-peers'), rounds = '31'] = process.argv.slice(2);
const peers = resolve(folder);
const fetched = {
  'configure-aws-credentials/action.yml': `git clone --depth 1 --branch v6.2.3 https://github.com/aws-actions/configure-aws-credentials ${peers}/configure-aws-credentials`,
  'node_modules/@azure/identity/package.json': `npm install --prefix ${peers} @azure/identity@4.13.1`,
};
const missing = Object.entries(fetched).filter(([file]) => !existsSync(join(peers, file)));
if (missing.length > 0) {
  console.error(`The peers are not in ${peers}. Get them, then run this again:\n`);
  for (const [, command] of missing) console.error(`  ${command}`);
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const usageFile = join(scratch, 'usage.json');
const measuring = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'usage.mjs')}`, USAGE_FILE: usageFile };

interface Subject {
  readonly name: string;
  /** Does the work in a new job. @throws Error if it failed */
  run(emulator: Emulator, environment: Variables): Promise<void>;
}
interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
  readonly kB: number;
}

const ours = (title: string): Subject => ({
  name: title,
  async run(emulator, environment) {
    const journey = mainJourneys.find((one) => one.title === title);
    const ended = await journey?.start(emulator, { environment: { NODE_EXTRA_CA_CERTS: ca, ...environment } }).run();
    if (!ended?.succeeded) throw new Error(ended?.visible ?? title);
  },
});
/** The variables of a new job, and of its machine. */
const job = (emulator: Emulator) => ({
  ...emulator.startGitHubJob().environment,
  GITHUB_WORKSPACE: scratch,
  NODE_EXTRA_CA_CERTS: ca,
});
const versionOf = (path: string) => JSON.parse(readFileSync(join(peers, path, 'package.json'), 'utf8')).version;
const pairs: readonly (readonly [ours: Subject, peer: Subject])[] = [
  [
    ours('GitHub Actions to AWS'),
    {
      name: `configure-aws-credentials ${versionOf('configure-aws-credentials')}`,
      async run(emulator, environment) {
        const step = gitHubStep({
          name: 'configure-aws-credentials',
          from: peers,
          inputs: { 'role-to-assume': role, 'aws-region': region },
          environment: { ...job(emulator), AWS_ENDPOINT_URL_STS: emulator.urls.sts, ...environment },
        });
        const ended = await step.run();
        if (!ended.succeeded || !ended.exported.AWS_SESSION_TOKEN) throw new Error(ended.visible);
      },
    },
  ],
  [
    ours('GitHub Actions to Entra'),
    {
      name: `a script on @azure/identity ${versionOf('node_modules/@azure/identity')}`,
      async run(emulator, environment) {
        const variables = {
          ...machineEnvironment(scratch),
          ...job(emulator),
          ...{ AUTHORITY: emulator.urls.entra, CLIENT: ids.app, TENANT: ids.tenant, PEERS: peers },
          ...environment,
        };
        const script = join(import.meta.dirname, 'azure-identity.cjs');
        const ended = await runNode(process.execPath, script, variables, scratch);
        if (!ended.stdout.includes('::add-mask::ey')) throw new Error(ended.stderr);
      },
    },
  ],
];

async function measured(subject: Subject, emulator: Emulator): Promise<Cost> {
  const begin = performance.now();
  await subject.run(emulator, {});
  const ms = performance.now() - begin;
  await subject.run(emulator, measuring);
  return { ms, ...(JSON.parse(readFileSync(usageFile, 'utf8')) as Omit<Cost, 'ms'>) };
}

const ca = join(scratch, 'ca.pem');
const rows: string[][] = [];
for (const roundTripMs of [0, 40]) {
  await using open = new AsyncDisposableStack();
  const address = roundTripMs === 0 ? '127.0.0.1' : '127.0.0.2';
  const emulator = open.use(await startEmulator({ setup: sharedSetup, tls: true, address }));
  writeFileSync(ca, emulator.ca ?? '');
  const { github, sts, entra } = emulator.urls;
  for (const url of roundTripMs === 0 ? [] : [github, sts, entra])
    open.use(await slowWay({ port: Number(new URL(url).port), address, roundTripMs }));
  for (const [one, other] of pairs) {
    const all: (readonly [Cost, Cost])[] = [];
    for (let round = 0; round <= Number(rounds); round += 1) {
      // Each is the first of the two as often as the other.
      const first = await measured(round % 2 === 0 ? one : other, emulator);
      const second = await measured(round % 2 === 0 ? other : one, emulator);
      // The first round warms the caches of the file system.
      if (round > 0) all.push(round % 2 === 0 ? [first, second] : [second, first]);
    }
    const ratio = (of: (cost: Cost) => number) => median(all.map(([a, b]) => of(a) / of(b))).toFixed(2);
    const both = (of: (cost: Cost) => number, unit: string) =>
      [0, 1].map((side) => `${median(all.map((pair) => of(pair[side] as Cost))).toFixed(0)} ${unit}`).join(', ');
    rows.push([
      `${roundTripMs} ms`,
      one.name,
      other.name,
      both(({ ms }) => ms, 'ms'),
      `**${ratio(({ ms }) => ms)}**`,
      `**${ratio(({ cpuMs }) => cpuMs)}**`,
      both(({ kB }) => kB / 1024, 'MB'),
      `**${ratio(({ kB }) => kB)}**`,
    ]);
    console.log(rows.at(-1)?.join(' | '));
  }
}
const head = ['a round trip', 'this', 'beside', 'wall', 'wall, ratio', 'CPU, ratio', 'peak memory', 'memory, ratio'];
writeFigures(
  'performance.md',
  'peers',
  `${machine()}; medians of ${rounds} pairs, ${new Date().toISOString().slice(0, 10)}.\n\n${table(head, rows)}`,
);
