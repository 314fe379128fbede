import { spawnSync } from 'node:child_process';

/** An interpreter that has what the interop tests import; `.ci/run` makes one. */
export const python = process.env.INTEROP_PYTHON ?? 'python3';

export function pythonHas(...modules: readonly string[]): boolean {
  return spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0;
}
