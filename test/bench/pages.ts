import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../harness/process.ts';

/** Puts the figures of a run in the place that a page of docs/ has for them. */
export function writeFigures(page: string, name: string, markdown: string): void {
  const path = join(root, 'docs', page);
  const [begin, end] = [`<!-- ${name}: figures -->\n`, `<!-- ${name}: end -->\n`];
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/${page} has no place for ${name}.`);
  writeFileSync(path, `${text.slice(0, from)}${begin}\n${markdown.trim()}\n\n${text.slice(to)}`);
  console.log(markdown.trim());
}

export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'CPU'}, ${memory} GB, ${process.platform} ${process.arch}, Node ${process.version}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
