import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explanations } from '../../packages/entra/src/aadsts-denials.ts';
import { startCloudTools } from '../harness/cloud-tools.ts';
import { asShown, blocksOf, deniedIn, runBlocks } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';

const page = readFileSync(join(root, 'docs', 'troubleshooting.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
const firstCells = rows.map(([first = '']) => first);
const source = (path: string) => readFileSync(join(root, path), 'utf8');

it('has a row for each error code of ours, and for no other', () => {
  const [, union = ''] = /export type ErrorCode =([^;]*);/.exec(source('packages/core/src/error.ts')) ?? [];
  const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  const listed = firstCells.flatMap((cell) => /^`([A-Z_]+)`$/.exec(cell)?.[1] ?? []);
  expect(listed.sort()).toEqual(codes.sort());
});

it('has a row for each AADSTS code that a step explains, with its address', () => {
  const listed = firstCells.flatMap(
    (cell) => /^\[AADSTS(\d+)\]\(https:\/\/login\.microsoftonline\.com\/error\?code=\1\): \S/.exec(cell)?.[1] ?? [],
  );
  expect(listed.sort()).toEqual(Object.keys(explanations).sort());
});

describe('errors of STS', () => {
  const rules = globSync('packages/aws/src/*-denials.ts', { cwd: root }).map(source).join('\n');
  const codes = [...new Set([...rules.matchAll(/code: '([A-Z]\w+)'/g)].map(([, code = '']) => code))];
  const messages = [...rules.matchAll(/message: \/(.+)\/(i?),/g)].map(
    ([, text = '', flags]) => new RegExp(text, flags),
  );

  it('are explained by a step, and each code has a row', () => {
    expect(codes.length).toBeGreaterThan(8);
    expect(codes.filter((code) => !firstCells.some((cell) => cell.includes(`\`${code}\``)))).toEqual([]);
  });

  it.each(messages)('%s has a row', (message) => {
    expect(firstCells.filter((cell) => message.test(cell))).not.toEqual([]);
  });
});

it.each([
  'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  'No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com',
  'Incorrect token audience',
  "Couldn't retrieve verification key from your identity provider",
  'No matching federated identity record found for presented assertion subject',
  'Client assertion is not within its valid time range',
  'Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable',
  'Credentials could not be loaded, please check your action inputs',
])('has what people search for: %s', (phrase) => expect(firstCells.join('\n')).toContain(phrase));

it('says of each symptom what it means and how to fix it', () => {
  for (const [symptom, ...others] of rows)
    expect({ symptom, empty: others.filter((cell) => cell === '') }).toEqual({ symptom, empty: [] });
});

it('shows which claim does not match, line by line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troubleshooting-'));
  await using tools = await startCloudTools(folder);
  const blocks = blocksOf('docs/troubleshooting.md');
  const ran = await runBlocks(
    blocks.filter(({ language }) => language === 'sh'),
    folder,
    tools.environment,
  );
  for (const { block, output, failed } of ran) {
    expect({ output, failed }).toEqual({ output, failed: deniedIn(block) });
    expect(output).toMatch(asShown(blocks[blocks.indexOf(block) + 1]?.text ?? ''));
  }
});
