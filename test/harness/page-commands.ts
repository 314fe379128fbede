import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, type Variables } from './process.ts';

/** A fenced block of a page. */
export interface Block {
  /** Empty where the page names none. */
  readonly language: string;
  /** Without the indentation of the fence. */
  readonly text: string;
  /** The line of the page on which the text begins, from 1. */
  readonly line: number;
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

const fenced = /^( *)(`{3,})(\w*)[^`\n]*\n([\s\S]*?)^\1\2$/gm;

/** The blocks of a page's text, in order. */
export function blocksIn(page: string): Block[] {
  return [...page.matchAll(fenced)].map(({ 1: indent = '', 3: language = '', 4: text = '', index }) => ({
    language,
    text: text.replace(new RegExp(`^${indent}`, 'gm'), ''),
    line: page.slice(0, index).split('\n').length + 1,
  }));
}

/** A page's text with empty lines in the place of its blocks. */
export function withoutBlocks(page: string): string {
  return page.replace(fenced, (block) => block.replace(/[^\n]+/g, ''));
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
