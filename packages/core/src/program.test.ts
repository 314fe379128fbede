/**
 * Tests as well:
 * - packages/core/src/process-group.ts
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram, runProgram } from './program.ts';

const PATH = process.env.PATH ?? '';
const call = (script: string, more: object = {}) =>
  runProgram({ program: process.execPath, args: ['-e', script], environment: { PATH }, withinMs: 20_000, ...more });

describe('a program', () => {
  it('is found on the path, with the endings that Windows names', async () => {
    expect(await findProgram('sh', { PATH })).toBe(true);
    expect(await findProgram('sh', { PATH: `/nowhere:${PATH}`, PATHEXT: '.EXE;' })).toBe(true);
    expect(await findProgram('sh', { PATH, PATHEXT: '.EXE' })).toBe(false);
    expect(await findProgram('sh', {})).toBe(false);
    expect(await findProgram('no-such-program', { PATH })).toBe(false);
  });

  it('is run without a shell, in the environment and the folder that it is given', async () => {
    const script = 'console.log(process.argv.slice(1), process.env.A, process.cwd()); console.error("error")';
    const { exitCode, output } = await runProgram({
      program: process.execPath,
      args: ['-e', script, '$A; `id`'],
      environment: { PATH, A: 'b' },
      folder: '/',
      withinMs: 20_000,
    });
    expect(exitCode).toBe(0);
    expect(output).toContain("[ '$A; `id`' ] b /");
    expect(output).toContain('error');
  });

  it('is given what it reads, and what it prints is kept as bytes, no more than it may be', async () => {
    const echo = 'process.stdin.pipe(process.stdout); console.error("error")';
    const input = 'ä'.repeat(300_000);
    const { exitCode, output, bytes } = await call(echo, { input, mostBytes: 600_000 });
    expect({ exitCode, output, isSame: bytes?.equals(Buffer.from(input)) }).toEqual({
      exitCode: 0,
      output: 'error\n',
      isSame: true,
    });
    // One that ends by itself may do so before it can be killed.
    const endless = `${echo}; setInterval(() => {}, 1000)`;
    for (const program of [echo, endless])
      expect(await call(program, { input, mostBytes: 599_999 })).toMatchObject({ exitCode: null });
    expect((await call('process.stdin.destroy()', { input })).exitCode).toBe(0);
  });

  it('ends as it ends, is killed when time is up, and is not there where it is not', async () => {
    expect((await call('process.exitCode = 7')).exitCode).toBe(7);
    expect((await call('setInterval(() => {}, 1000)', { withinMs: 1 })).exitCode).toBeNull();
    await expect(call('', { program: 'no-such-program' })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('cancelled, is killed with all that it has started, and one that comes later at once', async () => {
    const abort = new AbortController();
    const folder = mkdtempSync(join(tmpdir(), 'started-'));
    // What it has started holds its output open: without that ended, this would wait for 1,000 seconds.
    const script = 'sleep 1000 & : >started; wait';
    const running = call('', { program: 'sh', args: ['-c', script], folder, cancelled: abort.signal });
    await expect.poll(() => existsSync(join(folder, 'started')), { timeout: 600_000 }).toBe(true);
    abort.abort();
    expect((await running).exitCode).toBeNull();
    expect((await call('setInterval(() => {}, 1000)', { cancelled: abort.signal })).exitCode).toBeNull();
  });

  it('out of time, is killed with all that it has started', async () => {
    const running = call('', { program: 'sh', args: ['-c', 'sleep 1000 & wait'], withinMs: 1_000 });
    expect((await running).exitCode).toBeNull();
  });

  it.each<[what: string, program: string, args: readonly string[], planted: (run: string, folder: string) => object]>([
    ['BASH_ENV', 'bash', ['-c', ':'], (run) => ({ BASH_ENV: `$(${run})` })],
    ['BASH_FUNC_…', 'bash', ['-c', 'true'], (run) => ({ 'BASH_FUNC_true%%': `() { ${run}; }` })],
    [
      'NODE_OPTIONS',
      process.execPath,
      ['-e', ''],
      (run, folder) => {
        const script = join(folder, 'planted.cjs');
        writeFileSync(script, `require('node:child_process').execSync(${JSON.stringify(run)});`);
        return { NODE_OPTIONS: `--require=${script}` };
      },
    ],
    [
      'PYTHONPATH',
      'python3',
      ['-c', ''],
      (run, folder) => {
        writeFileSync(join(folder, 'sitecustomize.py'), `import os\nos.system(${JSON.stringify(run)})\n`);
        return { PYTHONPATH: folder };
      },
    ],
  ])('does not run what an earlier step has planted in %s', async (_what, program, args, planted) => {
    const folder = mkdtempSync(join(tmpdir(), 'planted-'));
    const marker = join(folder, 'ran');
    const variables = planted(`touch ${marker}`, folder) as Record<string, string>;
    if (!(await findProgram(program, { PATH })) && program !== process.execPath) return;
    await runProgram({ program, args, environment: { PATH, ...variables }, withinMs: 60_000 });
    expect(existsSync(marker)).toBe(false);
    // It would have run.
    spawnSync(program, args, { env: { PATH, ...variables } });
    expect(existsSync(marker)).toBe(true);
  });

  it('is not shown what of the environment is code to some interpreter, and is shown all else', async () => {
    const planted = ['ENV', 'PS4', 'SHELLOPTS', 'PYTHONHOME', 'PYTHONSTARTUP', 'DOTNET_STARTUP_HOOKS', 'Node_Options'];
    const kept = ['ENVIRONMENT', 'PYTHONUTF8', 'NODE_EXTRA_CA_CERTS_', 'LD_LIBRARY_PATH_'];
    const environment = Object.fromEntries([...planted, ...kept].map((name) => [name, 'x']));
    const { output } = await call('console.log(Object.keys(process.env).join())', {
      environment: { PATH, ...environment },
    });
    expect(output.trim().split(',').sort()).toEqual(['PATH', ...kept].sort());
  });

  it('is read to a bound', async () => {
    const { output } = await call('for (let i = 0; i < 40; i++) console.log("x".repeat(65_536))');
    expect(output.length).toBeGreaterThanOrEqual(256 * 1024);
    expect(output.length).toBeLessThan(1024 * 1024);
  });
});
