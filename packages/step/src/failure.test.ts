import { mkdtempSync, promises } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

const thrownBy = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => undefined,
    (error) => error,
  );

describe('whatever a step throws', () => {
  it('is what it was, if it is one of ours', () => {
    const error = new FedbridgeError('EXCHANGE_REFUSED', 'No.');
    expect(failureOf(error)).toBe(error);
  });

  it('says which file, what was tried and what to do, if the file system said no', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'failure-')), 'none', 'file');
    const cause = await thrownBy(() => promises.writeFile(path, ''));
    expect(failureOf(cause)).toMatchObject({
      code: 'DELIVERY_FAILED',
      message: `Failed to open: ${path} (ENOENT).`,
      detail: { cause, hint: expect.stringContaining('It does not exist here.') },
    });
  });

  it('is unforeseen, if it is of a connection, which has no path', async () => {
    const refused = await thrownBy(() => new Promise((_, reject) => connect(9, '127.0.0.1').on('error', reject)));
    expect(failureOf(refused)).toMatchObject({ code: 'INTERNAL' });
  });

  it('shows of an unforeseen error its kind and its place, and never its words, which may be a secret', () => {
    const cause = new TypeError('the secret is hunter2');
    const failure = failureOf(cause);
    expect(failure).toMatchObject({ code: 'INTERNAL', detail: { cause, hint: expect.stringContaining('report') } });
    expect(failure.message).toMatch(/^An unforeseen error: TypeError at .*src\/failure\.test\.ts:\d+:\d+\.$/);
    for (const text of [failure.message, failure.detail.hint]) expect(text).not.toContain('hunter2');
    expect(failure.message).not.toContain(import.meta.dirname);
  });

  it.each([
    ['hunter2', 'string'],
    [undefined, 'undefined'],
    [Object.assign(new Error('hunter2'), { stack: undefined }), 'Error'],
    [null, 'object'],
  ])('is shown as no more than what it is: %o', (thrown, kind) =>
    expect(failureOf(thrown).message).toBe(`An unforeseen error: ${kind}.`),
  );
});
