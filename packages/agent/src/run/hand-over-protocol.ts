import { join } from 'node:path';
import { invalid } from '@fedbridge/core';
import type { ConfiguredAgent } from './agent-scripts.ts';

/** What the container of jobs is told: which agent it is to run, or that all is over, and how. */
export type Instruction = { readonly agent: HandedOver } | { readonly exitCode: number };

/** An agent in the folder that both containers have. */
interface HandedOver extends ConfiguredAgent {
  /** Whether it ends after one job. */
  readonly once: boolean;
}

/** With what it asks for an instruction: how the agent ended, if one did. */
export interface Report {
  readonly exitCode?: number | undefined;
}

/** What is asked for by POST: the next instruction; that no further job begins, and the one that runs has ended. */
export const handOverPaths = { next: '/next', drain: '/drain' };

/** A socket's path may have about a hundred bytes [unix(7)]. */
const longest = 100;

/**
 * Where the two containers meet: a socket in the folder that both have.
 *
 * @throws FedbridgeError `INPUT_INVALID` where there can be none
 */
export function handOverSocket(folder: string): string {
  if (process.platform === 'win32')
    throw invalid('An agent is handed over by a Unix socket, which Windows does not have.');
  const path = join(folder, 'fedbridge.sock');
  if (Buffer.byteLength(path) > longest) throw invalid(`The path ${path} is too long for a socket.`);
  return path;
}
