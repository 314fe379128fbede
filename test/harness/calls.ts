import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { blocksIn, withoutBlocks } from './page-commands.ts';
import { root, type Variables } from './process.ts';
import { ids } from './setup.ts';

/** A command that a text shows, with its words as a shell has them. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** Whether a reader is to type it as it is: one that is only named, or shown with `…` behind it, may lack what it needs. */
  readonly isWhole: boolean;
  /** The folder that it runs in, from the root or from where a reader is. */
  readonly folder: string;
  /** Variables that its workflow or pipeline sets. */
  readonly environment: Variables;
  /** Where it is shown: a file of the repository. */
  readonly file: string;
  /** The file, its line and the command. */
  readonly line: string;
}

/** Text that a shell is to read, as it begins on a line of a file. */
interface Snippet {
  readonly text: string;
  readonly line: number;
  readonly environment?: Variables;
}

/** Languages of blocks that are no commands. */
const others: ReadonlySet<string> = new Set(['hcl', 'json', 'text', 'ts', 'yaml', '']);

/** What stands for any word of a reader's own, where a name in angle brackets does. */
export const anyWord = 'any-word';
const standIns: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['client id', 'guid', 'object id', 'tenant'].map((name) => [name, ids.app])),
  arn: `arn:aws:iam::${ids.account}:role/deploy`,
};

/**
 * Every command of a text: those of its blocks, of the scripts of its workflows and pipelines, of its lines where they are code, and those
 * that begin a line of the output that it shows.
 *
 * @param programs - whose commands those of code and of output are
 * @throws Error where a block is of a language that is not known, or a shell cannot read it
 */
export function callsOn(path: string, programs: ReadonlySet<string>): Call[] {
  const page = readFileSync(join(root, path), 'utf8');
  const [typed, shown]: [Snippet[], Snippet[]] = [[], []];
  const isCommand = (text: string) => isCommandOf(programs, text);
  for (const { language, text, line } of blocksIn(page)) {
    const lines = text.split('\n').map((one, index) => ({ text: one, line: line + index }));
    if (['sh', 'bash'].includes(language)) typed.push({ text, line });
    else if (language === 'console') typed.push(...lines.filter((one) => one.text.startsWith('$ ')).map(withoutPrompt));
    else if (language === 'powershell') typed.push(...lines.map(pipelineInShell));
    else if (!others.has(language)) throw new Error(`${path}:${line}: what is a block of ${language}?`);
    if (language === 'yaml') typed.push(...scriptsIn(text, line));
    if (['', 'console', 'text'].includes(language))
      shown.push(...lines.flatMap((one) => (isCommand(one.text.trim()) ? [{ ...one, text: one.text.trim() }] : [])));
  }
  shown.push(...codeIn(withoutBlocks(page)).filter(({ text }) => isCommand(text)));
  return [...callsIn(path, typed, true), ...callsIn(path, shown, false)];
}

/** Code in the lines of Markdown, each in one line, with its alternatives: `trust aws|entra`. */
function codeIn(text: string): Snippet[] {
  return [...text.matchAll(/(?<!`)(`+)(?!`)((?:(?!\n\s*\n)[\s\S])*?[^`])\1(?!`)/g)].flatMap(
    ({ 2: code = '', index }) => {
      const line = text.slice(0, index).split('\n').length;
      const inOneLine = code
        .replaceAll('\\|', '|')
        .replace(/\s*\n\s*/g, ' ')
        .trim();
      const [, before = '', choices = '', after = ''] = /^(.*? )(\w+(?:\|\w+)+)(.*)$/.exec(inOneLine) ?? [];
      return choices === ''
        ? [{ text: inOneLine, line }]
        : choices.split('|').map((one) => ({ text: `${before}${one}${after}`, line }));
    },
  );
}

/** The commands that a help shows: those of its examples, and of the command itself wherever a line of theirs is. */
export function examplesIn(path: string, help: string): Call[] {
  const examplesAt = help.search(/^Examples?:$/m);
  const lines = [...help.replaceAll('\\\n', '\\ ').matchAll(/^ {2}(\S.*)$/gm)].flatMap(({ 1: text = '', index }) => {
    const isExample = (examplesAt !== -1 && index > examplesAt) || text.startsWith('fedbridge ');
    return isExample ? [{ text: text.replaceAll('\\ ', ''), line: help.slice(0, index).split('\n').length }] : [];
  });
  return callsIn(
    path,
    lines.map((one) => (one.text.includes('| Out-String') ? pipelineInShell(one) : one)),
    true,
  );
}

/** Whether code is a command, rather than a name or a value: one of a program's, one for a shell, or whatever has an option. */
function isCommandOf(programs: ReadonlySet<string>, text: string): boolean {
  const [first = '', ...rest] = text.replace(/^\(cd \S+ && /, '').split(' ');
  if (rest.length === 0) return false;
  return programs.has(first) || /^[a-z][\w-]*( [\w./<>-]+)* -{1,2}[a-zA-Z][\w-]*( |$)/.test(text);
}

const withoutPrompt = ({ text, line }: Snippet) => ({ text: text.slice(2), line });

/** A pipeline of PowerShell as a call of it, and what it starts of ours as a shell has that. */
function pipelineInShell({ text, line }: Snippet): Snippet {
  const own = text.split(' | ').filter((one) => one.startsWith('fedbridge '));
  return { text: text === '' ? '' : [`pwsh -Command '${text.replaceAll("'", "'\\''")}'`, ...own].join('; '), line };
}

/** Steps of GitHub Actions have `run`, of Azure Pipelines `script` and its kin; jobs of GitLab have lists of lines. */
const scriptKeys: ReadonlySet<unknown> = new Set([
  ...['run', 'script', 'bash', 'pwsh', 'powershell', 'inlineScript', 'before_script', 'after_script'],
]);

/** @param firstLine - on which the YAML begins */
function scriptsIn(yaml: string, firstLine: number): Snippet[] {
  const scripts: Snippet[] = [];
  visit(parseDocument(yaml), {
    Pair(_key, { key, value }, path) {
      if (!isScalar(key) || !scriptKeys.has(key.value)) return;
      const maps = path.filter((one) => isMap(one)).flatMap((one) => [one.get('env'), one.get('variables')]);
      const environment: Variables = Object.assign({}, ...maps.map((one) => (isMap(one) ? one.toJSON() : {})));
      for (const item of isSeq(value) ? value.items : [value]) {
        if (!isScalar(item) || typeof item.value !== 'string' || !item.range) continue;
        const isBlock = item.type === 'BLOCK_LITERAL' || item.type === 'BLOCK_FOLDED';
        const before = yaml.slice(0, item.range[0]).split('\n').length - 1;
        // What the platform puts in their place before a shell sees them.
        const filled = item.value.replace(/\$\{\{[^}]*\}\}|\$\((?:\w+\.)+\w+\)/g, 'value');
        scripts.push({ text: filled, line: firstLine + before + (isBlock ? 1 : 0), environment });
      }
    },
  });
  return scripts;
}

/** Whatever keeps a shell from a command that it has read. */
const conditions = / \|\| (?!true$)|^\s*(?:\[|if|test|while|until|case) /m;

/** Bash hands on each command that it does not find, and on its path there is none. Lines of the script are those of the file. */
function callsIn(path: string, snippets: readonly Snippet[], isWhole: boolean): Call[] {
  if (snippets.length === 0) return [];
  const lines: string[] = [];
  const environments: Variables[] = [];
  for (const { text, line, environment = {} } of snippets)
    for (const [index, one] of `${assignments(environment)}${text}`.split('\n').entries()) {
      const before = lines[line + index];
      lines[line + index] = before ? `${before} ; ${one}` : one;
      environments[line + index] = environment;
    }
  const script = Array.from(lines, (line) => line ?? '')
    .slice(1)
    .join('\n')
    .replace(/<([a-z][a-z ]*)>/g, (_, name) => standIns[name] ?? anyWord);
  if (conditions.test(script)) throw new Error(`${path}: what only some conditions run would be passed over`);
  const folder = mkdtempSync(join(tmpdir(), 'calls-'));
  // What commands read.
  for (const [, file = ''] of script.matchAll(/(?<!<) <([\w./-]+)/g)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  const calls = join(folder, 'calls');
  mkdirSync(calls);
  const prelude = [
    'PATH=/none HERE=',
    // Each in a file of its own: those of a pipe run at once. Names are in order of time.
    `called() { printf '%s\\x1f' "$@" >>"${calls}/$EPOCHREALTIME-$BASHPID"; }`,
    // What it prints is of the reader's world.
    `command_not_found_handle() { called "\${BASH_LINENO[0]}" "$HERE" "$@"; echo ${anyWord}; }`,
    `cd() { called "\${BASH_LINENO[0]}" "$HERE" cd "$@"; HERE=$1; }`,
  ].join('; ');
  const args = ['--norc', '--noprofile', '-c', `${prelude}; ${script}\ncalled 0 "" end`];
  const env = { HOME: folder };
  try {
    execFileSync('/bin/bash', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${path}: ${(error as { stderr: string }).stderr}`);
  }
  const called = readdirSync(calls)
    .sort()
    .map((name) => readFileSync(join(calls, name), 'utf8'));
  if (called.pop()?.split('\x1f')[2] !== 'end') throw new Error(`${path}: a command ends the shell`);
  return called.flatMap((call) => {
    const [line = '', here = '', ...words] = call.split('\x1f').slice(0, -1);
    return started(words, isWhole).map((one) => ({
      ...one,
      folder: here,
      file: path,
      environment: environments[Number(line)] ?? {},
      line: `${path}:${line}: ${[one.program, ...one.args].join(' ')}`,
    }));
  });
}

/** As a shell has them, before a command of the same line. */
const assignments = (environment: Variables) =>
  Object.entries(environment)
    .map(([name, value]) => `${name}='${String(value).replaceAll("'", "'\\''")}'; `)
    .join('');

type Started = Pick<Call, 'program' | 'args' | 'isWhole'>;

/** What a command line starts: programs that run others, and what they run. */
function started(words: readonly string[], isWhole: boolean): Started[] {
  const [program = '', ...all] = words;
  // Programs of the reader's own.
  if (['', '…', anyWord].includes(program) || program.startsWith('./')) return [];
  // One after an option is its value.
  const isCut = all.at(-1) === '…' && !all.at(-2)?.startsWith('-');
  const args = isCut ? all.slice(0, -1) : all;
  const own = { program, args, isWhole: isWhole && !isCut };
  const within = (from: number) => started(args.slice(from), own.isWhole);
  if (program === 'env') return within(args.findIndex((one) => !/^\w+=/.test(one)));
  if (program === 'npx') {
    const at = args.findIndex((one) => !one.startsWith('-'));
    const [, name = '', version] = /^([\w-]+?)(?:-cli)?(@.*)?$/.exec(args[at] ?? '') ?? [];
    return [...(version ? [own] : []), ...started([name, ...args.slice(at + 1)], own.isWhole)];
  }
  if (program === 'pnpm' && args[0] === 'exec') return within(1);
  // Git runs what begins with an exclamation mark, with what it asks for behind it.
  if (program === 'git')
    return [own, ...args.flatMap((one) => (one.startsWith('!') ? started(one.slice(1).split(' '), false) : []))];
  const end = args.indexOf('--');
  return program === 'fedbridge' && end !== -1 ? [own, ...within(end + 1)] : [own];
}
