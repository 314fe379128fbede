import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { cliScript } from '../harness/cli.ts';
import { allPorts, emulatorFolder, startEmulatorCommand } from '../harness/emulator-command.ts';
import { machineEnvironment, root } from '../harness/process.ts';

const page = readFileSync(join(root, 'docs', 'emulator.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
const [quickStart = [], asJob = [], forShells = []] = blocks('sh').map((text) => text.trim().split('\n'));
const installs = 'npm install --global fedbridge';

/** Runs a line as a shell does that has the command. @returns its exit code */
async function exitCodeOf(line: string, folder: string, environment: Readonly<Record<string, string>> = {}) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'fedbridge'), `#!/bin/sh\nexec '${process.execPath}' '${cliScript}' "$@"\n`);
  chmodSync(join(bin, 'fedbridge'), 0o755);
  const { PATH = '', ...machine } = machineEnvironment(folder);
  const env = { ...machine, ...environment, PATH: `${bin}:${PATH}` };
  const ran = promisify(execFile)('bash', ['-c', line], { cwd: folder, env });
  return ran.then(
    () => 0,
    ({ code }: { code: number }) => code,
  );
}

it('leads from zero to a first exchange, a denial and no further in at most six commands', async () => {
  expect(quickStart.length).toBeLessThanOrEqual(6);
  expect(quickStart[0]).toBe(installs);
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  for (const line of quickStart.slice(1))
    expect(await exitCodeOf(line, folder), line).toBe(line.endsWith('# denied') ? 1 : 0);
  for (const line of asJob) expect(await exitCodeOf(line, folder), line).toBe(0);
});

it('has a configuration that works, with the policy in a file of its own', async () => {
  const folder = await emulatorFolder();
  const { accounts } = parse(readFileSync(join(folder, 'emulator.yaml'), 'utf8'));
  writeFileSync(join(folder, 'trust-policy.json'), JSON.stringify(accounts[0].roles[0].trustPolicy));
  const [config = '', workflow = ''] = blocks('yaml');
  writeFileSync(join(folder, 'emulator.yaml'), config);
  const { env } = parse(workflow).jobs.trust;
  expect(await exitCodeOf('fedbridge emulator run --job main -- $ASSUME', folder, env)).toBe(0);
  expect(await exitCodeOf('fedbridge emulator run --job production -- $ASSUME', folder, env)).toBe(1);
});

it('has a workflow that tests trust', async () => {
  const folder = await emulatorFolder();
  const { steps, env } = parse(blocks('yaml')[1] ?? '').jobs.trust as {
    readonly steps: readonly { readonly run?: string }[];
    readonly env: Record<string, string>;
  };
  const runs = steps.flatMap(({ run }) => (run === undefined || run === installs ? [] : [run]));
  expect(runs).toHaveLength(2);
  for (const line of runs) expect(await exitCodeOf(line, folder, env), line).toBe(0);
});

it('gives a shell the variables of a job', async () => {
  const folder = await emulatorFolder(await allPorts());
  await using _running = await startEmulatorCommand(folder);
  expect(await exitCodeOf(`${forShells[0]} && test "$GITHUB_REPOSITORY" = octo/app`, folder)).toBe(0);
  // A stand-in for fish, which not every machine has.
  const line = forShells[1]?.replace('| source', "| grep -q '^set -gx GITHUB_REPOSITORY'") ?? 'false';
  expect(await exitCodeOf(line, folder)).toBe(0);
});

const engine = spawnSync('docker', ['info']).status === 0;
it.skipIf(!engine)('has an image that is built where there is an engine', () => {
  const args = ['build', '--quiet', '--file', 'deploy/emulator/Dockerfile', '.'];
  const { status, stderr } = spawnSync('docker', args, { cwd: root, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('has files for containers, with ports on loopback alone', async () => {
  const file = (name: string) => readFileSync(join(root, 'deploy', 'emulator', name), 'utf8');
  const { services } = parse(file('compose.yaml'));
  const { properties } = JSON.parse(readFileSync(join(root, 'docs', 'emulator.schema.json'), 'utf8'));
  const last = 4799 + Object.keys(properties.ports.properties).length;
  expect(services.emulator.ports).toEqual([`127.0.0.1:4800-${last}:4800-${last}`]);
  expect(services.job).toMatchObject({ network_mode: 'service:emulator' });
  expect(services.job).not.toHaveProperty('ports');
  const dockerfile = file('Dockerfile');
  for (const [, from = ''] of dockerfile.matchAll(/^COPY (?!--)(\S+) /gm))
    expect(existsSync(join(root, from))).toBe(true);
  const words = (name: string) => JSON.parse(new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? '');
  expect(words('ENTRYPOINT')).toEqual(['node', '/opt/fedbridge/index.js', 'emulator']);
  const folder = await emulatorFolder(await allPorts());
  await using running = await startEmulatorCommand(folder, words('CMD'));
  expect((await fetch(new URL('/status', running.urls.Page))).status).toBe(200);
  const { forwardPorts, postStartCommand } = JSON.parse(file('devcontainer.json'));
  expect(forwardPorts).toEqual([4800]);
  expect(postStartCommand).toContain('fedbridge emulator --config emulator.yaml');
});
