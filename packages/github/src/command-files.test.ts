import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realSystem } from '@fedbridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendToCommandFiles, checkCommandFiles, commandFileEntry } from './command-files.ts';

/** The files of a step, as the runner makes them. */
function runner(before = '') {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  const paths = { GITHUB_ENV: join(folder, 'env'), GITHUB_OUTPUT: join(folder, 'output') };
  for (const path of Object.values(paths)) writeFileSync(path, before);
  const read = () => Object.values(paths).map((path) => readFileSync(path, 'utf8'));
  return { folder, paths, read, system: realSystem(paths) };
}

/** Reads entries as the runner does. Source: actions/runner, `FileCommandManager.cs`. */
function entries(text: string): [string, string][] {
  const lines = text.split('\n');
  const found: [string, string][] = [];
  while (lines.length > 1) {
    const [name = '', delimiter = ''] = (lines.shift() ?? '').split('<<');
    const end = lines.indexOf(delimiter);
    found.push([name, lines.splice(0, end).join('\n')]);
    lines.shift();
  }
  return found;
}

describe('an entry', () => {
  it('is read as the one name and value that it was, whatever the value says', () => {
    const piece = fc.constantFrom('fedbridge', 'fedbridge_', '\n', 'NAME<<x', '=', 'a', '_', '\r', 'ü');
    const value = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(entries(commandFileEntry('A', one) + commandFileEntry('B', other))).toEqual([
          ['A', one],
          ['B', other],
        ]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the runner's files", () => {
  it('are appended to, each with its own', () => {
    const { system, read } = runner('BEFORE=ü\n');
    appendToCommandFiles({ GITHUB_ENV: 'A=ö\n', GITHUB_OUTPUT: 'b=1\n' }, system);
    expect(read()).toEqual(['BEFORE=ü\nA=ö\n', 'BEFORE=ü\nb=1\n']);
  });

  it('are whole, however long what is written is', () => {
    const { system, read } = runner();
    const long = 'ü'.repeat(3_000_000);
    appendToCommandFiles({ GITHUB_ENV: long }, system);
    expect(read()[0]).toBe(long);
  });

  it.skipIf(process.platform === 'win32')('that are named pipes keep nobody waiting', () => {
    const { folder, paths, read } = runner('x');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const system = realSystem({ ...paths, GITHUB_OUTPUT: pipe });
    const told = expect.objectContaining({
      code: 'DELIVERY_FAILED',
      message: `The runner's file GITHUB_OUTPUT cannot be written: ${pipe} (ENXIO).`,
    });
    expect(() => appendToCommandFiles({ GITHUB_ENV: 'A', GITHUB_OUTPUT: 'b' }, system)).toThrow(told);
    expect(() => checkCommandFiles(['GITHUB_OUTPUT'], system)).toThrow(told);
    expect(read()[0]).toBe('x');
  });

  it('that the runner did not make are not made', () => {
    const { folder, paths } = runner();
    const absent = join(folder, 'absent');
    const system = realSystem({ ...paths, GITHUB_ENV: absent });
    expect(() => appendToCommandFiles({ GITHUB_ENV: 'A' }, system)).toThrow(
      expect.objectContaining({ code: 'DELIVERY_FAILED' }),
    );
    expect(existsSync(absent)).toBe(false);
    expect(() => checkCommandFiles(['GITHUB_STATE'], realSystem(paths))).toThrow(
      'The runner did not set GITHUB_STATE.',
    );
  });

  it('are as they were once it is known that they can be written', () => {
    const { system, read } = runner('x');
    checkCommandFiles(['GITHUB_ENV', 'GITHUB_OUTPUT'], system);
    expect(read()).toEqual(['x', 'x']);
  });
});
