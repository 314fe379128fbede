import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeIn, rowsOf, sectionsOf } from '../harness/migration-page.ts';
import { root } from '../harness/process.ts';
import { python, pythonHas } from '../harness/python.ts';

const sections = sectionsOf('aws-toolkit-for-azure-devops');

/** A command of the AWS CLI, and the options that the page has for it. */
interface Call {
  readonly command: string;
  readonly options: readonly string[];
}

describe('the page aws-toolkit-for-azure-devops', () => {
  it('has a row for each field of their connection', () => {
    const extension = JSON.parse(readFileSync(join(root, 'test/peers/aws-toolkit/vss-extension.json'), 'utf8')) as {
      contributions: { id: string; properties: { authenticationSchemes?: { inputDescriptors: { id: string }[] }[] } }[];
    };
    const connection = extension.contributions.find(({ id }) => id === 'aws-credentials');
    const fields = connection?.properties.authenticationSchemes?.flatMap((one) => one.inputDescriptors) ?? [];
    const described = rowsOf(sections['The connection']).map(([cell = '']) => codeIn(cell)[0]);
    expect(described).toEqual(fields.map(({ id }) => id));
  });

  it.skipIf(!pythonHas('awscli'))(
    'has commands and options that the AWS CLI has (skipped: no "awscli" for Python)',
    () => {
      const calls = rowsOf(sections.Inputs).flatMap(([, , here = '']) => callsIn(here));
      expect(calls.length).toBeGreaterThan(40);
      const commands = [...new Set(calls.map(({ command }) => command))];
      const args = [join(root, 'test', 'harness', 'aws-options.py'), JSON.stringify(commands)];
      const { stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
      expect(stderr).toBe('');
      const known = JSON.parse(stdout) as Record<string, string[]>;
      const unknown = calls.flatMap(({ command, options }) =>
        options.filter((one) => !known[command]?.includes(one)).map((one) => `${command} ${one}`),
      );
      expect(unknown).toEqual([]);
    },
  );
});

/** Options belong to the command before them. */
function callsIn(cell: string): Call[] {
  const calls: { command: string; options: string[] }[] = [];
  for (const code of codeIn(cell).filter((one) => !one.startsWith('aws configure'))) {
    const words = code.split(' ');
    const isCommand = words[0] === 'aws' && words.length > 1;
    if (isCommand) {
      const end = words.findIndex((word) => /^(--|<|s3:)/.test(word));
      calls.push({ command: words.slice(1, end === -1 ? undefined : end).join(' '), options: [] });
    }
    if (isCommand || code.startsWith('--')) calls.at(-1)?.options.push(...words.filter(isOwnOption));
  }
  return calls;
}

/** Those that all commands have are told nowhere. */
const isOwnOption = (word: string) => /^--/.test(word) && !['--query', '--output', '--debug'].includes(word);
