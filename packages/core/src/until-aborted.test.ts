import { expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

it('a signal that is aborted is waited for until then, and no longer once it was', async () => {
  const stop = new AbortController();
  const waiting = untilAborted(stop.signal);
  expect(await Promise.race([waiting, 'not yet'])).toBe('not yet');
  stop.abort();
  expect(await waiting).toBeUndefined();
  expect(await untilAborted(stop.signal)).toBeUndefined();
});
