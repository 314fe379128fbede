import { execFile, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { unknownToAws } from './aws-options.ts';
import { anyWord, type Call } from './calls.ts';
import { hasHelm, required } from './chart.ts';
import { hasAwsCli, realAz, startCloudTools } from './cloud-tools.ts';
import { commandLineProblem } from './command-line-problem.ts';
import { root } from './process.ts';
import { pythonHas } from './python.ts';
import { ids } from './setup.ts';

/** Has commands of one program read by that program. */
interface Reader {
  readonly program: string;
  /** What must be on this machine, where that is not Node alone. */
  readonly needs: string | undefined;
  readonly isThere: boolean;
  takes(call: Call): boolean;
  /** @returns what the program says is wrong, if anything is */
  problem(call: Call): Promise<string | undefined> | string | undefined;
}

const isComplete = ({ isWhole, args }: Call) => isWhole && !args.some((arg) => arg.includes('…'));
const isPartial = (call: Call) => !isComplete(call);

/** @param calls - all that there are, for a program that reads them at once */
export function readersOf(calls: readonly Call[]): Reader[] {
  return [
    reader('fedbridge', { problem: commandLineProblem }),
    reader('az', { needs: 'az', isThere: realAz !== '', takes: isComplete, problem: azProblem }),
    reader('az', {
      needs: 'az',
      isThere: realAz !== '',
      takes: isPartial,
      problem: byHelp(realAz, wordsAnd('--help')),
    }),
    reader('aws', { needs: 'aws', isThere: hasAwsCli, takes: isComplete, problem: awsProblem }),
    reader('aws', {
      needs: 'awscli for Python',
      isThere: pythonHas('awscli'),
      takes: isPartial,
      problem: byModels(calls.filter((call) => call.program === 'aws' && isPartial(call))),
    }),
    reader('helm', { needs: 'helm', isThere: hasHelm, takes: isComplete, problem: helmProblem }),
    reader('helm', { needs: 'helm', isThere: hasHelm, takes: isPartial, problem: byHelp('helm', firstAnd('--help')) }),
    reader('npx', { problem: npxProblem }),
    reader('npm', { problem: npmProblem }),
    reader('pnpm', { problem: pnpmProblem }),
    reader('node', { problem: nodeProblem }),
    reader('vitest', { problem: vitestProblem }),
    reader('changeset', { problem: byHelp(ofRepository('changeset'), () => ['--help']) }),
    reader('tfx', { problem: tfxProblem }),
    reader('cd', { problem: ({ args: [folder = ''] }) => missing(folder) }),
    reader('curl', { ...installed('curl', '--version'), problem: byHelp('curl', () => ['--help', 'all']) }),
    reader('docker', { ...installed('docker', '--version'), problem: byHelp('docker', firstAnd('--help')) }),
    reader('gcloud', { ...installed('gcloud', '--version'), problem: byHelp('gcloud', wordsAnd('--help')) }),
    reader('git', { ...installed('git', '--version'), problem: byHelp('git', firstAnd('-h')) }),
    reader('go', { ...installed('go', 'version'), problem: byHelp('go', ([first = '']) => ['help', first]) }),
    reader('jq', { ...installed('jq', '--version'), problem: jqProblem }),
    reader('kubectl', { ...installed('kubectl', 'version', '--client'), problem: kubectlProblem }),
    reader('terraform', { ...installed('terraform', 'version'), problem: byHelp('terraform', firstAnd('-help')) }),
  ];
}

type Reading = Pick<Reader, 'problem'> & Partial<Reader>;

function reader(program: string, { takes = () => true, needs, isThere = true, problem }: Reading): Reader {
  return { program, needs, isThere, takes: (call) => call.program === program && takes(call), problem };
}

function installed(needs: string, ...args: readonly string[]) {
  return { needs, isThere: spawnSync(needs, args, { env: bare }).status === 0 };
}

const home = mkdtempSync(join(tmpdir(), 'home-'));

/** Nothing of whoever runs this, and of what was run before only what az writes down of its own commands. */
const bare = {
  PATH: process.env.PATH,
  HOME: home,
  AZURE_CONFIG_DIR: home,
  CLOUDSDK_CONFIG: home,
  TF_CLI_CONFIG_FILE: '/dev/null',
  CHECKPOINT_DISABLE: '1',
};

const ofRepository = (name: string) => join(root, 'node_modules', '.bin', name);

/** How the help of a command is asked for. @param words - the command's */
type HelpArguments = (words: readonly string[]) => readonly string[];

const wordsAnd =
  (...asks: readonly string[]): HelpArguments =>
  (words) => [...words, ...asks];
const firstAnd =
  (ask: string): HelpArguments =>
  ([first = '']) => [first, ask];

/** For what would do what it is told: its help has the command, and its options. */
function byHelp(program: string, helpArguments: HelpArguments) {
  return ({ args }: Pick<Call, 'args'>): string | undefined => {
    const end = args.findIndex((arg) => !/^[a-z][a-z-]*$/.test(arg) || arg === anyWord);
    const words = args.slice(0, end === -1 ? undefined : end);
    const { status, stdout, stderr } = helpOf(program, helpArguments(words));
    const help = stripVTControlCharacters(`${stdout}${stderr}`).replaceAll('--[no-]', '--');
    const [command = ''] = words;
    // Git ends with 129 where it only says how it is used.
    if (![0, 129].includes(status ?? -1) || !new RegExp(`(?<![\\w-])${command}(?![\\w-])`).test(usageIn(help)))
      return `there is no "${words.join(' ')}": ${help.slice(0, 300)}`;
    const unknown = optionsIn(args).filter((option) => !new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(help));
    return unknown.length === 0 ? undefined : `there is no ${unknown.join(', ')}`;
  };
}

const helps = new Map<string, SpawnSyncReturns<string>>();

/** Of each command once: some take seconds to tell. */
function helpOf(program: string, args: readonly string[]): SpawnSyncReturns<string> {
  const name = [program, ...args].join(' ');
  const help = helps.get(name) ?? spawnSync(program, args, { env: bare, encoding: 'utf8' });
  helps.set(name, help);
  return help;
}

/** The part of a help that says which command it is about. */
const usageIn = (help: string) => /^\s*(?:usage:?|NAME|Command|Group|Syntax:)\s.*(?:\n.*){0,2}/im.exec(help)?.[0] ?? '';

const optionsIn = (args: readonly string[]) =>
  args.flatMap((arg) => (/^--?[a-zA-Z]/.test(arg) ? [arg.split('=')[0] ?? ''] : []));

/** Of a command line that it does not know az says so before it looks for a sign-in or for Docker. */
function azProblem({ args }: Call): string | undefined {
  const { stderr } = spawnSync(realAz, [...args, '--only-show-errors'], { env: bare, encoding: 'utf8' });
  return /az login|DOCKER_COMMAND_ERROR/.test(stderr) ? undefined : stderr;
}

/** It asks, and is denied or answered. */
async function awsProblem({ args }: Call): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'aws-'));
  for (const name of ['public', 'site']) mkdirSync(join(folder, name));
  const profile = join(folder, 'credentials');
  writeFileSync(profile, '[production]\naws_access_key_id = AKIAEXAMPLEEXAMPLE\naws_secret_access_key = secret\n');
  await using tools = await startCloudTools(folder);
  const { AWS_ENDPOINT_URL_IAM: url = '', ...environment } = tools.environment;
  const env = { ...environment, AWS_ENDPOINT_URL: url, AWS_SHARED_CREDENTIALS_FILE: profile };
  return await new Promise((resolve) =>
    execFile('aws', args, { env, cwd: folder }, (error, _stdout, stderr) => {
      const isDenied = /An error occurred \(.*\) when calling the \w+ operation/.test(stderr);
      resolve(error === null || isDenied ? undefined : stderr);
    }),
  );
}

function byModels(calls: readonly Call[]) {
  let unknown: ReadonlyMap<Call, string[]> | undefined;
  return (call: Call) => {
    unknown ??= new Map(
      unknownToAws(calls.map(({ args }) => args)).map((words, index) => [calls[index] as Call, words]),
    );
    const words = unknown.get(call) ?? [];
    return words.length === 0 ? undefined : `there is no ${words.join(', ')}`;
  };
}

/** A server that there is not. */
const nowhere = 'http://127.0.0.1:1';

/** The repository's chart is rendered. Of an option that it does not know helm says so before it looks for a cluster or a repository. */
function helmProblem({ args }: Call): string | undefined {
  if (args.includes('deploy/helm/fedbridge-agent')) return renderingProblem(args);
  const { status, stderr } = spawnSync('helm', args, {
    env: { ...bare, HELM_KUBEAPISERVER: nowhere },
    encoding: 'utf8',
  });
  const isRead = status === 1 && /cluster unreachable|cannot be reached|repo \w+ not found/.test(stderr);
  return isRead ? undefined : stderr;
}

function renderingProblem([command = '', ...args]: readonly string[]): string | undefined {
  if (!['install', 'upgrade'].includes(command)) return `"${command}" takes no chart`;
  const given = args.map((arg) => arg.replace(anyWord, ids.app));
  // What "agent setup" would have written, where the page names a file of values.
  const cwd = mkdtempSync(join(tmpdir(), 'helm-'));
  symlinkSync(join(root, 'deploy'), join(cwd, 'deploy'));
  for (const [at, arg] of given.entries())
    if (arg === '--values') writeFileSync(join(cwd, given[at + 1] ?? ''), JSON.stringify(required));
  const rendering = ['template', ...given, '--kube-version', '1.33.0'];
  const { status, stderr } = spawnSync('helm', rendering, { env: bare, cwd, encoding: 'utf8' });
  return status === 0 && stderr === '' ? undefined : stderr;
}

/** Of a command or an option that it does not know kubectl says so before it looks for a cluster. */
function kubectlProblem({ args }: Call): string | undefined {
  const { stderr } = spawnSync('kubectl', ['--server', nowhere, ...args], { env: bare, encoding: 'utf8' });
  return /was refused|connection refused/.test(stderr) ? undefined : stderr;
}

const manifest = (folder: string) => {
  const file = join(root, folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { scripts: {} };
};

/** The one version of pnpm is that of the repository. */
function npxProblem({ args }: Call): string | undefined {
  const { packageManager } = manifest('.');
  return args.includes(packageManager) ? undefined : `it is ${packageManager} here`;
}

/** What stands behind a script goes to its last program. */
function pnpmProblem(call: Call): string | undefined {
  const [script = '', ...args] = call.args;
  const { scripts } = manifest('.');
  if (![...Object.keys(scripts), 'install', anyWord].includes(script)) return `there is no script "${script}"`;
  const [program, file = ''] = (scripts[script] ?? '').split('&& ').at(-1).split(' ');
  if (program === 'vitest') return vitestProblem({ ...call, args: ['run', ...args] });
  const source = program === 'node' ? readFileSync(join(root, file), 'utf8') : '';
  const [option] = optionsIn(args).filter((one) => !source.includes(`${one.replace(/^--/, '')}: { type: `));
  return option && `${option} is not known to be of "${script}"`;
}

function npmProblem({ args, file }: Call): string | undefined {
  const [command, name] = args.filter((arg) => !arg.startsWith('-'));
  const { scripts, private: isPrivate } = manifest(dirname(file));
  if (command === 'run' && !(name && scripts[name])) return `there is no script "${name}"`;
  if (command === 'install' && name === undefined && !isPrivate) return 'there is nothing to install';
  if (command === 'install' && name && !publishedNames().includes(name)) return `"${name}" is not published`;
  return byHelp('npm', firstAnd('--help'))({ args });
}

function publishedNames(): string[] {
  const manifests = globSync('packages/*/package.json', { cwd: root }).map((file) => manifest(dirname(file)));
  return manifests.flatMap(({ name, private: isPrivate }) => (isPrivate ? [] : [name]));
}

/** Asked for its version behind them, it reads its options and runs nothing. */
function nodeProblem({ args, folder }: Call): string | undefined {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  const isScript = at !== -1 && !/^-[ep]/.test(args[at - 1] ?? '');
  const own = isScript ? args.slice(0, at) : args;
  const { status, stderr } = spawnSync(process.execPath, [...own, '--version'], { encoding: 'utf8' });
  if (status !== 0) return stderr;
  return isScript ? missing(join(folder, args[at] ?? '')) : undefined;
}

function vitestProblem({ args }: Call): string | undefined {
  const paths = args.filter((arg) => arg.includes('/'));
  return byHelp(ofRepository('vitest'), firstAnd('--help'))({ args }) ?? paths.map(missing).find(Boolean);
}

/** Asked for the help of a command that signs in, it would sign in first: what there is its group says without. */
function tfxProblem({ args }: Call): string | undefined {
  const [tfx, [group = '', command = '']] = [ofRepository('tfx'), args];
  const { stdout } = helpOf(tfx, [group, '--help', '--no-color']);
  if (!stdout.includes(` - ${command}: `)) return `there is no "${group} ${command}"`;
  return optionsIn(args).length === 0 ? undefined : byHelp(tfx, wordsAnd('--help', '--no-color'))({ args });
}

const missing = (path: string) => (existsSync(join(root, path)) ? undefined : `there is no ${path}`);

/** Its own exit codes for a command line and a program that it cannot read are 2 and 3. */
function jqProblem({ args }: Call): string | undefined {
  const { status, stderr } = spawnSync('jq', args, { input: 'null', env: bare, encoding: 'utf8' });
  return status === 2 || status === 3 ? stderr : undefined;
}
