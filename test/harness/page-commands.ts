import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { root, type Variables } from './process.ts';
import { ids } from './setup.ts';

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page, in order. @param path - of Markdown, in the repository */
export function blocksOf(path: string): Block[] {
  return blocksIn(readFileSync(join(root, path), 'utf8'));
}

/** The sections of a page below its title, each with its blocks. */
export function sectionsOf(path: string): readonly { readonly title: string; readonly blocks: readonly Block[] }[] {
  const [, ...sections] = readFileSync(join(root, path), 'utf8').split(/^## /m);
  return sections.map((text) => ({ title: text.split('\n', 1)[0] ?? '', blocks: blocksIn(text) }));
}

function blocksIn(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }));
}

/** What a block of commands printed, and which of its commands failed, as they are written. */
export interface RanBlock {
  readonly block: Block;
  readonly output: string;
  readonly failed: readonly string[];
}

/** Runs blocks of commands one after another in one shell, as a reader does who pastes them. */
export async function runBlocks(blocks: readonly Block[], folder: string, env: Variables): Promise<RanBlock[]> {
  const file = (kind: string, index: number) => join(folder, `.${kind}-${index}`);
  const script = blocks.map(({ text }, index) => {
    writeFileSync(file('failed', index), '');
    return `trap 'printf "%s\\n" "$BASH_COMMAND" >>"${file('failed', index)}"' ERR\n{\n${text}} >"${file('output', index)}" 2>&1`;
  });
  await promisify(execFile)('bash', ['-o', 'pipefail', '-c', `${script.join('\n')}\ntrue`], { cwd: folder, env });
  return blocks.map((block, index) => ({
    block,
    output: readFileSync(file('output', index), 'utf8'),
    failed: readFileSync(file('failed', index), 'utf8').split('\n').filter(Boolean),
  }));
}

/** The commands that a block says are denied. */
export function deniedIn({ text }: Block): string[] {
  return [...text.matchAll(/^(.*\S) +# denied$/gm)].map(([, command = '']) => command);
}

/** What a page shows, where `…` stands for any text. */
export function asShown(text: string): RegExp {
  const parts = text.trim().split('…');
  return new RegExp(`^\\s*${parts.map((part) => part.replace(/[^\w\s]/g, '\\$&')).join('[\\s\\S]*?')}\\s*$`);
}

/** A command that a page shows, with its words as a shell has them. */
interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** The page and the command, to be told by. */
  readonly line: string;
}

/** What a page's commands would run, as it shows them to be typed. */
export function callsOn(page: string): Call[] {
  const blocks = blocksOf(page).flatMap(({ language, text }) =>
    language === 'sh' ? [text] : language === 'console' ? [typedIn(text)] : [],
  );
  return callsIn(page, blocks.join('\n'));
}

/** What the scripts of a page's workflows and pipelines would run. */
export function scriptCallsOn(page: string): Call[] {
  const scripts = blocksOf(page).flatMap(({ language, text }) =>
    language === 'yaml' ? scriptsWithin(parse(text)) : [],
  );
  // What the platform puts in their place before a shell sees them.
  const filled = scripts.join('\n').replace(/\$\{\{[^}]*\}\}|\$\((?:\w+\.)+\w+\)/g, 'value');
  return callsIn(page, filled);
}

/** Bash hands on each command that it does not find, and on its path there is none. */
function callsIn(page: string, text: string): Call[] {
  const script = text
    .replace(/<(?:client id|guid|tenant|object id)>/g, ids.app)
    // Of another shell.
    .replace(/ \| source$/gm, '');
  const folder = mkdtempSync(join(tmpdir(), 'calls-'));
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  // What commands read, and where they go.
  writeFileSync(join(folder, 'token.txt'), '');
  mkdirSync(join(folder, 'test', 'interop', 'vault'), { recursive: true });
  const handler = `PATH=/none; command_not_found_handle() { local IFS=$'\\x1f'; printf '%s\\x1e' "$*" >>"$CALLS"; }`;
  const args = ['--norc', '--noprofile', '-c', [handler, script, 'true'].join('\n')];
  execFileSync('/bin/bash', args, { cwd: folder, env: { CALLS: calls }, stdio: 'ignore' });
  const called = readFileSync(calls, 'utf8').split('\x1e').filter(Boolean);
  return called.map((call) => {
    const words = call.split('\x1f');
    const [program = '', ...rest] = words[0] === 'npx' && words[1] === 'fedbridge' ? words.slice(1) : words;
    return { program, args: rest, line: `${page}: ${[program, ...rest].join(' ')}` };
  });
}

const typedIn = (session: string) => (session.match(/^\$ .*$/gm) ?? []).map((line) => line.slice(2)).join('\n');

/** Steps of GitHub Actions have `run`, of Azure Pipelines `script`; jobs of GitLab have a list of lines. */
function scriptsWithin(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const lines = Array.isArray(one) ? one : [one];
    const isScript = ['run', 'script'].includes(name) && lines.every((line) => typeof line === 'string');
    return isScript ? (lines as string[]) : scriptsWithin(one);
  });
}
