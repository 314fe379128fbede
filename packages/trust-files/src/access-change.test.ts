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
    for (const cell of cells) expect(cell).toMatch(/^(<code>(?!.*:\/\/)([A-Za-z\d .:/,=+-]|&#\d+;)*<\/code>)?$/);
  }
});
