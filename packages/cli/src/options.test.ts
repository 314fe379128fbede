/**
 * Tests as well:
 * - packages/cli/src/commands/trust/usage.ts
 * - packages/cli/src/identity-options.ts
 * - packages/cli/src/command-line.ts
 */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { System } from '@fedbridge/core';
import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { stillSystem } from '../../../test/harness/still-system.ts';
import { commandTree, runCli } from './cli.ts';
import { Terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'options-'));
// Where a command writes to what it is told.
process.chdir(folder);
/** A pod whose token is not there, so that nothing is asked of any network. */
const environment = { AZURE_FEDERATED_TOKEN_FILE: join(folder, 'missing'), PATH: '' };
let now = 1_795_000_000_000;
/** What waits for somebody is not kept waiting. */
const sleep = async (ms: number) => {
  now += ms;
  await new Promise((resolve) => setImmediate(resolve));
};
const system = { ...stillSystem({ environment, now: () => now }), sleep };

async function run(args: readonly string[], own: Partial<System> = {}): Promise<{ code: number; said: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end('[]');
  const process = { stdin, stdout, stderr, env: {}, exitCode: 0, on: () => process } as unknown as NodeJS.Process;
  await runCli(args, new Terminal(process), { ...system, ...own });
  stdout.end();
  stderr.end();
  return { code: Number(process.exitCode), said: `${await text(stdout)}${await text(stderr)}` };
}

interface Case {
  readonly words: readonly string[];
  readonly option: Option;
}

const casesOf = (command: Command, words: readonly string[]): readonly Case[] => [
  ...command.options.filter(({ required }) => required).map((option) => ({ words, option })),
  ...command.commands.flatMap((child) => casesOf(child, [...words, child.name()])),
];
const tree = await commandTree(new Terminal(process), system);
const cases = casesOf(tree, []).map(({ words, option }) => ({
  title: [...words, option.long].join(' '),
  words,
  option,
}));

const own: Readonly<Record<string, readonly string[]>> = {
  'git-credential': ['get'],
  'trust aws': ['--account=123456789012', '--github=o/r', '--branch=m'],
  'trust entra': ['--github=o/r', '--branch=m'],
  'trust test': [`--document=${join(folder, 'none.json')}`],
  'agent run': ['--url=https://dev.azure.com/contoso', '--pool=p', '--identity=kubernetes'],
  'agent listen': ['--hand-over=none'],
  'agent setup': [
    ...['--url=https://dev.azure.com/contoso', '--pool=p', '--issuer=https://i', '--as=kubernetes'],
    '--managed-identity=/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i',
  ],
  'agent placeholder': ['--url=https://dev.azure.com/contoso', '--pool=p', '--identity=kubernetes'],
  'agent check': ['--url=https://dev.azure.com/contoso', '--pool=p', '--as=kubernetes'],
  token: ['--identity=kubernetes'],
  'aws-credentials': [
    '--identity=kubernetes',
    '--role-to-assume=arn:aws:iam::123456789012:role/deploy',
    '--aws-region=eu-central-1',
  ],
};
/** A command line that is right but for one option, which comes last and so counts. */
const line = (words: readonly string[], option: Option, value: string) => {
  const others = (own[words.join(' ')] ?? []).filter((one) => !one.startsWith(`${option.long}=`));
  return [...words, ...others, `${option.long}=${value}`];
};

describe('every option of every command', () => {
  it('is known here', () => expect(cases.length).toBeGreaterThan(60));

  it.each(cases)('$title: an empty value is an error that names it', async ({ words, option }) => {
    for (const value of ['', ' ', '\t\n']) {
      const { code, said } = await run(line(words, option, value));
      expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(`'${option.flags}'`) });
    }
  });

  it.each(cases)(
    '$title: nonsense is no unforeseen error, and does nothing where it is told',
    async ({ words, option }) => {
      const nonsense = [
        '-',
        '--',
        '=',
        'null',
        '9'.repeat(400),
        'https://',
        'https://[',
        '%',
        '💥',
        'x\n::error::y',
        '\x1b[2J##vso[z]',
      ];
      for (const value of nonsense) {
        const { said } = await run(line(words, option, value));
        expect(said).not.toContain('INTERNAL');
        // To standard output: the page, to the byte.
        if (value === '-' && said.startsWith('<!doctype html>')) continue;
        expect(said).not.toMatch(/[^\P{Cc}\n]|##vso\[|^::/mu);
      }
    },
  );
});

it('options that do not go together are an error of the command line, which says what to do', async () => {
  const account = ['trust', 'aws', '--account=123456789012'];
  expect(await run(account)).toEqual({
    code: 2,
    said: expect.stringContaining('Say whom to trust with one of --github, '),
  });
  expect(await run([...account, '--subject=s', '--issuer=https://i', '--owner-id=1'])).toEqual({
    code: 2,
    said: expect.stringContaining('--owner-id does not go with --subject.'),
  });
});

describe('a service connection', () => {
  const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
  const job = { TF_BUILD: 'True', [`ENDPOINT_DATA_${id}_TENANTID`]: 'x', ENDPOINT_DATA_other_X: 'x' };
  const token = (connection: string, environment: System['environment']) =>
    run(['token', '--identity=azure-pipelines', `--service-connection=${connection}`], { environment });

  it('is looked up by its name with the job’s token; without that, those that the job refers to are named', async () => {
    const { code, said } = await token('prod', job);
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringContaining('"prod" is looked up with System.Access'),
    });
    expect(said).toContain(`This job refers to ${id}.`);
    expect((await token('prod', { TF_BUILD: 'True' })).said).toContain("is in the address of the connection's page");
  });

  it('is asked for by its id, where there is a platform that has any', async () => {
    expect((await token(id, job)).said).not.toContain('is looked up');
    expect((await token('prod', { GITHUB_ACTIONS: 'true' })).said).not.toContain('is looked up');
  });
});
