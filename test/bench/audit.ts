/**
 * An audit of a large account: CPU and peak memory of the command from its start to its end, beside what Node needs to parse the same file
 * and nothing else, in the same rounds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliScript } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';
import { accountId, accountOf, accountOfRepositories } from './accounts.ts';
import { machine, median, table, writeFigures } from './pages.ts';

const rounds = 5;

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const usageFile = join(scratch, 'usage.json');
const environment = {
  ...machineEnvironment(scratch),
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'usage.mjs')}`,
  USAGE_FILE: usageFile,
};

const sizes = [
  { roles: 1_000, title: 'roles', account: accountOf },
  { roles: 10_000, title: 'roles', account: accountOf },
  ...[
    { title: 'roles, each of another repository, by name', withIds: false },
    { title: 'roles, each of another repository, by name and by ids', withIds: true },
  ].map(({ title, withIds }) => ({
    ...{ roles: 10_000, title },
    account: (roles: number) => accountOfRepositories(roles, withIds),
  })),
].map(({ roles, title, account }, index) => {
  const file = join(scratch, `${index}.json`);
  // As the AWS CLI prints it.
  writeFileSync(file, JSON.stringify(account(roles), null, 4));
  return { roles, title, file, audits: [] as Cost[], parses: [] as Cost[] };
});
const audit = [cliScript, 'trust', 'audit', '--json', '--mine', 'github:octo', '--mine', `account:${accountId}`];
for (let round = 0; round < rounds; round += 1) {
  for (const { file, audits, parses } of sizes) {
    audits.push(cost([...audit, file], [0, 3]));
    parses.push(cost(['--eval', `JSON.parse(require("fs").readFileSync(${JSON.stringify(file)}, "utf8"))`], [0]));
  }
}

const rows = sizes.map(({ roles, title, file, audits, parses }) => {
  const at = (of: keyof Cost, all: readonly Cost[]) => median(all.map((one) => one[of]));
  const cpu = at('cpuMs', audits);
  return [
    `${roles} ${title}, ${(statSync(file).size / 1e6).toFixed(0)} MB`,
    `${(cpu / 1000).toFixed(1)} s`,
    `${(cpu / roles).toFixed(2)} ms`,
    `${(cpu / at('cpuMs', parses)).toFixed(1)} ×`,
    `${Math.round(at('kB', audits) / 1000)} MB`,
  ];
});
const head = ['', 'CPU', 'for one role', 'as much as `JSON.parse` alone', 'peak memory'];
writeFigures('performance.md', 'audit', `${machine()}\n\n${table(head, rows)}`);

interface Cost {
  readonly cpuMs: number;
  readonly kB: number;
}

/** @param allowed - exit codes: of an audit 3 where it found something, 0 where not */
function cost(args: readonly string[], allowed: readonly (number | null)[]): Cost {
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (!allowed.includes(status)) throw new Error(stderr);
  return JSON.parse(readFileSync(usageFile, 'utf8')) as Cost;
}
