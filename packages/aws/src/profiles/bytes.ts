import { FedbridgeError, readSmallFile, UnreadableFile } from '@fedbridge/core';

const bounds = { mostBytes: 1024 * 1024, withinMs: 10_000 };

/**
 * A file's bytes, one a character, or an empty text where there is no file.
 *
 * @throws FedbridgeError `DELIVERY_FAILED` with path and errno, also for what is no regular file or over 1 MiB
 */
export async function bytesOf(path: string): Promise<string> {
  try {
    return (await readSmallFile(path, bounds)).toString('latin1');
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    if (error.code === 'ENOENT') return '';
    throw new FedbridgeError('DELIVERY_FAILED', `${path} ${error.message}.`, {
      cause: error,
      hint: 'AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE can name other files.',
    });
  }
}
