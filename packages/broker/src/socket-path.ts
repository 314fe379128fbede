import { basename, join, relative } from 'node:path';
import { brokerFiles } from './plan.ts';

/** A socket's path may have about a hundred bytes [unix(7)]. */
const longest = 100;

/**
 * Where a broker serves whoever can look into its folder: a socket in it, on Windows a pipe that is named after it. A path that is too
 * long is taken from the folder that the process is in.
 */
export function socketPath(folder: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\${basename(folder)}`;
  const path = join(folder, brokerFiles.socket);
  return Buffer.byteLength(path) <= longest ? path : relative(process.cwd(), path);
}
