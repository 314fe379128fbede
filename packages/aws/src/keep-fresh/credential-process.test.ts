import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneInertLine } from '@fedbridge/core';
import { expect, it } from 'vitest';
import { writeCredentialProcess } from './credential-process.ts';

it
  .skipIf(process.platform === 'win32')
  .each([
    ...['plain', 'a b', 'do$HOME', 'quo"te', "it's", 'back\\slash', 'semi;colon#x', 'tick`id`', 'x'.repeat(120)],
    ...['na\u00efve \u5de5', '(a) & b', '[x] = y', "'a'", '"a b"', '~', '- -x', '%TEMP%'],
  ])('a command that a shell reads as it is meant, in the folder %s', async (name) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'process-')), name);
  mkdirSync(folder);
  const script = join(folder, 'script.cjs');
  writeFileSync(script, 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]));');
  const command = (await writeCredentialProcess(folder, script))('plan@2');
  expect(command).toMatch(/^\/bin\/sh [^"]*$|quo"te|"a b"/);
  if (name === 'plain') expect(command).not.toMatch(/['"]/);
  const printed = execFileSync('sh', ['-c', command], { encoding: 'utf8', cwd: '/' });
  expect(JSON.parse(printed)).toEqual([folder, 'credentials', folder, 'plan@2']);
});

// Found with aws-sdk-go 1.55, aws-sdk-go-v2 1.47 and credential-provider-process of AWS SDK 3 for JavaScript.
it.each(['a\nb', 'a #b', 'a ;b', 'a\tb', 'a; ;b', 'a \u00a0#'])(
  'a path that not every client reads in a profile is an error that names it: %j',
  async (name) => {
    const folder = join(mkdtempSync(join(tmpdir(), 'process-')), name);
    mkdirSync(folder);
    const command = await writeCredentialProcess(folder, '/x');
    expect(() => command('main')).toThrow(expect.objectContaining({ code: 'DELIVERY_FAILED' }));
    expect(() => command('main')).toThrow(`No profile can name a program in ${oneInertLine(folder)}`);
  },
);
