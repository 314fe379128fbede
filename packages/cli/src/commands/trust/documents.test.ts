import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { realSystem } from '@fedbridge/core';
import { positionAt } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { Terminal } from '../../terminal.ts';
import { trustDocuments } from './documents.ts';
import { withExactNumbers } from './exact-numbers.ts';

const documents = resolve(import.meta.dirname, '../../../../../test/documents');
const folder = mkdtempSync(join(tmpdir(), 'documents-'));
const cli = { terminal: new Terminal(process), system: realSystem({}) };

/** Why nothing of a file is read; undefined where it is. */
async function faultOf(name: string, bytes: string | Buffer, jsonValue?: typeof withExactNumbers) {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  try {
    await trustDocuments([file], jsonValue ? { jsonValue } : {}, cli);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
    const { message } = error as Error;
    return message.startsWith(`${file}:`) ? message.slice(file.length + 1) : message;
  }
}

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16 LE, CRLF': (text) => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le'),
  'UTF-16 BE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

/** The beginnings of tokens outside of texts, some of all. */
function* someTokens(text: string): Generator<{ readonly at: number; readonly isInText: boolean }> {
  let count = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[\w.+-]+/g)) {
    count += 1;
    const isInText = token.startsWith('"') && count % 2 === 0;
    if (count % 13 === 1) yield { at: isInText ? index + 1 : index, isInText };
  }
}

const shapes = readdirSync(documents).filter((name) => !name.endsWith('.template'));

describe('A syntax error of JSON has its place, in each encoding, whatever reads the numbers', () => {
  it.each(shapes)('%s', async (name) => {
    const text = readFileSync(join(documents, name), 'utf8');
    const all = Object.entries(encodings);
    let turn = 0;
    for (const { at, isInText } of someTokens(text)) {
      turn += 1;
      const [title = '', encode = Buffer.from] = all[turn % all.length] ?? [];
      const jsonValue = turn % 3 === 0 ? withExactNumbers : undefined;
      const { line, column } = positionAt(text, at);
      const cut = await faultOf(name, encode(text.slice(0, at)), jsonValue);
      // What ends within a text is told where that begins.
      if (at === 0) expect(cut).toMatch(/is empty\.$/);
      else if (isInText) expect(cut).toMatch(/^\d+:\d+: not JSON: /);
      else expect(cut, `${title}, cut`).toBe(`${line}:${column}: not JSON: the text ends too early.`);
      if (isInText) continue;
      const broken = await faultOf(name, encode(`${text.slice(0, at)}#${text.slice(at)}`), jsonValue);
      expect(broken, `${title}, broken`).toMatch(at === 0 ? /./ : new RegExp(`^${line}:${column}: not JSON: `));
    }
  });

  it('numbers that are kept as they are written move nothing', async () => {
    const text = '{"a": 1.0, "b": 123456789012345678901234567890, "c": ]}';
    for (const jsonValue of [undefined, withExactNumbers])
      expect(await faultOf('a.json', text, jsonValue)).toBe(
        `1:${text.indexOf(']') + 1}: not JSON: a value is expected here.`,
      );
  });

  it('a text of any length is read by both', async () => {
    const text = JSON.stringify({ a: '\\"x'.repeat(2_000_000) });
    expect(withExactNumbers(text)).toEqual(JSON.parse(text));
  });
});

it('a syntax error of YAML has its place, wherever it stands', async () => {
  const lines = readFileSync(join(documents, 'cloudformation.template'), 'utf8').split('\n');
  for (const [index] of lines.entries()) {
    for (const fault of ['"', '\t- [', '   x: y: z', ']', '  a: *none', '%', '@', '&a &b c']) {
      const text = lines.toSpliced(index, 0, fault).join('\n');
      const encode = Object.values(encodings)[index % 4] ?? Buffer.from;
      const [, line] = /^(\d+):\d+: /.exec((await faultOf('a.yaml', encode(text))) ?? `${index}:0: `) ?? [];
      expect(Number(line), `${fault} in line ${index + 1}`).toBeLessThanOrEqual(lines.length + 2);
    }
  }
});

it.each([
  ['JSON', (text: string) => text],
  ['URL-encoded', encodeURIComponent],
  ['URL-encoded, with a line break before it', (text: string) => encodeURIComponent(`\n${text}`)],
])('a policy in a text, %s: the place of the text, and the place in it', async (_title, encode) => {
  const policy = readFileSync(join(documents, 'policy.json'), 'utf8');
  const at = policy.indexOf('"Effect"');
  const broken = encode(`${policy.slice(0, at)}#${policy.slice(at)}`);
  const text = `{"Role": {\n  "Arn": "a",\n  "AssumeRolePolicyDocument": ${JSON.stringify(broken)}}}`;
  const place = positionAt(policy, at);
  const fault = await faultOf('a.json', text);
  expect(fault).toMatch(/^3:3: the policy a is not JSON: line \d+, column \d+ of its text: the name of a member/);
  expect(fault).toContain(`column ${place.column} of its text`);
});

it.each([
  ['main.tf', 'aws-terraform.txt', 'terraform show -json'],
  ['main.bicep', 'entra-bicep-managed-identity.txt', 'az bicep build'],
])('%s is not read as YAML: what is read in its place is told', async (name, document, hint) => {
  const file = join(folder, name);
  writeFileSync(file, readFileSync(resolve(import.meta.dirname, '../../../../trust/documents', document)));
  await expect(trustDocuments([file], {}, cli)).rejects.toMatchObject({
    message: expect.stringContaining('has neither a trust policy nor federated credentials'),
    detail: { hint: expect.stringContaining(hint) },
  });
});
