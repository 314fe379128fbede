import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliScript, runCommand } from '../harness/cli.ts';
import { root } from '../harness/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const page = readFileSync(join(root, 'packages/page/dist/page.html'), 'utf8');
const shipped = join(dirname(cliScript), 'page.html');

/** A program in the place of a desktop's, which notes what it is to open. */
const opened = join(folder, 'opened.txt');
writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$*" >'${opened}'\n`, { mode: 0o755 });
const desktop = { PATH: `${folder}${delimiter}${process.env.PATH}`, DISPLAY: ':0' };

describe('fedbridge trust page', () => {
  it('says where the page is, which comes with the command, and opens nothing where nobody looks', async () => {
    const { exitCode, stdout } = await runCommand(['trust', 'page'], desktop, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${shipped}\n` });
    expect(readFileSync(shipped, 'utf8')).toBe(page);
    expect(existsSync(opened)).toBe(false);
  });

  it('writes it to a file', async () => {
    const { exitCode, stdout } = await runCommand(['trust', 'page', '--output', 'trust.html'], desktop, folder);
    expect({ exitCode, stdout: stdout.trim().endsWith('trust.html') }).toEqual({ exitCode: 0, stdout: true });
    expect(readFileSync(join(folder, 'trust.html'), 'utf8')).toBe(page);
  });

  it('says which file it cannot write', async () => {
    const { exitCode, stderr } = await runCommand(['trust', 'page', '--output', 'none/trust.html'], desktop, folder);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('none/trust.html cannot be written: ENOENT (no such file or folder).'),
    });
  });

  // util-linux's, which gives a terminal to a program.
  const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
  it.skipIf(!hasTerminal)('opens it from a terminal, and not in a job', () => {
    const run = (more: NodeJS.ProcessEnv) =>
      spawnSync('script', ['-qec', `'${process.execPath}' '${cliScript}' trust page`, '/dev/null'], {
        cwd: folder,
        env: { ...desktop, ...more },
        encoding: 'utf8',
      });
    expect(run({ CI: 'true' }).stdout.trim()).toBe(shipped);
    expect(existsSync(opened)).toBe(false);
    expect(run({}).stdout.trim()).toBe(shipped);
    expect(readFileSync(opened, 'utf8')).toBe(shipped);
  });
});
