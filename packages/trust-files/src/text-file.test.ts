import { expect, it } from 'vitest';
import { FileError, placeIn } from './text-file.ts';

it('a place in a file is as compilers print it', () => {
  expect(placeIn('roles/a.json', { line: 3, column: 14 })).toBe('roles/a.json:3:14');
});

it('an error of a file says where, and what, and what to do', () => {
  const position = { line: 3, column: 14 };
  const error = new FileError('roles/a.json', position, 'not JSON', 'Correct it.');
  expect(error).toMatchObject({ code: 'INPUT_INVALID', file: 'roles/a.json', position, what: 'not JSON' });
  expect(error.message).toContain('roles/a.json:3:14: not JSON.');
  expect(error.detail.hint).toBe('Correct it.');
});
