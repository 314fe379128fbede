import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, type Variables } from './process.ts';

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page, in order. @param path - of Markdown, in the repository */
export function blocksOf(path: string): Block[] {
  const page = readFileSync(join(root, path), 'utf8');
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
