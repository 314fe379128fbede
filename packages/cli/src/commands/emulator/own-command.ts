import type { Environment } from '@fedbridge/core';

/** How whoever reads this runs the command: by npx, which sets this variable, or as it is installed. Source: npm Docs, "Environment". */
export function ownCommand({ npm_command: by }: Environment): string {
  return by === 'exec' ? 'npx fedbridge' : 'fedbridge';
}
