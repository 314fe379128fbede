/**
 * Tests as well:
 * - packages/trust-files/src/markdown.ts
 */

import { parseMine } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { accessChange, changeInMarkdown } from './access-change.ts';
import { documentsIn } from './documents.ts';

const hub = 'token.actions.githubusercontent.com';
const options = { mine: [parseMine('github:octo')].filter((one) => one !== undefined), now: 1_790_000_000 };

const trust = (subject: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${hub}:sub`]: subject } },
    },
  ],
});
const stack = (...subjects: readonly unknown[]) =>
  subjects
    .map((subject) => ({
      Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust(subject) } } },
    }))
    .map((one) => `---\n${JSON.stringify(one)}\n`)
    .join('');

/** What changes between two files of several templates each, in which all roles have one address. */
async function change(before: readonly unknown[], after: readonly unknown[], name = 'stacks.yaml') {
  const state = async (subjects: readonly unknown[]) =>
    documentsIn([{ name, text: stack(...subjects), isOfFolder: true }]);
  return accessChange(await state(before), await state(after), options);
}

describe('Documents of one file and address', () => {
  it.each<[string, unknown[], unknown[], string[]]>([
    ['the first of them', ['repo:octo/a:*', 'repo:octo/b:*'], ['repo:evil/a:*', 'repo:octo/b:*'], ['evil']],
    ['the last of them', ['repo:octo/a:*', 'repo:octo/b:*'], ['repo:octo/a:*', 'repo:evil/b:*'], ['evil']],
    ['one more', ['repo:octo/a:*'], ['repo:octo/a:*', 'repo:evil/b:*'], ['evil']],
    ['one more in front', ['repo:octo/a:*'], ['repo:evil/b:*', 'repo:octo/a:*'], ['evil']],
    ['nothing', ['repo:evil/a:*', 'repo:octo/b:*'], ['repo:evil/a:*', 'repo:octo/b:*'], []],
  ])('are each compared: %s', async (_title, before, after, owners) => {
    const { gained, notCompared } = await change(before, after);
    const others = gained.filter(({ admitted }) => admitted.reach !== 'only mine');
    expect(others.flatMap(({ admitted }) => admitted.owners)).toEqual(owners);
    expect(notCompared).toEqual([]);
  });
});

describe('A document that cannot be read in full', () => {
  const parameter = { 'Fn::Sub': `repo:\${Org}/app:*` };

  it.each([
    ['as it is', ['repo:octo/a:*'], [parameter]],
    ['as it was', [parameter], ['repo:octo/a:*']],
    ['where there was none', [], [parameter]],
  ])('%s is reported, and nobody is said to be denied or allowed by it', async (_title, before, after) => {
    const changed = await change(before, after);
    const { gained, lost, notCompared } = changed;
    expect([gained, lost]).toEqual([[], []]);
    const markdown = changeInMarkdown(changed);
    expect(markdown).not.toContain('Nobody is');
    expect(markdown).toContain('**Not compared**');
    expect(notCompared.map(({ error }) => error.message)).toEqual([
      expect.stringContaining('does not tell what Org is'),
    ]);
  });

  it('and did not change is none', async () => {
    expect(await change([parameter], [parameter])).toEqual({ gained: [], lost: [], notCompared: [] });
  });
});

describe('An example', () => {
  const principal = (AWS: string) => ({
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  });
  const state = async (policy: object) =>
    documentsIn([{ name: 'a.json', text: JSON.stringify(policy), isOfFolder: false }]);
  it.each([
    ['of ours', trust('repo:octo/a:*'), 'only mine', 'repo:octo/a:'],
    ['of others', trust('repo:evil/a:*'), 'evil', 'repo:evil/a:'],
    ['of an account', principal('arn:aws:iam::210987654321:root'), '210987654321', 'arn:aws:'],
  ])('%s stands in the table', async (_title, policy, who, example) => {
    const changed = accessChange(await state(trust('repo:octo/b:*')), await state(policy), options);
    const row = changeInMarkdown(changed)
      .split('\n')
      .find((line) => line.includes(who));
    expect(row?.split(' | ').at(-1)).toContain(example);
  });
});

/** A value with another text in the place of each that is in it, and of each name of a member. */
function* withText(value: unknown, text: string, put: (one: unknown) => unknown): Generator<unknown> {
  if (typeof value === 'string') yield put(text);
  if (typeof value !== 'object' || value === null) return;
  const own: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, inner] of own) {
    const replaced = (one: unknown) =>
      Array.isArray(value) ? value.with(Number(step), one) : { ...value, [step]: one };
    yield* withText(inner, text, (one) => put(replaced(one)));
    if (typeof step === 'string')
      yield put(Object.fromEntries(own.map(([name, one]) => [name === step ? `${step}${text}` : name, one])));
  }
}

describe('Whatever a document holds is text in the Markdown of a comment', () => {
  const credential = { name: 'a', issuer: `https://${hub}`, subject: 'repo:evil/a:x', audiences: ['b'] };
  const value = `claims['sub'] matches 'repo:evil/*' and claims['repository_id'] eq '7'`;
  const expression = { value, languageVersion: 1 };
  const shapes: Readonly<Record<string, unknown>> = {
    'a role': { Role: { RoleName: 'deploy', AssumeRolePolicyDocument: trust('repo:evil/a:*') } },
    'a template': {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust({ 'Fn::Sub': `\${A}` }) } },
      },
    },
    credentials: [credential, { ...credential, subject: null, claimsMatchingExpression: expression }],
    'a form that is not read': { deploy: { principals: ['*'], actions: ['sts:AssumeRole'] } },
  };
  const hostile = [
    '\n\n@octocat <img src=x onerror=x> [x](https://evil.example) ![x](//evil.example) `x` |\n|-|\n<!--',
    '</code> *x* _x_ ~x~ #1 GH-1 octo/app#1 www.evil.example mailto:x@evil.example\r# x\u202e\u0007',
  ];
  /** Nothing but what this project writes, and cells in which nothing acts. */
  const safe = /^(?:[\w ,.:;|*'()-]|<code>(?!.*:\/\/)(?:[A-Za-z\d .:/,=+…-]|&#\d+;|<!-- -->)*<\/code>)*$/u;

  it.each(Object.keys(shapes))('%s', async (shape) => {
    for (const text of hostile) {
      for (const one of withText(shapes[shape], `x${text}`, (some) => some)) {
        const fresh = await documentsIn([{ name: 'a.json', text: JSON.stringify(one), isOfFolder: true }]);
        const markdown = changeInMarkdown(accessChange({ documents: [] }, fresh, options));
        for (const line of markdown.split(/[\n\r]/)) expect(line).toMatch(safe);
        const told = markdown.replaceAll(/&#\d+;|<!-- -->/g, '');
        for (const acts of ['@', '<img', '](', '`', 'www.', '<!--']) expect(told).not.toContain(acts);
        expect(markdown).not.toMatch(/&#64;\w/);
      }
    }
  });
});

it.each([
  '<img src=x>',
  '`',
  '|',
  '\n|',
  '\u001b[2J',
  '\u202e',
  '@octocat',
  'https://evil.example',
  '[x](y)',
  '&lt;',
  '##vso[',
])('%j, as a file is called, is text in Markdown', async (text) => {
  const { gained, lost } = await change([], ['repo:evil/app:*'], `${text}.yaml`);
  const markdown = changeInMarkdown({ gained, lost, notCompared: [] });
  expect(markdown).toContain('**Newly allowed**');
  const rows = markdown.split('\n').filter((line) => line.includes('<code>'));
  expect(rows).toHaveLength(gained.length);
  for (const row of rows) {
    const cells = row.slice(2, -2).split(' | ');
    expect(cells).toHaveLength(4);
    for (const cell of cells)
      expect(cell).toMatch(/^(<code>(?!.*:\/\/)([A-Za-z\d .:/,=+-]|&#\d+;|<!-- -->)*<\/code>)?$/);
  }
});
