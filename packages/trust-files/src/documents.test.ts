import { describe, expect, it } from 'vitest';
import { documentsIn } from './documents.ts';
import { decoded } from './encoding.ts';

const provider = 'arn:aws:iam::123456789012:oidc-provider/gitlab.com';
const statement = { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' };
const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

/** Each name without what is looked for in it. */
const hidden = (spelled: (character: string) => string) =>
  policy.replaceAll(/Statement|Effect/g, (name) => spelled(name.slice(0, 1)) + name.slice(1));
const hex = (character: string, digits: number) => character.charCodeAt(0).toString(16).padStart(digits, '0');

const inFolder = (name: string, text: string) => documentsIn([{ name, text, isOfFolder: true }]);

describe('A file of a folder has its document found', () => {
  it.each<[how: string, name: string, text: string]>([
    ['as it is', 'a.json', policy],
    ['with escapes of JSON', 'a.json', hidden((one) => `\\u${hex(one, 4)}`)],
    ['with escapes of JSON in a YAML file', 'a.yaml', hidden((one) => `\\u${hex(one, 4)}`)],
    ['with short escapes of YAML', 'a.yaml', `---\n${hidden((one) => `\\x${hex(one, 2)}`)}`],
    ['with long escapes of YAML', 'a.yaml', `---\n${hidden((one) => `\\U${hex(one, 8)}`)}`],
    ['with line breaks that are escaped', 'a.yaml', `---\n${hidden((one) => `${one}\\\n  `)}`],
    [
      'as a URL has it',
      'a.json',
      `%7B${hidden((one) => `%${hex(one, 2)}`)
        .slice(1)
        .replaceAll('"', '%22')}`,
    ],
    ['below a directive', 'a.yaml', `%ab x\n---\n${policy}`],
    ['below a directive with the letters of a policy', 'a.yaml', `%7B x\r\n---\r\n${policy}`],
  ])('%s', async (_how, name, text) => {
    const { documents } = await inFolder(name, text);
    expect(documents).toHaveLength(1);
    expect(documents[0]?.document.policy).toEqual(JSON.parse(policy));
  });

  it.each(['utf-32le', 'utf-32be'])('or it is said that it is not read: %s', async (encoding) => {
    const order = encoding === 'utf-32le' ? [0, 3, 2, 1] : [3, 2, 1, 0];
    const bytes = [...policy].flatMap((one) => order.map((at) => (at === order.indexOf(0) ? one.charCodeAt(0) : 0)));
    const { faults } = await inFolder('a.json', decoded(Uint8Array.from(bytes), 'a.json'));
    expect(faults.map(({ error }) => error.message)).toEqual([expect.stringContaining('a.json:1:')]);
  });

  it.each(['{"a": "b\\n"}', 'a: 100%\n', '# C:\\temp {{ if }}\na: [', '{"a": "\\\\d"}'])(
    'and is passed over where it has none: %j',
    async (text) => expect((await inFolder('a.yaml', text)).documents).toEqual([]),
  );
});
