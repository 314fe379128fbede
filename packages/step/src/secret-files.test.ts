import { chmodSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../test/harness/memory-host.ts';
import { secretDirectory, writeSecretFiles } from './secret-files.ts';

const modeOf = (path: string) => lstatSync(path).mode & 0o777;

describe('secret files', () => {
  it.runIf(process.getuid)('are for this user alone: 0600, in a folder of 0700, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const { token, config } = await writeSecretFiles(hostWith(), { token: 'a', config: 'b' });
      expect([modeOf(token), modeOf(config), modeOf(dirname(token))]).toEqual([0o600, 0o600, 0o700]);
      expect(dirname(token)).toBe(dirname(config));
    } finally {
      process.umask(before);
    }
  });

  it('have their names, and what they are to hold', async () => {
    const { 'a b.json': path } = await writeSecretFiles(hostWith(), { 'a b.json': '{"ü":1}\n' });
    expect([basename(path), readFileSync(path, 'utf8')]).toEqual(['a b.json', '{"ü":1}\n']);
  });

  it("are in a new folder each time, within the step's own, and go with it", async () => {
    const host = hostWith();
    const paths = [await writeSecretFiles(host, { a: '1' }), await writeSecretFiles(host, { a: '2' })].map(
      ({ a }) => a,
    );
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['1', '2']);
    expect(paths.map((path) => dirname(dirname(path)))).toEqual([host.folder.path(), host.folder.path()]);
    await host.folder.remove({ butWhatIsKept: true });
    expect(paths.map(existsSync)).toEqual([false, false]);
  });

  it.each([
    ['a name that leads out of the folder and to a file', '../made', 'EEXIST'],
    ['a name that is no name of a file', 'none/file', 'ENOENT'],
  ])('do not follow %s', async (_what, name, errno) => {
    await expect(writeSecretFiles(hostWith(), { [name]: 'x' })).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      message: expect.stringContaining(`(${errno})`),
    });
  });

  it.runIf(process.getuid)(
    "say what cannot be written, where the step's folder is somebody else's by now",
    async () => {
      const host = hostWith();
      const path = host.folder.path();
      chmodSync(path, 0o755);
      await expect(secretDirectory(host)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    },
  );

  it.runIf(process.getuid)('are never written through a link that has taken the place of the folder', async () => {
    const host = hostWith();
    const path = host.folder.path();
    await host.folder.remove({ butWhatIsKept: false });
    symlinkSync(dirname(path), path);
    const folder = await secretDirectory(host);
    expect(dirname(folder)).not.toBe(path);
    expect(lstatSync(dirname(folder)).isSymbolicLink()).toBe(false);
    expect(join(dirname(folder))).toContain(dirname(path));
  });
});
