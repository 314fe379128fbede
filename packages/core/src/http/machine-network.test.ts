import { expect, it } from 'vitest';
import { isBypassed, noProxyBeside } from './machine-network.ts';

const at = (text: string) => new URL(text);

it.each([
  ['\\.corp\\.int', 'https://sts.corp.int/x', true],
  ['CORP', 'https://sts.corp.int/', true],
  ['  sts\\.corp  ', 'https://sts.corp.int/', true],
  ['^https://sts\\.corp\\.int$', 'https://sts.corp.int:443/path?query', true],
  [':8443$', 'https://sts.corp.int:8443/', true],
  [':443', 'https://sts.corp.int/', false],
  ['path', 'https://sts.corp.int/path', false],
  ['*.corp.int', 'https://sts.corp.int/', false],
  ['example', 'https://sts.corp.int/', false],
  [' ', 'https://sts.corp.int/', false],
])('the bypass %s of %s: %s', (pattern, url, expected) => {
  expect(isBypassed(at(url), [pattern])).toBe(expected);
  expect(isBypassed(at(url), ['(', 'nothing', pattern])).toBe(expected);
});

it.each([
  ['corp\\.int', 'corp.int'],
  ['corp\\.int$', 'corp.int'],
  ['.*corp\\.int.*', 'corp.int'],
  ['\\.corp\\.int', '.corp.int'],
  ['.*\\.corp\\.int', '.corp.int'],
  ['^.*\\.corp\\.int$', '.corp.int'],
  ['corp.int', 'corp.int'],
  ['.corp.int', 'corp.int'],
  ['^corp\\.int', ''],
  ['^https://corp\\.int$', ''],
  ['^https?://corp\\.int', ''],
  ['http://corp.int', ''],
  ['127\\.0\\.0\\.1', '127.0.0.1'],
  ['(a|b)\\.int', ''],
  ['corp\\.int:8443', ''],
  ['', ''],
])('programs are told of %s as %j', (pattern, expected) => {
  expect(noProxyBeside('', [pattern])).toBe(expected);
  expect(noProxyBeside('x', [pattern])).toBe(expected === '' ? 'x' : `x,${expected}`);
});
