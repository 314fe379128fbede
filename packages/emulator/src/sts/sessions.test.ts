import { describe, expect, it } from 'vitest';
import { Sessions, uniqueId } from './sessions.ts';

const who = {
  ...{ arn: 'arn', roleArn: 'role', userId: 'AROA:x', account: '123456789012', expires: 1 },
  ...{ tags: {}, transitiveTagKeys: [] },
};

describe('the sessions of an STS', () => {
  it('are known by their keys, which are of the form of those of AWS and of nobody else', () => {
    const sessions = new Sessions(9);
    const [one, other] = [sessions.issue(who), sessions.issue(who)];
    expect(one.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(one.secretAccessKey).toMatch(/^[\w/+]{40}$/);
    expect(one.sessionToken.length).toBeGreaterThan(300);
    expect(new Set([one.accessKeyId, other.accessKeyId, one.secretAccessKey, other.secretAccessKey]).size).toBe(4);
    expect([sessions.find(one.accessKeyId), sessions.find('ASIANOBODY')]).toEqual([one, undefined]);
  });

  it('are forgotten where there are many, the oldest first, and never one of the newest', () => {
    const sessions = new Sessions(3);
    const keys = Array.from({ length: 20 }, () => sessions.issue(who).accessKeyId);
    const known = keys.map((key) => sessions.find(key) !== undefined);
    expect(known.slice(-3)).toEqual([true, true, true]);
    expect(known.lastIndexOf(false)).toBe(known.indexOf(true) - 1);
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(6);
  });

  it('an id has a letter for each byte, of thirty-two', () => {
    expect(uniqueId(Uint8Array.from([0, 25, 26, 31, 32, 255]))).toBe('AZ27A7');
  });
});
