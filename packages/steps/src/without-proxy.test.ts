import { expect, it } from 'vitest';
import { withoutProxy } from './without-proxy.ts';

const proxy = { http_proxy: 'http://proxy.example.com:3128' };
const both = (value: string) => ({ no_proxy: value, NO_PROXY: value });

it.each([
  ['no proxy', {}, {}],
  ['a proxy for HTTPS alone', { https_proxy: 'http://proxy.example.com:3128' }, {}],
  ['a proxy', proxy, both('127.0.0.1')],
  ['a proxy in capitals', { ALL_PROXY: 'http://proxy.example.com:3128' }, both('127.0.0.1')],
  ['hosts without it', { ...proxy, no_proxy: 'a.example.com, b' }, both('a.example.com,b,127.0.0.1')],
  ['hosts in capitals', { ...proxy, NO_PROXY: 'a' }, both('a,127.0.0.1')],
  ['this one already', { ...proxy, ...both('a,127.0.0.1') }, {}],
  ['this one under one name', { ...proxy, no_proxy: '127.0.0.1' }, { NO_PROXY: '127.0.0.1' }],
  ['all of them', { ...proxy, ...both('*') }, {}],
])('where the job has %s', (_title, environment, expected) => {
  expect(withoutProxy(environment)).toEqual(expected);
});
