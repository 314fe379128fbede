/**
 * How the command behaves as commands do: each of them, with what people give it.
 *
 * Tests as well:
 * - packages/cli/src/reading.ts
 * - packages/cli/src/required-options.ts
 * - packages/cli/src/job-token.ts
 * - packages/cli/src/commands/trust/audit-text.ts
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasTerminals, runAtTerminal } from '../harness/at-terminal.ts';
import { cliScript, runCommand, startCommand } from '../harness/cli.ts';
import { anyPorts, emulatorFolder } from '../harness/emulator-command.ts';
import type { Variables } from '../harness/process.ts';
import { unsignedToken } from '../harness/tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'manners-'));
const write = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return name;
};
const policy = write(
  'policy.json',
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
    },
  }),
);
const claims = {
  iss: 'https://token.actions.githubusercontent.com',
  sub: 'repo:octo/app:ref:refs/heads/main',
  aud: 'sts.amazonaws.com',
  exp: 4e9,
};
const token = unsignedToken(claims);
write('token.txt', token);
write('empty', '');
write('binary', gzipSync('x'.repeat(1000)));
mkdirSync(join(folder, 'folder'));

const account = ['--account', '123456789012'];
const ids = ['--github', 'octo/app', '--owner-id', '1', '--repository-id', '2'];

/** Every place in which a command reads a file. @returns the command line that has it read this one */
const readers: Readonly<Record<string, (file?: string) => readonly string[]>> = {
  'trust lint': (file) => ['trust', 'lint', ...named(file)],
  'trust who': (file) => ['trust', 'who', ...named(file)],
  'trust audit': (file) => ['trust', 'audit', ...named(file)],
  'trust migrate': (file) => ['trust', 'migrate', ...named(file), ...ids],
  'trust test, the claims': (file) => ['trust', 'test', policy, ...(file === undefined ? [] : ['--claims', file])],
  'trust test, the document': (file) => ['trust', 'test', file ?? '-', '--claims', 'token.txt'],
  'trust diff': (file) => ['trust', 'diff', file ?? '-', policy],
  'trust aws': (file) => ['trust', 'aws', ...account, '--from-token', ...named(file)],
  'trust entra': (file) => ['trust', 'entra', '--from-token', ...named(file)],
  inspect: (file) => ['inspect', ...named(file)],
  'emulator run': (file) => ['emulator', 'run', '--config', file ?? '-', '--job', 'github', '--', 'true'],
};
const named = (file: string | undefined) => (file === undefined ? [] : [file]);

/** Words of platforms, which are nowhere near. */
const ofPlatforms = /\binputs? "|\b[Ii]nput "|\bsteps?\b|\btasks?\b|::error|##vso/;
const expectOwnWords = (args: readonly string[], said: string) =>
  expect({ args, found: ofPlatforms.exec(said)?.[0] ?? /INTERNAL/.exec(said)?.[0] }).toEqual({
    args,
    found: undefined,
  });

describe.each(Object.entries(readers))('%s', (_name, argsFor) => {
  const kinds: Readonly<Record<string, RegExp>> = {
    'not-there': /^(Standard input|\S*not-there) cannot be read: ENOENT \(no such file or folder\)\./,
    empty: /^\S*empty is empty\./,
    binary: /^\S*binary is not text/,
    folder: /EISDIR \(it is a folder\)|has neither a trust policy|No role and no identity/,
  };

  it('says what is wrong with a file, and that it is', async () => {
    const ends = await Promise.all(Object.keys(kinds).map((file) => runCommand(argsFor(file), {}, folder)));
    for (const [index, [kind, said]] of Object.entries(kinds).entries()) {
      const { exitCode, stdout, stderr } = ends[index] ?? { exitCode: null, stdout: '', stderr: '' };
      expect({ kind, exitCode, stdout, stderr }).toEqual({
        ...{ kind, exitCode: 2, stdout: '' },
        stderr: expect.stringMatching(said),
      });
      expectOwnWords(argsFor(kind), stderr);
    }
  });

  it('reads standard input for -', async () => {
    const { exitCode, stderr } = await runCommand(argsFor('-'), {}, folder, '');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/^(Standard input|stdin) is empty/),
    });
  });

  it.skipIf(!hasTerminals)('does not wait silently on a terminal (skipped: no "script")', async () => {
    const [unnamed, typed] = await Promise.all(
      [argsFor(), argsFor('-')].map((args) => runAtTerminal(args, ['stdin'], folder)),
    );
    expect(typed).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^Reading from this terminal: Ctrl\+D ends it\.\n(Standard input|stdin) is empty/),
    });
    expect(unnamed).toMatchObject({
      exitCode: 2,
      stderr: argsFor().includes('-')
        ? typed?.stderr
        : expect.stringMatching(/^No file is named, and standard input is a terminal\./),
    });
  });
});

describe('files and standard input', () => {
  it('of a token are the same', async () => {
    const [file, dash, piped] = await Promise.all([
      runCommand(['inspect', 'token.txt', '--json'], {}, folder),
      runCommand(['inspect', '-', '--json'], {}, folder, token),
      runCommand(['inspect', '--json'], {}, folder, token),
    ]);
    expect(JSON.parse(file.stdout)).toMatchObject({ subject: claims.sub });
    expect([dash.stdout, piped.stdout]).toEqual([file.stdout, file.stdout]);
    const policies = await Promise.all([
      runCommand(['trust', 'aws', ...account, '--from-token', 'token.txt'], {}, folder),
      runCommand(['trust', 'aws', ...account, '--from-token', '-'], {}, folder, token),
      runCommand(['trust', 'aws', '--from-token', ...account], {}, folder, token),
    ]);
    expect(new Set(policies.map(({ stdout }) => stdout)).size).toBe(1);
    expect(policies[0]?.stdout).toContain(claims.sub);
  });

  it('of a configuration of the emulator too, and what is written goes to standard output for -', async () => {
    const init = await runCommand(['emulator', 'init', '--config', '-'], {}, folder);
    expect(init).toMatchObject({ exitCode: 0, stderr: '' });
    const printEnvironment = [process.execPath, '-p', 'process.env.GITHUB_REPOSITORY'];
    const args = ['emulator', 'run', '--config', '-', '--job', 'main', '--', ...printEnvironment];
    expect(await runCommand(args, {}, folder, init.stdout)).toMatchObject({ exitCode: 0, stdout: 'octo/app\n' });
    expect(existsSync(join(folder, 'emulator.yaml')) || existsSync(join(folder, '-'))).toBe(false);
    const { stdout } = await runCommand(['trust', 'page', '--output', '-'], {}, folder);
    expect(stdout).toBe(readFileSync(join(dirname(cliScript), 'page.html'), 'utf8'));
  });

  it('a token in a file and that of the job are not both', async () => {
    const ended = await runCommand(['inspect', 'token.txt', '--from-job'], {}, folder);
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not both') });
  });
});

describe('outside of a job', () => {
  const arn = ['--role-to-assume', 'arn:aws:iam::123456789012:role/deploy', '--aws-region', 'eu-central-1'];
  const app = ['--client-id', '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02', '--tenant-id', 'contoso.com'];

  it.each([
    [['inspect', '--from-job']],
    [['trust', 'aws', ...account, '--from-job']],
    [['trust', 'entra', '--from-job']],
    [['aws-credentials', ...arn]],
  ])('%j says so', async (args) => {
    const { exitCode, stdout, stderr } = await runCommand(args, {}, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('This does not run in a job (github, azure-pipelines, gitlab), nor in a pod');
    expect(stderr).toContain('fedbridge emulator run --job github');
  });

  it('the platform\u2019s words are not used, whatever is asked for', async () => {
    const identities = ['github', 'azure-pipelines', 'gitlab', 'kubernetes', 'managed-identity'];
    const commands = [
      ...identities.flatMap((identity) => [
        ['aws-credentials', ...arn, '--identity', identity],
        ['token', ...app, '--identity', identity],
      ]),
      ['token'],
      ['token', ...app],
      ['inspect', '--from-job', '--audience', 'api://app'],
      ['aws-credentials', ...arn, '--service-connection', 'x'],
    ];
    for (const args of commands) {
      const { exitCode, stdout, stderr } = await runCommand(args, {}, folder);
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: expect.toBeOneOf([1, 2]), stdout: '' });
      expectOwnWords(args, stderr);
    }
  });
});

describe('a command line', () => {
  it.each([
    [['trsut'], "unknown command 'trsut'", 'Did you mean trust?', 'fedbridge --help'],
    [['trust', 'lnit'], "unknown command 'lnit'", 'Did you mean lint?', 'fedbridge trust --help'],
    [['trust', 'aws', '--acount', '1'], "unknown option '--acount'", '--account', 'fedbridge trust aws --help'],
    [['agent', 'run', '--pol', 'x'], "unknown option '--pol'", '--pool', 'fedbridge agent run --help'],
    [['emulator', 'run', '--jbo', 'x', '--', 'true'], "unknown option '--jbo'", '--job', 'fedbridge emulator run'],
    [['aws-credentials'], "'--role-to-assume <arn>', '--aws-region <region>'", 'required', 'aws-credentials --help'],
  ])('%j is told what was meant, and which help', async (args, what, meant, help) => {
    const { exitCode, stdout, stderr } = await runCommand(args, {}, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    for (const part of [what, meant, help]) expect(stderr).toContain(part);
  });

  it('has help at each level, in at most 80 columns where no word is longer', async () => {
    const offered = async (words: readonly string[]) => {
      const { stdout } = await runCommand(['complete', ...words, ''], {}, folder);
      // A value has no description, a command has.
      return stdout
        .split('\n')
        .flatMap((line) => (/^([\w-]+)\t./.exec(line)?.[1] ? [[...words, line.split('\t')[0] ?? '']] : []));
    };
    const first = await offered([]);
    expect(first.length).toBeGreaterThan(6);
    const commands = [[], ...first, ...(await Promise.all(first.map(offered))).flat()];
    expect(commands.length).toBeGreaterThan(20);
    const helps = await Promise.all(commands.map((args) => runCommand([...args, '--help'], {}, folder)));
    for (const { exitCode, stdout: help, stderr } of helps) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const [, options = ''] = /(Usage:.*?)(?:\nExamples?|\nExit codes|$)/s.exec(help) ?? [];
      expect(options.split('\n').filter((line) => line.length > 80 && /\S \S/.test(line))).toEqual([]);
    }
  });
});

describe('colors', () => {
  const red = '\x1b[31m';
  const lint = ['trust', 'lint', policy];

  it.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
  ])('in a pipe with %j: %s', async (environment, isColored) => {
    const { stdout } = await runCommand(lint, environment as Variables, folder);
    expect(stdout.includes(red)).toBe(isColored);
  });

  it.skipIf(!hasTerminals).each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ TERM: 'dumb' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, true],
  ])('at a terminal with %j: %s (skipped: no "script")', async (environment, isColored) => {
    const { terminal } = await runAtTerminal(lint, ['stdout'], folder, environment as Variables);
    expect(terminal.includes(red)).toBe(isColored);
  });

  it('never in JSON', async () => {
    const { stdout } = await runCommand([...lint, '--json'], { FORCE_COLOR: '1' }, folder);
    expect(JSON.parse(stdout)).not.toEqual([]);
    expect(stdout).not.toContain('\x1b');
  });
});

describe('widths', () => {
  const plain = (args: readonly string[]) => runAtTerminal(args, ['stdout'], folder, { NO_COLOR: '1' });
  const name = 'a-role-with-a-name-that-is-as-long-as-those-of-a-landing-zone';
  write(
    'account.json',
    JSON.stringify({
      RoleDetailList: [
        {
          ...{ RoleName: name, Arn: `arn:aws:iam::123456789012:role/${name}` },
          AssumeRolePolicyDocument: JSON.parse(readFileSync(join(folder, policy), 'utf8')),
          ...{ RolePolicyList: [], AttachedManagedPolicies: [] },
        },
      ],
      Policies: [],
    }),
  );

  it
    .skipIf(!hasTerminals)
    .each([
      [['trust', 'lint', policy, 'account.json']],
      [['trust', 'who', policy]],
      [['trust', 'test', policy, '--claims', 'token.txt']],
      [['trust', 'audit', 'account.json', '--mine', 'github:octo']],
      [['trust', 'diff', policy, 'account.json']],
      [['trust', '--help']],
      [['git-credential', '--help']],
    ])('%j has lines of a terminal, unless a word or an example is longer (skipped: no "script")', async (args) => {
    const [piped, shown] = [await runCommand(args, {}, folder), await plain(args)];
    const [beforeExamples = ''] = shown.terminal.split('\nExample');
    const long = beforeExamples.split('\r\n').filter((line) => line.length > 80 && /\S \S/.test(line));
    expect(long).toEqual([]);
    // The same words; a pipe gets a line for each.
    const words = (text: string) => text.split(/\s+/).filter(Boolean);
    expect(words(shown.terminal)).toEqual(words(piped.stdout));
  });

  it.skipIf(!hasTerminals)('documents are not broken (skipped: no "script")', async () => {
    const args = ['inspect', 'token.txt'];
    const [piped, shown] = [await runCommand(args, {}, folder), await runAtTerminal(args, ['stdout'], folder)];
    const documentIn = (text: string) => JSON.parse(/^\{$.*?^\}$/ms.exec(text.replaceAll('\r', ''))?.[0] ?? '');
    expect(documentIn(shown.terminal)).toEqual(documentIn(piped.stdout));
  });
});

describe('progress', () => {
  const audit = ['trust', 'audit', policy, '--mine', 'github:octo'];

  it.skipIf(!hasTerminals)('is seen at a terminal, and nothing is left of it (skipped: no "script")', async () => {
    const { terminal, stdout } = await runAtTerminal(audit, ['stderr'], folder);
    expect(terminal).toBe('\r1 of 1 roles and identities\x1b[K\r\x1b[K');
    expect(stdout).toContain('allowed');
  });

  it('is not seen elsewhere', async () => {
    expect((await runCommand(audit, { FORCE_COLOR: '1' }, folder)).stderr).toBe('');
    if (hasTerminals) expect((await runAtTerminal(audit, ['stderr'], folder, { TERM: 'dumb' })).terminal).toBe('');
  });
});

describe('Ctrl+C', () => {
  it('ends the emulator with 130', async () => {
    const { child, says, ended } = startCommand(['emulator'], {}, await emulatorFolder(anyPorts()));
    await says('Ctrl+C ends it.');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends the tool that is asked, and the command as shells expect',
    async (signal) => {
      const tools = mkdtempSync(join(tmpdir(), 'tools-'));
      const tool = join(tools, 'aws');
      writeFileSync(tool, `#!/bin/sh\necho $$ >'${tools}/pid'\nexec sleep 600\n`);
      chmodSync(tool, 0o755);
      const environment = { PATH: `${tools}${delimiter}${process.env.PATH}` };
      const { child, ended } = startCommand(['trust', 'audit', '--live', 'aws'], environment, folder);
      const pid = await until(() => existsSync(join(tools, 'pid')) && readFileSync(join(tools, 'pid'), 'utf8').trim());
      child.kill(signal);
      // Ended by the signal itself, which a shell reports as 130 or 143.
      expect(await ended).toMatchObject({ exitCode: null, stderr: expect.not.stringContaining('failed') });
      expect(child.signalCode).toBe(signal);
      await until(() => !existsSync(`/proc/${pid}`) || /State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
    },
  );
});

async function until<T>(condition: () => T): Promise<NonNullable<T>> {
  for (;;) {
    const found = condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
