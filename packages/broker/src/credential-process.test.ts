import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeCredentialProcess } from './credential-process.ts';

it
  .skipIf(process.platform === 'win32')
  .each(['plain', 'a b', 'do$HOME', 'quo"te', "it's", 'back\\slash', 'semi;colon #x', 'tick`id`', 'x'.repeat(120)])(
  'a command that a shell reads as it is meant, in the folder %s',
  async (name) => {
    const folder = join(mkdtempSync(join(tmpdir(), 'process-')), name);
    mkdirSync(folder);
    const script = join(folder, 'script.cjs');
    writeFileSync(script, 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]));');
    const command = (await writeCredentialProcess(folder, script))('plan@2');
    expect(command).toMatch(/^\/bin\/sh [^"]*$|quo"te/);
    if (name === 'plain') expect(command).not.toMatch(/['"]/);
    const printed = execFileSync('sh', ['-c', command], { encoding: 'utf8', cwd: '/' });
    expect(JSON.parse(printed)).toEqual([folder, 'credentials', folder, 'plan@2']);
  },
);

it('a path that no configuration file can hold is an error', async () => {
  await expect(writeCredentialProcess('/tmp/a\nb', '/x')).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
});
