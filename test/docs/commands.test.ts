import { execFile, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../../packages/cli/src/cli.ts';
import { Terminal } from '../../packages/cli/src/terminal.ts';
import { hasHelm, required } from '../harness/chart.ts';
import { runCommand } from '../harness/cli.ts';
import { hasAwsCli, realAz, startCloudTools } from '../harness/cloud-tools.ts';
import { callsOn, scriptCallsOn } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';
import { stillSystem } from '../harness/still-system.ts';

/** A server that there is not. */
const nowhere = 'http://127.0.0.1:1';
/** Pages whose commands are run one after another by tests of their own. */
const runElsewhere = /^docs\/(start\/.*|recipes|troubleshooting)\.md$/;
const pages = globSync(['*.md', 'site/*.md', 'docs/**/*.md', '{packages,examples}/*/README.md', 'tasks/overview.md'], {
  cwd: root,
}).sort();

type Command = Awaited<ReturnType<typeof commandTree>>;

const typed = pages.filter((page) => !runElsewhere.test(page)).flatMap((page) => callsOn(page));
const calls = [...typed, ...pages.flatMap((page) => scriptCallsOn(page))];
/** Each once: a page that shows it again adds nothing. */
const callsOf = (name: string) => [
  ...new Map(calls.flatMap((one) => (one.program === name ? [[one.args.join(' '), one] as const] : []))).values(),
];

it('commands of the pages are of programs that are known here', () => {
  const parsed = ['fedbridge', 'az', 'aws', 'helm', 'kubectl', 'npx', 'npm', 'terraform'];
  // These would do what they are told: what Vault is told is what test/interop/vault.test.ts sets up.
  const others = ['cat', 'chmod', 'curl', 'docker', 'gcloud', 'gh', 'git', 'go', 'jq', 'mkdir', 'vault'];
  expect(calls.length).toBeGreaterThan(100);
  expect([...new Set(calls.map(({ program }) => program))].sort()).toEqual([...parsed, ...others].sort());
});

describe('fedbridge', async () => {
  const tree = await commandTree(new Terminal(process), stillSystem({ environment: {}, now: () => 0 }));
  const ours = callsOf('fedbridge');

  it.each(ours)('knows: $line', ({ args }) => expect(unknownIn(tree, args)).toEqual([]));

  const writes = ours.filter(
    ({ args }) => /^trust (aws|entra) /.test(args.join(' ')) && !/--from-|--beside/.test(args.join(' ')),
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

  // Of a command line that it does not know az says so before it looks for a sign-in or for Docker, with exit code 2.
  it.each(core)('knows: $line', ({ args }) => {
    const home = mkdtempSync(join(tmpdir(), 'az-'));
    const env = { PATH: process.env.PATH, HOME: home, AZURE_CONFIG_DIR: home };
    const { status, stderr } = spawnSync(realAz, [...args, '--only-show-errors'], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/az login|DOCKER_COMMAND_ERROR/) });
  });
});

describe.skipIf(!hasAwsCli)('the AWS CLI (skipped: no "aws" on the path)', () => {
  it.each(callsOf('aws'))('knows: $line', async ({ args }) => {
    const folder = mkdtempSync(join(tmpdir(), 'aws-'));
    mkdirSync(join(folder, 'public'));
    const profile = join(folder, 'credentials');
    writeFileSync(profile, '[production]\naws_access_key_id = AKIAEXAMPLEEXAMPLE\naws_secret_access_key = secret\n');
    await using tools = await startCloudTools(folder);
    const { AWS_ENDPOINT_URL_IAM: url = '', ...environment } = tools.environment;
    const env = { ...environment, AWS_ENDPOINT_URL: url, AWS_SHARED_CREDENTIALS_FILE: profile };
    const said = await new Promise<string>((resolve) =>
      execFile('aws', args, { env, cwd: folder }, (_error, stdout, stderr) => resolve(stdout + stderr)),
    );
    // It asks, and is denied; of an empty folder there is nothing to ask.
    if (!args.includes('sync')) expect(said).toMatch(/An error occurred \(.*\) when calling the \w+ operation/);
    expect(said).not.toMatch(/usage:|Unknown options|Parameter validation failed/);
  });
});

const terraform = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
const hasTerraform = spawnSync('terraform', ['version'], { env: terraform }).status === 0;
describe.skipIf(!hasTerraform)('Terraform (skipped: no "terraform" on the path)', () => {
  it.each(callsOf('terraform'))('knows: $line', ({ args: [command = '', ...options] }) => {
    const { status, stdout } = spawnSync('terraform', [command, '-help'], { env: terraform, encoding: 'utf8' });
    expect(status).toBe(0);
    for (const option of options) expect(stdout).toContain(option.split('=')[0]);
  });
});

describe.skipIf(!hasHelm)('helm (skipped: no "helm" on the path)', () => {
  const whole = callsOf('helm').filter(({ args }) => !args.includes('…'));
  const ofTheChart = ({ args }: (typeof whole)[number]) => args.includes('deploy/helm/fedbridge-agent');

  it.each(whole.filter(ofTheChart))('renders: $line', ({ args: [command, ...args] }) => {
    expect(['install', 'upgrade']).toContain(command);
    const given = args.map((arg) => (arg.endsWith('=') ? `${arg}${ids.app}` : arg));
    // What "agent setup" would have written, where the page names a file of values.
    const folder = mkdtempSync(join(tmpdir(), 'helm-'));
    symlinkSync(join(root, 'deploy'), join(folder, 'deploy'));
    for (const [at, arg] of given.entries())
      if (arg === '--values') writeFileSync(join(folder, given[at + 1] ?? ''), JSON.stringify(required));
    const rendered = spawnSync('helm', ['template', ...given, '--kube-version', '1.33.0'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status: rendered.status, stderr: rendered.stderr }).toEqual({ status: 0, stderr: '' });
  });

  // Of an option that it does not know helm says so before it looks for a cluster or a repository.
  it.each(whole.filter((one) => !ofTheChart(one)))('knows: $line', ({ args }) => {
    const env = { PATH: process.env.PATH, HOME: mkdtempSync(join(tmpdir(), 'helm-')), HELM_KUBEAPISERVER: nowhere };
    const { status, stderr } = spawnSync('helm', args, { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/cluster unreachable|cannot be reached|repo \w+ not found/),
    });
  });
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
describe.skipIf(!hasKubectl)('kubectl (skipped: no "kubectl" on the path)', () => {
  // Of a command or an option that it does not know kubectl says so before it looks for a cluster.
  it.each(callsOf('kubectl'))('knows: $line', ({ args }) => {
    const env = { PATH: process.env.PATH, HOME: mkdtempSync(join(tmpdir(), 'kubectl-')) };
    const { status, stderr } = spawnSync('kubectl', ['--server', nowhere, ...args], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/was refused|connection refused/) });
  });
});

describe('npm', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

  it.each(callsOf('npx'))('runs what there is: $line', ({ args }) => {
    const [program = '', ...rest] = args.filter((arg) => arg !== '-y');
    if (program.startsWith('pnpm@')) expect([...Object.keys(scripts), 'install', 'exec']).toContain(rest[0]);
    else if (program === 'tfx-cli') expect(optionsOfTfx(rest)).toEqual(expect.arrayContaining(optionsIn(rest)));
    else expect(existsSync(join(root, rest.at(-1) ?? ''))).toBe(true);
  });

  const installs = callsOf('npm').filter(({ args }) => args[0] === 'install');
  it.each(installs)('installs what is published: $line', ({ args }) => {
    const manifests = globSync('packages/*/package.json', { cwd: root });
    const published = manifests.map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')));
    const names = published.flatMap((one: { name: string; private?: boolean }) => (one.private ? [] : [one.name]));
    expect(names).toContain(args.at(-1));
  });
});

const optionsIn = (words: readonly string[]) => words.filter((word) => word.startsWith('--'));

function optionsOfTfx(words: readonly string[]): string[] {
  const command = words.slice(0, words.indexOf(optionsIn(words)[0] ?? ''));
  const tfx = join(root, 'node_modules', '.bin', 'tfx');
  const { stdout } = spawnSync(tfx, [...command, '--help', '--no-color'], { encoding: 'utf8' });
  return stdout.match(/--[\w-]+/g) ?? [];
}

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
        const mayFollow = option.required || (option.optional && !own[at + 1]?.startsWith('-'));
        if (mayFollow && !word.includes('=')) at += 1;
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
