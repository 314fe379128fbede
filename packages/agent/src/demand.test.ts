import { describe, expect, it } from 'vitest';
import { capabilitiesFor, formatDemand, parseDemand, satisfies } from './demand.ts';

describe('a demand', () => {
  it.each([
    ['docker', { docker: 'true' }, 'docker'],
    ['size=large', { size: 'large' }, 'size -equals large'],
    ['Agent.OS=Windows NT', { 'Agent.OS': 'Windows NT' }, 'Agent.OS -equals Windows NT'],
    ['a=b=c', { a: 'b=c' }, 'a -equals b=c'],
  ])('%s', (text, capabilities, written) => {
    const demand = parseDemand(text);
    expect(capabilitiesFor([demand])).toEqual(capabilities);
    expect(formatDemand(demand)).toBe(written);
    expect(satisfies(capabilitiesFor([demand]), demand)).toBe(true);
    expect(satisfies({}, demand)).toBe(false);
  });

  it.each(['', '=', 'a=', '=b', 'a b', 'a,b', 'a=b,c', 'a= b', 'a=b ', 'a=b\nc', '-equals'])('%j is none', (text) => {
    expect(() => parseDemand(text)).toThrow(/expected NAME/);
  });

  it('ignores case, and compares values', () => {
    expect(satisfies({ Size: 'LARGE' }, parseDemand('size=large'))).toBe(true);
    expect(satisfies({ size: 'small' }, parseDemand('size=large'))).toBe(false);
    expect(satisfies({ size: 'small' }, parseDemand('size'))).toBe(true);
  });
});
