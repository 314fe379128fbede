import { describe, expect, it } from 'vitest';
import { parseResources } from './resources.ts';

const guid = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
const arm = { known: 'arm' };

describe('the resources that a token is wanted for', () => {
  it.each([
    ['arm', [{ name: 'arm', resource: arm }]],
    ['api://my-api', [{ name: undefined, resource: 'api://my-api' }]],
    [guid, [{ name: undefined, resource: guid }]],
    ['mine = arm', [{ name: 'mine', resource: arm }]],
    ['a-b_1=api://my-api/.default', [{ name: 'a-b_1', resource: 'api://my-api' }]],
    ['api://x?a=b', [{ name: undefined, resource: 'api://x?a=b' }]],
    [
      'api://first\n\n graph \nmine = api://x',
      [
        { name: undefined, resource: 'api://first' },
        { name: 'graph', resource: { known: 'graph' } },
        { name: 'mine', resource: 'api://x' },
      ],
    ],
  ])('%j', (text, wanted) => expect(parseResources(text)).toEqual(wanted));

  it.each([
    ['arm\napi://x', 'every resource after the first needs a name'],
    ['arm\narm', '"arm" comes twice.'],
    ['mine = arm\nmine = graph', '"mine" comes twice.'],
    ['arm\narm = graph', '"arm" comes twice.'],
    ['mine = arm\nMINE = graph', '"mine" and "MINE" are one name'],
    ['toString = arm\ntoString = graph', '"toString" comes twice.'],
    ['1x = arm', 'expected arm, graph'],
    ['mine =', 'expected arm, graph'],
    ['ARM', 'expected arm, graph'],
    ['__proto__', 'expected arm, graph'],
    ['my api://x', 'expected arm, graph'],
  ])('%j is none: %s', (text, message) => {
    expect(() => parseResources(text)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
