/** Windows is a model here: what `cross-spawn` does there, and how its shell reads a line. None of it ran on Windows. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

let started: typeof import('./start-program.ts');
let lineOf: (args: readonly string[]) => string;
const folder = mkdtempSync(join(tmpdir(), 'windows-'));
const seen = join(folder, 'seen');
/** Without a line that names a shell, as programs of Windows are. */
const program = (name: string) =>
  writeFileSync(join(folder, name), `for one; do printf '%s\\n' "$one"; done >'${seen}'\n`, { mode: 0o755 });

beforeAll(async () => {
  for (const name of ['az.cmd', 'cmd', 'aws.exe']) program(name);
  vi.stubEnv('comspec', join(folder, 'cmd'));
  vi.stubEnv('PATHEXT', '.exe;.cmd');
  // It looks once, as it is loaded.
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  started = await import('./start-program.ts');
  const { default: spawn } = await import('cross-spawn');
  const parse = (spawn as unknown as { _parse(...call: unknown[]): { args: string[] } })._parse;
  lineOf = (args) => parse('az', args, { env: { PATH: folder } }).args[3]?.slice(1, -1) ?? '';
  platform.mockRestore();
});
afterAll(() => vi.unstubAllEnvs());

/** How cmd.exe reads a line: what it hands on, and what acts. Outside of quotes `^` escapes, and operators act. */
function readByCmd(line: string) {
  let [isQuoted, handedOn, acting] = [false, '', ''];
  for (let at = 0; at < line.length; at += 1) {
    const one = line[at] ?? '';
    if (!isQuoted && one === '^') {
      at += 1;
      handedOn += line[at] ?? '';
      continue;
    }
    if (one === '"') isQuoted = !isQuoted;
    else if (!isQuoted && '&|<>()'.includes(one)) acting += one;
    handedOn += one;
  }
  return { handedOn, acting };
}

/** What acts as it is read by the shell that is started, and again where the batch file has `%*`. */
function actingIn(args: readonly string[]): string {
  const first = readByCmd(lineOf(args));
  const second = readByCmd(first.handedOn);
  // A sign that is taken for an escape is not handed on.
  return first.acting + second.acting + (second.handedOn === first.handedOn ? '' : '^');
}

const parameters = (subject: string) => `--parameters=${JSON.stringify({ name: 'n', subject })}`;

describe('the arguments of a batch file', () => {
  it('would act: in the model a branch runs a program', () => {
    expect(actingIn([parameters('repo:o/r:ref:refs/heads/a&calc.exe&b')])).toBe('&&');
  });

  it('are told apart by what acts in them', () => {
    const text = fc.string({ unit: fc.constantFrom(...'"&|<>^()\\ :{}a') });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), (args) => {
        expect(started.actsInBatchFile(args)).toBe(actingIn(args) !== '');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['a\nb', 'a\rb', '%PATH%', '%PATH:a=b%', '%ComSpec:~0,1%', 'x%20y%PATH%', '!PATH!'])('would act: %j', (arg) =>
    expect(started.actsInBatchFile([arg])).toBe(true),
  );

  it.each([
    'https://host.example/a%20b%C3%A4c?x=1&api-version=7.1',
    "displayName eq 'octo/app'",
    '[].{id:id, appId:appId}',
    '100%',
    'a!',
    parameters('repo:octo/app:ref:refs/heads/main'),
  ])('do not act: %j', (arg) => expect(started.actsInBatchFile([arg])).toBe(false));

  it('would act as one line, in which each of them has half of a variable', () =>
    expect(started.actsInBatchFile(['%PATH', 'x%'])).toBe(true));
});

/** What a program is given that is started as on Windows. */
async function given(name: string, args: readonly string[]): Promise<string | undefined> {
  const child = started.startProgram(name, args, { env: { PATH: folder } });
  await new Promise((resolve) => child.on('close', resolve));
  return existsSync(seen) ? readFileSync(seen, 'utf8') : undefined;
}

const hostile = parameters('repo:o/r:ref:refs/heads/a&calc.exe&b');

describe('a program on Windows', () => {
  it('that is a batch file is not started where something would act', async () => {
    expect(() => started.startProgram('az', [hostile], { env: { PATH: folder } })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
    expect(existsSync(seen)).toBe(false);
  });

  // What stands in for programs is none there.
  const itElsewhere = it.skipIf(process.platform === 'win32');

  itElsewhere('that is a batch file is started by its shell, where nothing would (skipped: Windows)', async () =>
    expect(await given('az', ['--query', 'a'])).toBe('/d\n/s\n/c\n"az ^"--query^" ^"a^""\n'),
  );

  itElsewhere('that is none is given all as it is (skipped: Windows)', async () =>
    expect(await given('aws.exe', [hostile])).toBe(`${hostile}\n`),
  );
});
