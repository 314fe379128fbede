import { parseAst } from 'rolldown/parseAst';
import { expect, it } from 'vitest';
import { namesOf, without, withoutUnused } from './unused-functions.ts';

const module = `
exports.late = exports.read = exports.walk = exports.log = void 0;
const im = require('./internal');
function read(name) { return opened(name); }
exports.read = read;
function walk() { return read('.'); }
exports.walk = walk;
function opened(name) { exports.log(name); }
exports.log = im.log;
exports.late = im.late;
function begin() {}
begin();
`;
const kept = (...asked: readonly string[]) => withoutUnused(module, new Set(asked), parseAst).trim().split(/\n+/);
const atLoad = ["const im = require('./internal');", 'function begin() {}', 'begin();'];

it('keeps what runs as a module loads, and what that needs', () => expect(kept()).toEqual(atLoad));

it('keeps what is asked for, with what it needs in turn', () => {
  const read = ['function read(name) { return opened(name); }', 'exports.read = read;'];
  const opened = ['function opened(name) { exports.log(name); }', 'exports.log = im.log;'];
  expect(kept('read').sort()).toEqual([...atLoad, ...read, ...opened].sort());
  expect(kept('late')).toEqual([atLoad[0], 'exports.late = im.late;', ...atLoad.slice(1)]);
});

it('finds the members that a text names', () => {
  expect(namesOf('im', 'im._find(im.x, him.y, im["z"]);')).toEqual(new Set(['_find', 'x']));
});

it('leaves pieces out of a text', () => {
  const pieces = [
    { start: 1, end: 3 },
    { start: 4, end: 5 },
  ];
  expect(without('abcdef', pieces)).toBe('adf');
});
