import { describe, expect, it } from 'vitest';
import { examples } from '../examples.ts';
import { compare } from './compare.ts';

const now = 1_790_000_000;
const [wide, narrow] = examples.map(({ text }) => text) as [string, string];
const changeOf = async (before: string, after: string) => (await compare({ before, after, mine: '', now })).change;
const role = (text: string, name = 'deploy') => ({
  Arn: `arn:aws:iam::123456789012:role/${name}`,
  AssumeRolePolicyDocument: JSON.parse(text),
});

describe('what a change does', () => {
  it('is who is newly allowed, and who no longer is', async () => {
    expect(await changeOf(narrow, wide)).toMatchObject({ gained: [{ reach: 'any account' }], lost: [{}] });
    expect(await changeOf(wide, wide)).toMatchObject({ gained: [], lost: [], problems: [] });
    expect(await changeOf('', narrow)).toMatchObject({ gained: [{ reach: 'named others' }], lost: [] });
    expect(await changeOf(narrow, '')).toMatchObject({ gained: [], lost: [{ reach: 'named others' }] });
  });

  it('is nothing where a role is shown in another way', async () => {
    expect(await changeOf(JSON.stringify({ Role: role(narrow) }), narrow)).toMatchObject({ gained: [], lost: [] });
    expect(await changeOf(narrow, JSON.stringify(role(narrow, 'other')))).toMatchObject({ gained: [], lost: [] });
  });

  it('is told of each of several, by its name', async () => {
    const [before, after] = [
      [role(narrow), role(narrow, 'other')],
      [role(narrow), role(wide, 'other')],
    ];
    const { gained, lost } = (await changeOf(JSON.stringify(before), JSON.stringify(after))) ?? {};
    expect(gained).toMatchObject([{ where: 'arn:aws:iam::123456789012:role/other Statement[0]' }]);
    expect(lost).toHaveLength(1);
  });

  it('is not told where one of them cannot be read', async () => {
    expect(await compare({ before: '{', after: narrow, mine: '', now })).toMatchObject({
      beforeProblem: { position: { line: 1, column: 2 } },
      afterProblem: undefined,
    });
    expect(await changeOf('{', narrow)).toBeUndefined();
    const twice = narrow.replace('"Effect"', '"Effect": "Deny",\n"Effect"');
    expect(await changeOf(twice, narrow)).toMatchObject({
      headings: { gained: 'Of what could be compared, nobody is newly allowed.' },
      gained: [],
      problems: [{ message: expect.stringContaining('Effect stands more than once') }],
    });
  });
});
