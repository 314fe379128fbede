import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliScript, runCommand } from '../harness/cli.ts';
import { machineEnvironment } from '../harness/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
const write = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const token = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');

/** All that acts on a terminal or on a platform that reads a log. */
const foreign =
  'x\n::error::a\r##vso[task.setvariable variable=PATH]b##[error]\x1b[2J\x1b]0;t\x07\x9b31m\u202e\u2028\ufeff\0##VSO[y] "\'';
const acts = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]|##(vso)?\[|^\s*::/imu;
const hub = 'https://token.actions.githubusercontent.com';
const claims = { iss: `${hub}/${foreign}`, sub: foreign, aud: foreign, azp: `${foreign}z`, exp: 2_000_000_000 };
const issued = { ...claims, iss: hub };
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`token.actions.githubusercontent.com:${foreign}`]: `*${foreign}` } },
    },
  ],
};
const malformed = { ...policy, Statement: [{ ...policy.Statement[0], [foreign]: foreign }] };
const credentials = [{ name: foreign, issuer: claims.iss, subject: foreign, audiences: [foreign] }];
const named = join(folder, `not-there${foreign.replaceAll('\0', '')}`);

describe('what comes from outside does nothing where it is printed', () => {
  const policyFile = write('policy.json', policy);
  const credentialsFile = write('credentials.json', credentials);
  const claimsFile = write('claims.json', issued);
  const account = ['--account', '123456789012'];
  const documents = [policyFile, write('malformed.json', malformed), credentialsFile];
  const commands: readonly (readonly string[])[] = [
    ['inspect'],
    ['inspect', '--json'],
    ...documents.flatMap((file) => [
      ['trust', 'lint', file],
      ['trust', 'lint', file, '--json'],
      ['trust', 'lint', file, '--format', 'sarif'],
      ['trust', 'test', '--document', file, '--claims', claimsFile],
      ['trust', 'test', '--document', file, '--claims', claimsFile, '--json'],
      ['trust', 'migrate', file, '--github', 'o/r', '--owner-id', '1', '--repository-id', '2'],
      ['trust', 'migrate', file, '--github', 'o/r', '--owner-id', '1', '--repository-id', '2', '--json'],
    ]),
    ...['json', 'aws', 'terraform', 'cloudformation'].map((format) => [
      ...['trust', 'aws', ...account, '--from-token', '--format', format],
    ]),
    ...['json', 'az', 'terraform', 'bicep'].flatMap((format) => [
      ['trust', 'entra', '--from-token', '--unique-name', 'u', '--format', format],
      ['trust', 'entra', '--from-token', '--managed-identity', 'm', '--resource-group', 'g', '--format', format],
    ]),
    ['trust', 'lint', named],
    ['trust', 'test', '--document', named],
    ['trust', 'test', '--document', policyFile, '--at', named],
    ['trust', 'test', '--document', policyFile, '--context', named],
    ['trust', 'aws', ...account, '--github', named],
    [named],
    ['inspect', named],
    [`--${named}`],
    ['inspect', '--cloud', named],
  ];

  it('in lines, documents, JSON and errors of every command', async () => {
    const input = token(issued);
    const printed = await Promise.all(
      commands.map(async (args) => ({ args, ...(await runCommand(args, {}, folder, input)) })),
    );
    for (const { args, exitCode, stdout, stderr } of printed) {
      expect({ args, acts: acts.exec(stdout + stderr) }).toEqual({ args, acts: null });
      expect(stderr).not.toContain('INTERNAL');
      expect(stdout + stderr).not.toBe('');
      const isJson = args.includes('--json') || ['json', 'sarif', 'cloudformation'].includes(args.at(-1) ?? '');
      if (isJson && (exitCode === 0 || exitCode === 3)) expect(() => JSON.parse(stdout), args.join(' ')).not.toThrow();
    }
    // Documents that cannot hold such a subject are refused; everything else is printed.
    const isWritten = ({ args }: { readonly args: readonly string[] }) => args[0] !== 'trust' || args[1] !== 'entra';
    const said = printed.filter(({ exitCode }) => exitCode === 0 || exitCode === 3);
    expect(said.filter(isWritten).length).toBeGreaterThan(20);
    const [, inspected] = printed;
    expect(JSON.parse(inspected?.stdout ?? '')).toMatchObject({ subject: foreign, issuer: hub, azp: issued.azp });
  });

  it('an issuer that would be an option is none', async () => {
    const input = token({ ...issued, iss: '--endpoint-url=http://127.0.0.1:1' });
    const ended = await runCommand(['trust', 'aws', ...account, '--from-token', '--format', 'aws'], {}, folder, input);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('The issuer is') });
  });
});

interface Streams {
  readonly stdin?: 'ignore' | 'pipe' | number;
  readonly stdout?: 'pipe' | number;
  /** Whose reader is gone before the command begins. */
  readonly closed?: readonly ('stdout' | 'stderr')[];
}

function run(args: readonly string[], { stdin = 'ignore', stdout = 'pipe', closed = [] }: Streams) {
  const child = spawn(process.execPath, [cliScript, ...args], {
    cwd: folder,
    env: machineEnvironment(folder),
    stdio: [stdin, stdout, 'pipe'],
  });
  for (const name of closed) child[name]?.destroy();
  let [printed, said] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise<{ exitCode: number | null; printed: string; said: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, printed, said }));
  });
}

describe('a pipe that nobody reads any more', () => {
  const wide = write('wide.json', Array(3000).fill({ ...credentials[0], issuer: hub }));
  const narrow = write('narrow.json', []);
  const claimsFile = write('no-claims.json', { iss: hub, sub: 's', aud: 'a', exp: 1 });
  const ends: readonly (readonly [args: readonly string[], exitCode: number])[] = [
    [['--help'], 0],
    [['trust', 'lint', narrow], 0],
    [['trust', 'lint', wide], 3],
    [['trust', 'lint', wide, '--json'], 3],
    [['trust', 'test', '--document', narrow, '--claims', claimsFile], 3],
    [['trust', 'lint', join(folder, 'none.json')], 2],
    [['nonsense'], 2],
  ];

  it.each(ends)('%j ends quietly, with %i', async (args, exitCode) => {
    const both = await run(args, { closed: ['stdout', 'stderr'] });
    expect(both).toMatchObject({ exitCode });
    const { said, ...one } = await run(args, { closed: ['stdout'] });
    expect(one).toMatchObject({ exitCode });
    expect(said).toBe((await run(args, {})).said);
  });

  it('one that is read gets all of it', async () => {
    const { printed } = await run(['trust', 'lint', wide, '--json'], {});
    expect(JSON.parse(printed).length).toBeGreaterThanOrEqual(3000);
  });

  it.skipIf(!existsSync('/dev/full'))('a full disk is a failure (skipped: no /dev/full)', async () => {
    const { exitCode, said } = await run(['trust', 'lint', narrow], { stdout: openSync('/dev/full', 'w') });
    expect({ exitCode, said }).toEqual({ exitCode: 1, said: 'Standard output cannot be written: ENOSPC.\n' });
  });
});

describe('what is read', () => {
  it('may be nothing', async () => {
    expect(await run(['inspect'], {})).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('Standard input is empty. [INPUT_INVALID]'),
    });
    expect(await run(['trust', 'lint'], {})).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('Standard input is empty.'),
    });
  });

  it('may be a folder', async () => {
    const { exitCode, printed } = await run(['trust', 'lint', folder], {});
    expect(exitCode).toBe(3);
    expect(printed).toContain(join(folder, 'wide.json'));
  });

  it.skipIf(!existsSync('/dev/zero'))('does not have to end (skipped: no /dev/zero)', async () => {
    for (const [args, stdin] of [
      [['inspect'], openSync('/dev/zero', 'r')],
      [['trust', 'lint', '/dev/zero'], 'ignore'],
    ] as const) {
      const { exitCode, said } = await run(args, { stdin });
      expect({ exitCode, said }).toEqual({
        exitCode: 2,
        said: expect.stringContaining('has more than 16777216 bytes'),
      });
    }
  });
});
