import { constants, promises, type Stats, stat } from 'node:fs';
import { promisify } from 'node:util';

/** How long reading a file may take, and how large it may be. */
export interface SmallFileBounds {
  /** Bytes that the file may have; 64 KiB by default. */
  readonly mostBytes?: number;
  /** How long opening and reading may take together, in ms. */
  readonly withinMs: number;
}

/** Why a file was not read. The message is a clause that goes after the file's name: `is a named pipe, not a regular file`. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly code: UnreadableFileCode;

  constructor(code: UnreadableFileCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** An errno, such as `ENOENT`, or what only this knows. */
export type UnreadableFileCode = 'NOT_REGULAR' | 'TOO_LARGE' | 'TIMED_OUT' | `E${string}`;

const usualBytes = 64 * 1024;
/** Most files that are looked for are not there: that is found out without what `promises` loads. */
const statOf = promisify(stat);

/**
 * Reads a file that somebody else may have put there: a regular one, or a link to one, and no more of it than the bound. A named
 * pipe, a device or a folder in its place is not waited for, and neither is a file system that does not answer.
 *
 * @throws UnreadableFile
 */
export async function readSmallFile(
  path: string,
  { mostBytes = usualBytes, withinMs }: SmallFileBounds,
): Promise<Buffer> {
  const late = () => new UnreadableFile('TIMED_OUT', 'could not be read in time');
  if (withinMs <= 0) throw late();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), withinMs);
  });
  try {
    return await Promise.race([readAtMost(path, mostBytes), expired]);
  } catch (error) {
    throw error instanceof UnreadableFile ? error : translated(error);
  } finally {
    clearTimeout(timer);
  }
}

async function readAtMost(path: string, mostBytes: number): Promise<Buffer> {
  // Before it is opened, since some devices act on that; and once more after, since it may have been exchanged.
  requireRegular(await statOf(path));
  // Opening a named pipe waits for its writer, in a thread that keeps the process from ending; with this flag it does not.
  const file = await promises.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    requireRegular(await file.stat());
    const buffer = Buffer.alloc(mostBytes + 1);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, size, buffer.length - size, null);
      size += bytesRead;
      if (size > mostBytes) throw new UnreadableFile('TOO_LARGE', `has more than ${mostBytes} bytes`);
      if (bytesRead === 0) return buffer.subarray(0, size);
    }
  } finally {
    await file.close();
  }
}

function requireRegular(stats: Stats): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a named pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new UnreadableFile('NOT_REGULAR', `is ${kind}, not a regular file`);
}

function translated(cause: unknown): UnreadableFile {
  const { code } = cause as { code?: unknown };
  const errno = typeof code === 'string' && /^E[A-Z\d]+$/.test(code) ? (code as `E${string}`) : 'EIO';
  return new UnreadableFile(errno, `cannot be read: ${errno}`, cause);
}
