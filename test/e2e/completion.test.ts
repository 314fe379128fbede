/**
 * - packages/cli/src/commands/completion.ts
 * - packages/cli/src/completion-scripts.ts
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliScript, printed } from '../harness/cli.ts';
import { bareEnvironment } from '../harness/packed.ts';

const folder = mkdtempSync(join(tmpdir(), 'completion-'));
writeFileSync(join(folder, 'fedbridge'), `#!/bin/sh\nexec '${process.execPath}' '${cliScript}' "$@"\n`);
chmodSync(join(folder, 'fedbridge'), 0o755);
const environment = { ...bareEnvironment(process.execPath, folder), LC_ALL: 'C.UTF-8' };
const PATH = `${folder}:${process.env.PATH}`;
const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;
const run = (shell: string, args: readonly string[]) =>
  execFileSync(shell, args, { cwd: folder, env: { ...environment, PATH }, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);

/** What is typed, as bash takes it apart, and what it may become. */
const cases: [words: string[], wanted: string[]][] = [
  [['tru'], ['trust']],
  [['trust', 'li'], ['lint']],
  [['trust', 'aws', '--github', 'octo/app', '--acc'], ['--account']],
  [['trust', 'aws', '--format', 'te'], ['terraform']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['trust', 'lint', ''], []],
];

for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, shell), printed(['completion', shell], folder));

describe('bash', () => {
  const complete = (words: readonly string[]) => {
    const quoted = ['fedbridge', ...words].map((word) => `'${word}'`).join(' ');
    const script = `source ./bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _fedbridge; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['--norc', '-c', script]);
  };

  it.each(cases)('%j', (words, wanted) => expect(complete(words)).toEqual(wanted));

  it('an option and its value that bash takes apart', () =>
    expect(complete(['trust', 'aws', '--format', '=', 'te'])).toEqual(['terraform']));

  it('offers files where the command has nothing to offer', () => {
    expect(run('bash', ['--norc', '-c', 'source ./bash; complete -p fedbridge'])).toEqual([
      'complete -o bashdefault -o default -F _fedbridge fedbridge',
    ]);
  });
});

describe.skipIf(!has('zsh'))('zsh (skipped: no "zsh" on the path)', () => {
  const complete = (words: readonly string[]) => {
    const quoted = ['fedbridge', ...words].map((word) => `'${word}'`).join(' ');
    // What its system of completion does with what it is given stands for that.
    const stubs = `compdef() {}; _files() { echo files; }; _describe() { printf '%s\\n' "\${(@P)2}"; }`;
    return run('zsh', [
      '-f',
      '-c',
      `${stubs}; source ./zsh; words=(${quoted}); CURRENT=${words.length + 1}; _fedbridge`,
    ]);
  };

  it.each(cases)('%j', (words, wanted) => {
    const found = complete(words).map((line) => line.split(':')[0]);
    expect(found).toEqual(wanted.length > 0 ? wanted : ['files']);
  });
});

describe.skipIf(!has('fish'))('fish (skipped: no "fish" on the path)', () => {
  it.each(cases.filter(([, wanted]) => wanted.length > 0))('%j', (words, wanted) => {
    const found = run('fish', ['--no-config', '-c', `source ./fish; complete -C 'fedbridge ${words.join(' ')}'`]);
    expect(found.map((line) => line.split('\t')[0]).sort()).toEqual([...wanted].sort());
  });
});
