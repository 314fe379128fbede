import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anyWord, callsOn, examplesIn } from '../harness/calls.ts';
import { runCommand } from '../harness/cli.ts';
import { ownHelps } from '../harness/command-line-problem.ts';
import { readersOf } from '../harness/command-readers.ts';
import { documents, forms } from '../harness/documents.ts';
import { blocksOf } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';

/** Commands that no program reads here, and why: by program, or by its command. */
const unread: Readonly<Record<string, string>> = {
  'az devops': 'an extension, which is not installed with az',
  dotnet: '"dotnet lambda" is a tool that is installed apart',
  gh: '"gh attestation" is younger than what distributions have',
  pwsh: 'not on machines that test this; what its lines start of ours is read',
  vault: 'test/interop/vault.test.ts sets up what it is shown to write',
  ...Object.fromEntries(['cat', 'chmod', 'head', 'mkdir', 'sh', 'sudo'].map((name) => [name, 'of every system'])),
};
const unreadName = ({ program, args: [first] }: { program: string; args: readonly string[] }) =>
  [program, `${program} ${first}`].find((name) => Object.hasOwn(unread, name));

/** By which a command is told from other code; what is not read or listed as well would be found missing. */
const programs = new Set([
  ...readersOf([]).map(({ program }) => program),
  ...Object.keys(unread),
  ...[
    'brew',
    'env',
    'eval',
    'glab',
    'kubectl',
    'make',
    'pip',
    'podman',
    'pre-commit',
    'python3',
    'source',
    'tofu',
    'yarn',
  ],
]);
const examples = [...(await ownHelps())].flatMap(([name, help]) => examplesIn(name, help));
const shown = [...documents, ...forms].flatMap((path) => callsOn(path, programs));
/** Each once: a page that shows it again adds nothing. */
const calls = [
  ...new Map(
    [...shown, ...examples].map((call) => [
      JSON.stringify([call.program, call.args, call.isWhole, call.environment]),
      call,
    ]),
  ).values(),
];
const readers = readersOf(calls);

describe('the inventory', () => {
  it('has commands of pages and of helps', () => {
    expect(shown.length).toBeGreaterThan(600);
    expect(examples.length).toBeGreaterThan(30);
  });

  it.each(documents)('%s: each of its fences is of a block', (path) => {
    const fences = readFileSync(join(root, path), 'utf8').match(/^\s*(```|~~~)/gm) ?? [];
    expect(fences).toHaveLength(2 * blocksOf(path).length);
  });

  it('has no command that nothing reads', () => {
    const read = (call: (typeof calls)[number]) => unreadName(call) ?? readers.find((reader) => reader.takes(call));
    expect(calls.filter((call) => !read(call)).map(({ line }) => line)).toEqual([]);
  });

  it('makes no exception that none needs', () => {
    expect(Object.keys(unread).filter((name) => !calls.some((call) => unreadName(call) === name))).toEqual([]);
    expect(
      readers.map(({ program }) => program).filter((name) => !calls.some(({ program }) => program === name)),
    ).toEqual([]);
  });
});

for (const { program, needs, isThere, takes, problem } of readers) {
  const own = calls.filter((call) => takes(call) && unreadName(call) === undefined);
  const title = needs === undefined ? program : `${program} (skipped: no ${needs})`;
  describe.skipIf(!isThere)(title, () => {
    it.each(own.map((call) => [call.line, call] as const))('reads %s', async (line, call) => {
      expect({ line, problem: await problem(call) }).toEqual({ line, problem: undefined });
    });
  });
}

describe('trust policies and federated credentials', () => {
  const written = calls.filter(
    ({ program, args, isWhole }) =>
      program === 'fedbridge' &&
      isWhole &&
      /^trust (aws|entra) /.test(args.join(' ')) &&
      !args.some((arg) => /^--(from-|beside)|…/.test(arg) || arg.includes(anyWord)),
  );

  it.each(written)('are written: $line', async ({ args }) => {
    const { exitCode, stderr } = await runCommand(args, {}, tmpdir());
    // What is said of a document that is written: that it is wide.
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^(WIDER .*\n)?$/) });
  });
});
