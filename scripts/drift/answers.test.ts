import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answersFrom, answersOfVendors } from './answers.ts';
import type { Address, Source } from './compare.ts';
import { OtherShape } from './facts.ts';

const of = (address: Address): Source => ({
  title: 'A vendor',
  address,
  copy: 'copies/answer.txt',
  read: () => [],
  ours: () => [],
  held: '',
});
const latest = 'https://github.com/octo/app/releases/latest';
const release = 'https://github.com/octo/app/releases/tag/v1.2.3';
const manifest = 'https://raw.githubusercontent.com/octo/app/v1.2.3/action.yml';
const page = 'https://vendor.example/page';

/** A web of these pages, and what was asked of it. */
function web(pages: Readonly<Record<string, () => Response>>) {
  const asked: string[] = [];
  const request = async (url: string | URL | Request, init?: RequestInit) => {
    asked.push(`${url} ${init?.redirect} ${JSON.stringify(init?.headers ?? {})}`);
    return (pages[String(url)] ?? (() => new Response('', { status: 404 })))();
  };
  return { asked, answerOf: answersOfVendors(request as typeof fetch) };
}
const redirect = (location: string) => () => new Response(null, { status: 302, headers: { location } });

describe('the answer of a vendor', () => {
  it('is what a URL has, with line ends of one kind, asked once and without a token', async () => {
    const { answerOf, asked } = web({ [page]: () => new Response('a\r\nb') });
    expect(await Promise.all([answerOf(of({ url: page })), answerOf(of({ url: page }))])).toEqual(['a\nb', 'a\nb']);
    expect(asked).toEqual([`${page} manual {}`]);
  });

  it('is where the newest release is', async () => {
    const { answerOf } = web({ [latest]: redirect(release) });
    expect(await answerOf(of({ newestRelease: 'octo/app' }))).toBe(`${release}\n`);
  });

  it('is a file of the newest release', async () => {
    const { answerOf } = web({ [latest]: redirect(release), [manifest]: () => new Response('inputs: {}') });
    expect(await answerOf(of({ newestRelease: 'octo/app', file: 'action.yml' }))).toBe('inputs: {}');
  });

  it.each<[string, Address, Readonly<Record<string, () => Response>>, string | typeof OtherShape]>([
    ['a page that is not there', { url: page }, {}, 'status 404'],
    ['a page that is elsewhere', { url: page }, { [page]: redirect('https://evil.example') }, 'status 302'],
    ['a page without end', { url: page }, { [page]: () => new Response('x'.repeat(4_000_001)) }, 'more than 4000000'],
    ['a repository without a release', { newestRelease: 'octo/app' }, {}, 'without a location'],
    [
      'a release elsewhere',
      { newestRelease: 'octo/app', file: 'action.yml' },
      { [latest]: redirect('https://evil.example/releases/tag/v1.2.3') },
      OtherShape,
    ],
  ])('is an error for %s', async (_title, address, pages, problem) => {
    await expect(web(pages).answerOf(of(address))).rejects.toThrow(problem as string);
  });

  it('is an error with its cause for a host that cannot be reached', async () => {
    const answerOf = answersOfVendors(() =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })),
    );
    await expect(answerOf(of({ url: page }))).rejects.toThrow('fetch failed: getaddrinfo ENOTFOUND');
  });

  it('is a copy in a folder, at its path in the repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drift-'));
    mkdirSync(join(folder, 'copies'));
    writeFileSync(join(folder, 'copies', 'answer.txt'), 'stored');
    expect(await answersFrom(folder)(of({ url: page }))).toBe('stored');
    await expect(answersFrom(join(folder, 'none'))(of({ url: page }))).rejects.toThrow('ENOENT');
  });
});
