import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliScript, printed } from '../harness/cli.ts';
import { machineEnvironment, root } from '../harness/process.ts';
import { unsignedToken } from '../harness/tokens.ts';

const page = readFileSync(join(root, 'docs', 'command.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

const bin = mkdtempSync(join(tmpdir(), 'bin-'));
writeFileSync(join(bin, 'fedbridge'), `#!/bin/sh\nexec '${process.execPath}' '${cliScript}' "$@"\n`);
chmodSync(join(bin, 'fedbridge'), 0o755);
for (const name of ['env', 'sh'])
  symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(bin, name));

/** What a block of commands prints. */
function run(shell: string, cwd: string): string {
  const env = { ...machineEnvironment(cwd), PATH: bin };
  return execFileSync(join(bin, 'sh'), ['-ec', shell], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Without what is another each time, and on each machine. */
const lasting = (text: string) =>
  text
    .replace(/Node\.js \S+, \w+ \w+/, 'Node.js')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replace(/in \d+ ms/g, 'in ms')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1')
    .trim();

it('the example of doctor prints what the page shows', () => {
  const [example = ''] = blocks('sh');
  const [shown = ''] = blocks('text');
  const [, ...lines] = run(example, mkdtempSync(join(tmpdir(), 'doctor-'))).split('\n');
  expect(lasting(lines.join('\n'))).toBe(lasting(shown));
});

it('examples of files run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const claims = { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:octo/app:ref:refs/heads/main' };
  writeFileSync(join(folder, 'token.txt'), unsignedToken({ ...claims, aud: 'sts.amazonaws.com', exp: 4e9 }));
  const [, example = ''] = blocks('sh');
  const [piped, ...others] = example.trim().split('\n');
  expect(piped).toMatch(/\| fedbridge trust lint$/);
  expect(run(others.join('\n'), folder)).toContain(claims.sub);
  expect(readFileSync(join(folder, 'page.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

it('exit codes are those of the help', () => {
  const [, help = ''] = /Exit codes: (.*)\./.exec(printed(['--help'], tmpdir())) ?? [];
  const rows = [...page.matchAll(/^\| (\d+) +\| (\w+)/gm)].map(([, code, word]) => `${code} ${word}`);
  const inHelp = help.split(/, (?=\d)/).map((one) => one.split(' ').slice(0, 2).join(' '));
  expect(inHelp).toEqual(rows);
});
