import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mostOpenFiles } from './open-files.ts';

const limits = (line: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'limits-')), 'limits');
  writeFileSync(path, `Limit                     Soft Limit           Hard Limit           Units\n${line}\n`);
  return mostOpenFiles(path);
};

it.each([
  ['Max open files            1024                 524288               files', 1024],
  ['Max open files            unlimited            unlimited            files', Number.POSITIVE_INFINITY],
  ['Max processes             7                    9                    processes', Number.POSITIVE_INFINITY],
])('is the soft limit, where the system tells one: %s', (line, most) => expect(limits(line)).toBe(most));

it('has no bound where nothing tells of one', () => expect(mostOpenFiles('/nowhere')).toBe(Number.POSITIVE_INFINITY));

it.runIf(existsSync('/proc/self/limits'))(
  'is what a shell says that this process started, which has the same hard limit',
  () => {
    const soft = execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    // Node raises its own soft limit to the hard one when it starts.
    expect(mostOpenFiles()).toBeGreaterThanOrEqual(soft === 'unlimited' ? 0 : Number(soft));
  },
);
