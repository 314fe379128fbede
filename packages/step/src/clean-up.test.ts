import { existsSync, rmSync } from 'node:fs';
import { FedbridgeError } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../test/harness/memory-host.ts';
import { cleanUp, cleanUpAfterFailure } from './clean-up.ts';

const failing = (message: string) => () => Promise.reject(new FedbridgeError('DELIVERY_FAILED', message));

describe('at the end of the job', () => {
  it('every part is tried, the first failure is told as one and the others are named', async () => {
    const host = hostWith();
    const done: string[] = [];
    await cleanUp(host, [
      failing('The first stays.'),
      async () => void done.push('the second'),
      failing('The third stays.'),
      async () => void done.push('the fourth'),
    ]);
    expect(done).toEqual(['the second', 'the fourth']);
    expect(host.error).toMatchObject({
      code: 'DELIVERY_FAILED',
      message: 'Clean-up is not complete. The first stays.',
    });
    expect(host.said).toContainEqual(expect.stringContaining('Clean-up is not complete. The third stays.'));
    expect(host.said.join('\n')).not.toContain('The first stays.');
  });

  it.each(['false', ' False ', 'FALSE'])('nothing is done where cleanup is %j, and it says so', async (cleanup) => {
    const host = hostWith({ cleanup });
    const done: string[] = [];
    await cleanUp(host, [async () => void done.push('it')]);
    expect(done).toEqual([]);
    expect(host.said).toContainEqual(
      expect.stringContaining(`Nothing is cleaned up: input "${host.inputName('cleanup')}" is false.`),
    );
  });

  it.each(['true', '', 'falsely', 'not false', 'no'])('all is done where it is %j', async (cleanup) => {
    const host = hostWith({ cleanup });
    const done: string[] = [];
    await cleanUp(host, [async () => void done.push('it')]);
    expect(done).toEqual(['it']);
    expect(host.error).toBeUndefined();
  });

  it('the folder of the step goes with all that it kept, and again is harmless', async () => {
    const host = hostWith();
    const path = host.folder.path();
    host.folder.keep('what', 'text');
    await cleanUp(host);
    expect(existsSync(path)).toBe(false);
    await cleanUp(host);
    expect({ said: host.said, error: host.error }).toEqual({ said: [], error: undefined });
  });

  it('a folder that somebody has removed is told of, since what it knew is not cleaned up', async () => {
    const host = hostWith();
    rmSync(host.folder.path(), { recursive: true });
    await cleanUp(host);
    expect(host.said).toEqual([expect.stringMatching(/^This step's folder .* is gone/)]);
  });
});

describe('after a failure', () => {
  it('what cannot be taken back is left for the end of the job, and named', async () => {
    const host = hostWith();
    const done: string[] = [];
    const parts = async () => [failing('It stays.'), async () => void done.push('another')];
    await cleanUpAfterFailure({ cleanUp: parts }, host, { published: true });
    expect(done).toEqual(['another']);
    expect(host.said).toContainEqual(
      expect.stringContaining('Clean-up is not complete, and is tried again at the end of the job. It stays.'),
    );
    expect(host.error).toBeUndefined();
  });

  it('parts that cannot be loaded are one that fails, and the folder goes all the same', async () => {
    const host = hostWith();
    const path = host.folder.path();
    const unloaded = failing('The bundle is gone.');
    await cleanUpAfterFailure({ cleanUp: unloaded }, host, { published: false });
    expect(existsSync(path)).toBe(false);
    expect(host.said).toContainEqual(expect.stringContaining('The bundle is gone.'));
  });

  it('a step without parts of its own leaves nothing to say', async () => {
    const host = hostWith();
    await cleanUpAfterFailure({}, host, { published: false });
    expect(host.said).toEqual([]);
  });
});
