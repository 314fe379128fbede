import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StatusFile } from './status-file.ts';

const none = { restarts: 0, renewals: 0, failures: 0, longestGapMs: 0 };
const newFolder = () => mkdtempSync(join(tmpdir(), 'status-'));
const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8'));

describe('the status of a broker', () => {
  it('counts, keeps the longest gap, and the first reason not to serve', async () => {
    const folder = newFolder();
    const status = new StatusFile(folder);
    status.renewed();
    status.renewed();
    status.failed();
    for (const ms of [5, 9, 7]) status.gap(ms);
    for (const why of ['the first', 'the second']) status.denied(why);
    await status.settled();
    expect(read(folder)).toEqual({ restarts: 0, renewals: 2, failures: 1, longestGapMs: 9, denied: 'the first' });
    expect(status.denial).toBe('the first');
  });

  it('is there as soon as it is settled, though nothing was counted', async () => {
    const folder = newFolder();
    await new StatusFile(folder).settled();
    expect(read(folder)).toEqual(none);
  });

  it('of one that was killed goes on in the next, which is one restart more', async () => {
    const folder = newFolder();
    const first = new StatusFile(folder);
    first.renewed();
    first.denied('why');
    await first.settled();
    const next = new StatusFile(folder);
    await next.resume();
    next.renewed();
    await next.settled();
    expect(read(folder)).toEqual({ ...none, restarts: 1, renewals: 2, denied: 'why' });
    expect(next.denial).toBe('why');
  });

  it.each(['', '{'])('that cannot be read is begun anew: %j', async (text) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'status.json'), text);
    const status = new StatusFile(folder);
    await status.resume();
    await status.settled();
    expect(read(folder)).toEqual(none);
  });

  it('that is closed counts nothing more: the file is that of the next', async () => {
    const folder = newFolder();
    const status = new StatusFile(folder);
    await status.close();
    status.renewed();
    await status.settled();
    expect(read(folder)).toEqual(none);
  });

  it('that cannot be written costs nobody anything', async () => {
    const folder = newFolder();
    rmSync(folder, { recursive: true });
    const status = new StatusFile(folder);
    status.renewed();
    await expect(status.settled()).resolves.toBeUndefined();
  });
});
