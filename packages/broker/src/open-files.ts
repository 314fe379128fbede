import { readFileSync } from 'node:fs';

/**
 * How many files this process may have open at once; without a bound where the system does not tell. Node takes as many as it may have
 * when it starts.
 * Source: proc_pid_limits(5), the soft limit.
 */
export function mostOpenFiles(from = '/proc/self/limits'): number {
  const [, soft] = /^Max open files\s+(\d+)\s/m.exec(read(from)) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
