import { execFile, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../../packages/cli/src/cli.ts';
import { Terminal } from '../../packages/cli/src/terminal.ts';
import { runCommand } from '../harness/cli.ts';
import { hasAwsCli, realAz, startCloudTools } from '../harness/cloud-tools.ts';
import { callsOn } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';
import { stillSystem } from '../harness/still-system.ts';

/** Pages whose commands are run one after another by tests of their own. */
const runElsewhere = /^docs\/(start\/.*|recipes|troubleshooting)\.md$/;
const pages = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*/README.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((page) => !runElsewhere.test(page))
  .sort();

type Command = Awaited<ReturnType<typeof commandTree>>;

const calls = pages.flatMap((page) => callsOn(page));
const callsOf = (...names: readonly string[]) => calls.filter(({ program }) => names.includes(program));

it('commands of the pages are of programs that are known here', () => {
  const parsed = ['fedbridge', 'az', 'aws', 'helm', 'npx', 'npm'];
  // Of these nothing is here that could read them: Vault's are what test/interop/vault.test.ts sets up, the others have no options of note.
  const others = ['docker', 'git', 'go', 'vault'];
  expect(calls.length).toBeGreaterThan(60);
  expect([...new Set(calls.map(({ program }) => program))].sort()).toEqual([...parsed, ...others].sort());
});

describe('fedbridge', async () => {
  const tree = await commandTree(new Terminal(process), stillSystem({ environment: {}, now: () => 0 }));
  const ours = callsOf('fedbridge');

  it.each(ours)('knows: $line', ({ args }) => expect(unknownIn(tree, args)).toEqual([]));

  const writes = ours.filter(
    ({ args }) => /^trust (aws|entra) /.test(args.join(' ')) && !/--from-/.test(args.join(' ')),
  );
  it.each(writes)('writes: $line', async ({ args }) => {
    const { exitCode, stderr } = await runCommand(args, {}, tmpdir());
    // What is said of a document that is written: that it is wide.
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^(WIDER .*\n)?$/) });
  });
});

describe.skipIf(realAz === '')('the Azure CLI (skipped: no "az" on the path)', () => {
  // "az devops" is of an extension, which is not installed with it.
  const core = callsOf('az').filter(({ args }) => args[0] !== 'devops');

  // Of a command line that it does not know az says so before it looks for a sign-in, with exit code 2.
  it.each(core)('knows: $line', { timeout: 60_000 }, ({ args }) => {
    const home = mkdtempSync(join(tmpdir(), 'az-'));
    const env = { PATH: process.env.PATH, HOME: home, AZURE_CONFIG_DIR: home };
    const { status, stderr } = spawnSync(realAz, [...args, '--only-show-errors'], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('az login') });
  });
});

describe.skipIf(!hasAwsCli)('the AWS CLI (skipped: no "aws" on the path)', () => {
  it.each(callsOf('aws'))('knows: $line', { timeout: 60_000 }, async ({ args }) => {
    const folder = mkdtempSync(join(tmpdir(), 'aws-'));
    await using tools = await startCloudTools(folder);
    const { AWS_ENDPOINT_URL_IAM: url = '' } = tools.environment;
    const command = `aws "$@" --endpoint-url '${url}'`;
    const said = await new Promise<string>((resolve) =>
      execFile('bash', ['-c', command, 'aws', ...args], { env: tools.environment }, (_error, _stdout, stderr) =>
        resolve(stderr),
      ),
    );
    // It is asked, and denied.
    expect(said).toMatch(/\(AccessDenied\)|\(403\)/);
  });
});

const hasHelm = spawnSync('helm', ['version']).status === 0;
describe.skipIf(!hasHelm)('helm (skipped: no "helm" on the path)', () => {
  const whole = callsOf('helm').filter(({ args }) => !args.includes('…'));
  it.each(whole)('renders: $line', ({ args: [, ...args] }) => {
    const given = args.map((arg) => (arg.endsWith('=') ? `${arg}${ids.app}` : arg));
    const rendered = spawnSync('helm', ['template', ...given, '--kube-version', '1.33.0'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status: rendered.status, stderr: rendered.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('npm', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

  it.each(callsOf('npx'))('runs what there is: $line', ({ args }) => {
    const [program = '', ...rest] = args.filter((arg) => arg !== '-y');
    if (program.startsWith('pnpm@')) expect([...Object.keys(scripts), 'install', 'exec']).toContain(rest[0]);
    else expect(existsSync(join(root, rest.at(-1) ?? ''))).toBe(true);
  });

  it.each(callsOf('npm'))('installs what is published: $line', ({ args }) => {
    const manifests = globSync('packages/*/package.json', { cwd: root });
    const published = manifests.map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')));
    const names = published.flatMap((one: { name: string; private?: boolean }) => (one.private ? [] : [one.name]));
    expect(names).toContain(args.at(-1));
  });
});

/** Options and commands of a line that the tree does not have, and those that it asks for and the line has not. */
function unknownIn(tree: Command, args: readonly string[]): string[] {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  let command = tree;
  let isNamed = true;
  const seen = new Set<string>();
  const unknown: string[] = [];
  for (let at = 0; at < own.length; at += 1) {
    const word = own[at] ?? '';
    if (word.length > 1 && word.startsWith('-')) {
      isNamed = false;
      const name = word.split('=')[0] ?? '';
      const option = command.options.find(({ long, short }) => long === name || short === name);
      if (!option) unknown.push(word);
      else {
        seen.add(option.attributeName());
        if (option.required && !word.includes('=')) at += 1;
      }
      continue;
    }
    const child = isNamed ? command.commands.find((one) => one.name() === word) : undefined;
    if (child) command = child;
    else if (command.registeredArguments.length === 0) unknown.push(word);
    else isNamed = false;
  }
  const missing = command.options.filter((option) => option.mandatory && !seen.has(option.attributeName()));
  const needsCommand =
    command.commands.length > 0 && command !== tree.commands.find((one) => one.name() === 'emulator');
  return [
    ...unknown,
    ...missing.map(({ flags }) => flags),
    ...(needsCommand ? [`a command of ${command.name()}`] : []),
  ];
}
