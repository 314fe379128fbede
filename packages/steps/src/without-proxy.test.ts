import { expect, it } from 'vitest';
import { withoutProxy } from './without-proxy.ts';

const http_proxy = 'http://proxy.example.com:3128';
const both = (value: string) => ({ no_proxy: value, NO_PROXY: value });

it.each<[Record<string, string>, Record<string, string>]>([
  [{}, {}],
  [{ no_proxy: 'corp.example.com' }, {}],
  ...['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].map(
    (name): [Record<string, string>, Record<string, string>] => [{ [name]: http_proxy }, both('127.0.0.1')],
  ),
  [{ http_proxy, no_proxy: 'a.example.com, .b' }, both('a.example.com,.b,127.0.0.1')],
  [{ http_proxy, NO_PROXY: 'a b' }, both('a,b,127.0.0.1')],
  [{ http_proxy, no_proxy: 'a,c', NO_PROXY: 'b,c' }, both('a,c,b,127.0.0.1')],
  [{ http_proxy, no_proxy: '127.0.0.1', NO_PROXY: 'b' }, both('127.0.0.1,b')],
  [{ http_proxy, no_proxy: 'localhost,127.0.0.1:1' }, both('localhost,127.0.0.1:1,127.0.0.1')],
  [{ http_proxy, no_proxy: 'a, 127.0.0.1' }, {}],
  [{ http_proxy, no_proxy: '127.0.0.1', NO_PROXY: 'b,127.0.0.1' }, {}],
  // Nobody can tell an empty one, which hides the other, from none.
  [{ http_proxy, NO_PROXY: 'a,127.0.0.1' }, { no_proxy: 'a,127.0.0.1' }],
  [{ http_proxy, no_proxy: ' ', NO_PROXY: '127.0.0.1' }, { no_proxy: '127.0.0.1' }],
  // Blanks between hosts are none to Python.
  [{ http_proxy, no_proxy: 'a 127.0.0.1' }, both('a,127.0.0.1')],
  // An asterisk counts where it stands alone, and not for Azure's SDK for JavaScript.
  ...[{ no_proxy: '*' }, { NO_PROXY: ' *' }, { no_proxy: '*', NO_PROXY: '*' }].map(
    (given): [Record<string, string>, Record<string, string>] => [
      { http_proxy, ...given },
      { no_proxy: '*', NO_PROXY: '*,127.0.0.1' },
    ],
  ),
  [{ http_proxy, no_proxy: '*', NO_PROXY: '127.0.0.1' }, {}],
  [{ http_proxy, no_proxy: 'a', NO_PROXY: '*' }, both('a,*,127.0.0.1')],
])('with %j, what is exported is %j', (environment, exported) => {
  expect(withoutProxy((name) => environment[name] ?? '')).toEqual(exported);
});
