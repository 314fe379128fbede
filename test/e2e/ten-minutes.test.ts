/**
 * Tests as well:
 * - packages/cli/src/commands/emulator/own-command.ts
 * - packages/cli/src/commands/emulator/own-policy.ts
 * - packages/cli/src/commands/emulator/tell-denials.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewUser, newUser, type Typed } from '../harness/new-user.ts';
import { type Registry, startRegistry } from '../harness/npm-registry.ts';
import { packageRuntimes, packed } from '../harness/packed.ts';
import { asShown, type Block, sectionsOf } from '../harness/page-commands.ts';

/** The oldest that this machine has, of those that are supported. */
const { node, name: runtime } = packageRuntimes().at(-1) ?? { node: process.execPath, name: '' };
const most = 6;

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry(packed('cli'));
});
afterAll(() => registry[Symbol.asyncDispose]());

const tasks = sectionsOf('docs/ten-minutes.md').filter(({ blocks }) =>
  blocks.some(({ language }) => language === 'sh'),
);

it('five tasks are played', () =>
  expect(tasks.map(({ title }) => title)).toEqual([
    'GitHub Actions to AWS',
    'GitHub Actions to Azure',
    'Azure Pipelines to AWS',
    'Azure Pipelines to Azure',
    'A trust policy of your own',
  ]));

describe.concurrent(`the first ten minutes, typed as the page has them, from an empty folder, on ${runtime}`, () => {
  it.each(tasks)(`$title: installed, allowed, denied and fixed in at most ${most} commands`, async ({ blocks }) => {
    const user = newUser(node, registry.url);
    // The user's own.
    const policy = blocks.find(({ language }) => language === 'json');
    if (policy) writeFileSync(join(user.folder, 'trust-policy.json'), policy.text);
    const played = await play(user, blocks);
    expect(played.length).toBeLessThanOrEqual(most);
    expect(played[0]?.line).toBe('npm install --global fedbridge');
    for (const { line, exitCode, output, isDenied } of played)
      expect({ line, exitCode, output }).toEqual({ line, exitCode: isDenied ? 1 : 0, output });
    const fixedAt = played.findIndex(({ isFix }) => isFix);
    const denied = played.slice(0, fixedAt).at(-1);
    const again = played[fixedAt + 1];
    // What was denied is what is allowed then, and it is credentials that it gives.
    expect({ denied: denied?.isDenied, line: denied?.line }).toEqual({ denied: true, line: again?.line });
    expect(again?.output).toMatch(/^export AWS_SESSION_TOKEN='[^']{100,}'$|^eyJ[\w-]+\.[\w-]+\.[\w-]+$/m);
  });
});

interface Played extends Typed {
  readonly line: string;
  readonly isDenied: boolean;
  readonly isFix: boolean;
}

/** Types a section's commands, and the fix as the denied command printed it. What the page shows must be there. */
async function play(user: NewUser, blocks: readonly Block[]): Promise<Played[]> {
  const played: Played[] = [];
  for (const { language, text } of blocks) {
    if (language === 'text') expect(played.at(-1)?.output).toMatch(asShown(text));
    if (language !== 'sh') continue;
    for (const shown of text.trim().split('\n')) {
      const [line = '', isDenied = false] = / # denied$/.test(shown)
        ? [shown.replace(/ # denied$/, ''), true]
        : [shown];
      const isFix = line.startsWith('fedbridge emulator allow ');
      const printed = isFix ? fixIn(played.at(-1)?.output ?? '') : line;
      // A reader who copies from the page types the same.
      expect(printed).toBe(line);
      played.push({ line, isDenied, isFix, ...(await user.type(printed)) });
    }
  }
  return played;
}

/** The last line of what is printed is the fix. */
const fixIn = (output: string) => output.trimEnd().split('\n').at(-1)?.trim() ?? '';

describe('README.md', () => {
  const [section] = sectionsOf('README.md').filter(({ title }) => title.startsWith('Try it'));
  const lines = (section?.blocks ?? []).flatMap(({ text }) => text.trim().split('\n'));
  const byNpx = lines.filter((line) => line.startsWith('npx fedbridge '));

  it('its npx command, and those that are printed then, with nothing installed', async () => {
    expect(byNpx).toHaveLength(1);
    const user = newUser(node, registry.url);
    const written = await user.type(byNpx[0] ?? '');
    expect(written.exitCode).toBe(0);
    const [toAws = '', toEntra = ''] = printedIn(written.output);
    expect(await user.type(toAws)).toMatchObject({ exitCode: 0, output: expect.stringContaining('AWS_SESSION_TOKEN') });
    expect(await user.type(toEntra)).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^eyJ/m) });
    const denied = await user.type(toAws.replace('--job main', '--job feature'));
    expect(denied.exitCode).toBe(1);
    const fix = fixIn(denied.output);
    expect(fix).toMatch(/^npx fedbridge emulator allow /);
    expect(await user.type(fix)).toMatchObject({ exitCode: 0 });
    expect(await user.type(toAws.replace('--job main', '--job feature'))).toMatchObject({ exitCode: 0 });
  });
});

const printedIn = (output: string) => output.match(/(?<=^ {2})npx fedbridge .*$/gm) ?? [];
