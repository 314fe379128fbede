import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';
import { region, role, sharedSetup } from '../harness/setup.ts';

/** Node programs that are signed, or of another form, need tools that this machine need not have. */
const isHere = process.platform === 'linux';

describe.skipIf(!isHere)('the command as one program, without Node (skipped: made on Linux alone)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'standalone-'));
  const program = join(folder, 'fedbridge');
  const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'));
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    // Of a machine that has nothing else.
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: folder,
      env: { ...env, PATH: '/nowhere', TMPDIR: folder },
    });
    return stdout;
  };

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts', 'standalone.ts'), folder], { stdio: 'pipe' });
  });

  it('comes with the licences of what is inside', () => {
    expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'fedbridge', 'licenses.txt']);
  });

  it('runs, loading its parts from within', async () => {
    expect(await run(['--version'])).toBe(`${version}\n`);
    const policy = await run(['trust', 'aws', '--github', 'octo/app', '--branch', 'main', '--account', '123456789012']);
    writeFileSync(join(folder, 'role.yaml'), policy);
    expect(JSON.parse(await run(['trust', 'lint', '--format', 'json', 'role.yaml']))).toBeTruthy();
  });

  it('has its page within', async () => {
    const path = (await run(['trust', 'page'])).trim();
    expect(path.startsWith(folder)).toBe(true);
    await run(['trust', 'page', '--output', 'page.html']);
    for (const file of [path, join(folder, 'page.html')])
      expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('signs in by OIDC, and the profile that it prints calls it again', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = emulator.startGitHubJob();
    const args = [
      'aws-credentials',
      '--role-to-assume',
      role,
      '--aws-region',
      region,
      '--sts-endpoint',
      emulator.urls.sts,
    ];
    const profile = await run([...args, '--format', 'profile'], environment);
    const [, command = ''] = /^credential_process = (.*)$/m.exec(profile) ?? [];
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: environment });
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, SessionToken: expect.any(String) });
  });
});
