import { type ConformanceCase, casesOf } from './case.ts';
import { rfc, sources } from './sources.ts';
import type { TokenSpec } from './token.ts';
import type { TrustName } from './trusts.ts';

const exactly =
  'A subject is compared exactly, from its first to its last character: what begins or looks alike is somebody else.';
const sub = (value: unknown): TokenSpec => ({ claims: { sub: value } });
const lookAlike = (value: string) =>
  ({ token: sub(value), expected: 'refused', why: exactly, source: rfc(7519, '7.3') }) as const;
const noText = (value: unknown) =>
  ({
    token: sub(value),
    expected: 'refused',
    why: 'A subject is a text. A list, or what else may be converted to one, is not what the issuer meant.',
    source: rfc(7519, '4.1.2'),
  }) as const;
const like = (trust: TrustName, value: string, expected: 'accepted' | 'refused', why: string) =>
  ({ trust, token: sub(value), expected, why, source: sources.iamOperators }) as const;
const anything = 'A star stands for any characters, slashes too.';
const besides = 'Beside its stars a pattern is compared exactly, from the first to the last character.';

/** Who. */
export const subjectCases: readonly ConformanceCase[] = casesOf('subjects', {
  'trusted-one-is-its-beginning': lookAlike('repo:octo/app:ref:refs/heads/main-2'),
  'beginning-of-the-trusted-one': lookAlike('repo:octo/app:ref:refs/heads/mai'),
  'trusted-one-is-its-end': lookAlike('x/repo:octo/app:ref:refs/heads/main'),
  'in-another-case': lookAlike('repo:Octo/App:ref:refs/heads/main'),
  'space-behind': lookAlike('repo:octo/app:ref:refs/heads/main '),
  'space-before': lookAlike(' repo:octo/app:ref:refs/heads/main'),
  'line-break-behind': lookAlike('repo:octo/app:ref:refs/heads/main\n'),
  'line-break-and-more-behind': lookAlike('repo:octo/app:ref:refs/heads/main\nrepo:mona/app'),
  'nul-behind': lookAlike('repo:octo/app:ref:refs/heads/main\u0000.example.com'),
  'percent-encoded': lookAlike('repo:octo%2Fapp:ref:refs/heads/main'),
  'doubled-slash': lookAlike('repo:octo//app:ref:refs/heads/main'),
  'dot-segments': lookAlike('repo:octo/x/../app:ref:refs/heads/main'),
  'invisible-character': lookAlike('repo:octo/app\u200b:ref:refs/heads/main'),
  'letter-of-another-alphabet': lookAlike('repo:\u043ecto/app:ref:refs/heads/main'),
  'full-width-letters': lookAlike('repo:octo/app:ref:refs/heads/ｍain'),
  'a-star': lookAlike('*'),
  'a-pattern': lookAlike('repo:octo/*'),
  'unicode-in-another-normal-form': {
    trust: 'github-unicode',
    ...lookAlike('repo:octo/app:environment:mu\u0308nchen'),
    why: 'Texts are compared without normalization: one name in two forms is two names.',
  },
  'unicode-without-its-mark': { trust: 'github-unicode', ...lookAlike('repo:octo/app:environment:munchen') },
  'unicode-in-capitals': { trust: 'github-unicode', ...lookAlike('repo:octo/app:environment:MÜNCHEN') },
  'unicode-as-it-is': {
    trust: 'github-unicode',
    expected: 'accepted',
    why: 'A subject may have any character: it is the same one in the trust.',
    source: rfc(7519, '7.3'),
  },
  'written-with-escapes': {
    token: { escaped: ['sub'] },
    expected: 'accepted',
    why: 'How JSON writes a character makes no difference: compared is what it stands for.',
    source: rfc(8259, '8.3'),
  },
  'list-of-one': noText(['repo:octo/app:ref:refs/heads/main']),
  list: noText(['repo:octo/app:ref:refs/heads/main', 'repo:mona/app:ref:refs/heads/main']),
  object: noText({ value: 'repo:octo/app:ref:refs/heads/main' }),
  null: noText(null),
  empty: { token: sub(''), expected: 'refused', why: exactly, source: rfc(7519, '4.1.2') },
  missing: {
    token: { without: ['sub'] },
    expected: 'refused',
    why: 'Without a subject nobody speaks.',
    source: sources.idToken,
  },
  'name-in-capitals': {
    token: { without: ['sub'], claims: { SUB: 'repo:octo/app:ref:refs/heads/main' } },
    expected: 'refused',
    why: 'Names of claims are compared with their case: a claim of another name is not the subject.',
    source: rfc(7519, '10.1.1'),
  },
  'doubled-the-last-of-another': {
    token: { twice: { claims: { sub: 'repo:mona/app:ref:refs/heads/main' }, where: 'behind' } },
    expected: 'refused',
    why: 'Of a doubled claim the last one counts, unless the token is refused.',
    source: rfc(7519, '4'),
  },
  'doubled-by-case': {
    token: { claims: { sub: 'repo:mona/app:ref:refs/heads/main', SUB: 'repo:octo/app:ref:refs/heads/main' } },
    expected: 'refused',
    why: 'A reader that does not look at case takes the second name for the first one, and a stranger for who is trusted.',
    source: rfc(7519, '10.1.1'),
  },
  'star-where-texts-are-compared': {
    trust: 'github-star',
    token: sub('repo:octo/app:ref:refs/heads/main'),
    expected: 'refused',
    why: 'Where a text is compared exactly, a star is a star. A server that reads a pattern trusts more than was said.',
    source: sources.iamOperators,
  },
  'pattern-and-a-branch-below': like(
    'github-releases',
    'repo:octo/app:ref:refs/heads/release/1.2/hotfix',
    'accepted',
    anything,
  ),
  'pattern-and-a-branch-that-begins-alike': like(
    'github-releases',
    'repo:octo/app:ref:refs/heads/releases/1.2',
    'refused',
    besides,
  ),
  'pattern-within-a-longer-name': like(
    'github-releases',
    'repo:octo/app:ref:refs/heads/feature/release/1.2',
    'refused',
    besides,
  ),
  'pattern-in-another-case': like('github-releases', 'repo:octo/app:ref:refs/heads/Release/1.2', 'refused', besides),
  'pattern-and-a-tag': like('github-releases', 'repo:octo/app:ref:refs/tags/release/1.2', 'refused', besides),
  'pattern-and-a-repository-that-begins-alike': like(
    'github-releases',
    'repo:octo/app-2:ref:refs/heads/release/1.2',
    'refused',
    besides,
  ),
  'pattern-and-a-dot-that-stands-for-any': like(
    'github-releases',
    'repo:octoXapp:ref:refs/heads/release/1.2',
    'refused',
    besides,
  ),
  'pattern-of-an-organization': like('github-organization', 'repo:octo/other:pull_request', 'accepted', anything),
  'pattern-of-an-organization-that-begins-alike': like(
    'github-organization',
    'repo:octo-evil/app:ref:refs/heads/main',
    'refused',
    besides,
  ),
  'pattern-of-an-organization-further-in': like(
    'github-organization',
    'x:repo:octo/app:ref:refs/heads/main',
    'refused',
    besides,
  ),
  'pattern-and-a-subject-with-ids': like(
    'github-organization',
    'repo:octo@65001/app@724113:ref:refs/heads/main',
    'refused',
    besides,
  ),
});
