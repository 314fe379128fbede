import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, open, readFile, rename, rm } from 'node:fs/promises';

/** A file that may be replaced, as it was. */
export interface Replaceable {
  readonly bytes: Buffer;
  /** Replaces it as a whole, with its mode and owner, or not at all. @returns why it was not */
  replace(text: string): Promise<string | undefined>;
}

/** Whether a file may be replaced: a link, and a file with a second name, would be another one then. @returns why not */
export async function replaceable(file: string): Promise<Replaceable | string> {
  const before = await lstat(file);
  if (!before.isFile()) return 'it is a link, or no plain file';
  if (before.nlink > 1) return 'it has a second name';
  await access(file, constants.W_OK);
  const bytes = await readFile(file);
  return {
    bytes,
    async replace(text: string) {
      const temporary = `${file}.${randomUUID()}.tmp`;
      try {
        await writeLike(temporary, text, before);
        if (!(await readFile(file)).equals(bytes)) return 'it was changed meanwhile';
        await rename(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
      return undefined;
    },
  };
}

async function writeLike(path: string, text: string, like: Awaited<ReturnType<typeof lstat>>): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const { uid, gid } = await handle.stat();
    if (uid !== like.uid || gid !== like.gid) await handle.chown(Number(like.uid), Number(like.gid));
    await handle.chmod(Number(like.mode) & 0o7777);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
