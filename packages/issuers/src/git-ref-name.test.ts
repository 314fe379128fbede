import { expect, it } from 'vitest';
import { isFullRef, isGitRefName } from './git-ref-name.ts';

// Source: git-check-ref-format(1).
it.each([
  ['main', true],
  ['release/1.2', true],
  ['a@b', true],
  ['x.lock.y', true],
  ['.lock', false],
  ['main.lock', false],
  ['a.lock/b', false],
  ['a/.b', false],
  ['a//b', false],
  ['/a', false],
  ['a/', false],
  ['a..b', false],
  ['a@{b', false],
  ['a.', false],
  ['a b', false],
  ['a~1', false],
  ['a^', false],
  ['a:b', false],
  ['a?', false],
  ['a*', false],
  ['a[b', false],
  ['a\\b', false],
  ['a\u007f', false],
  ['@', false],
  ['', false],
])('git lets a branch have the name %j: %s', (name, is) => expect(isGitRefName(name)).toBe(is));

it.each([
  ['refs/heads/main', true],
  ['refs/tags/v1', true],
  ['refs/pull/7/merge', true],
  ['refs/notes/x', false],
  ['refs/heads/', false],
  ['main', false],
])('jobs run for %s: %s', (ref, is) => expect(isFullRef(ref)).toBe(is));
