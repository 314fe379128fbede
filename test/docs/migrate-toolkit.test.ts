import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unknownToAws } from '../harness/aws-options.ts';
import { codeIn, rowsOf, sectionsOf } from '../harness/migration-page.ts';
import { root } from '../harness/process.ts';
import { pythonHas } from '../harness/python.ts';

const sections = sectionsOf('aws-toolkit-for-azure-devops');

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
      const unknown = unknownToAws(calls).flatMap((words, index) => words.map((one) => [calls[index], one]));
      expect(unknown).toEqual([]);
    },
  );
});

/** Commands, each with the options that stand behind it. */
function callsIn(cell: string): string[][] {
  const calls: string[][] = [];
  for (const code of codeIn(cell)) {
    const words = code.split(' ');
    const [program, ...others] = words;
    if (program === 'aws' && others.length > 0) calls.push(others);
    else if (code.startsWith('--')) calls.at(-1)?.push(...words.filter((word) => word.startsWith('--')));
  }
  return calls;
}
