import { FedbridgeError } from '@fedbridge/core';

/** What to do about an errno, in the words of who runs the machine. */
const remedies: Readonly<Record<string, string>> = {
  ENOENT:
    'It does not exist here. In a container, see that the folder is mounted under the path that the job has for it.',
  EACCES:
    'The user that the step runs as may not write it. See whose it is, and which user the job, or its container, runs as.',
  EPERM:
    'The user that the step runs as may not write it. See whose it is, and which user the job, or its container, runs as.',
  ENXIO: 'A named pipe or a socket is in its place: remove that.',
  EISDIR: 'A folder is in its place: remove that.',
  ENOTDIR: 'A file is in the place of its folder: remove that.',
  ENOSPC: 'The disk is full: make room on it.',
  EDQUOT: "The user's quota of the disk is used up: make room.",
  EROFS: 'It is on a file system that is mounted read-only.',
};

/** The error of something that cannot be written. @param what - named before the path */
export function notWritten(path: string, cause: unknown, what = 'Cannot be written'): FedbridgeError {
  if (cause instanceof FedbridgeError) return cause;
  const { code } = cause as { code?: unknown };
  const errno = typeof code === 'string' ? code : 'unknown error';
  return new FedbridgeError('DELIVERY_FAILED', `${what}: ${path} (${errno}).`, { cause, hint: remedies[errno] });
}
