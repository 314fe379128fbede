import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './process.ts';

/** Of programs that are not ours: what they have of code is read once in a run. */
export const compileCache = () => ({ NODE_COMPILE_CACHE: join(tmpdir(), 'compiled') });
/** The same before the command of a stand-in. */
export const compiled = `NODE_COMPILE_CACHE='${compileCache().NODE_COMPILE_CACHE}'`;

/** A path on which stand-ins of tools are, and nothing else but what the system has. @see stand-in-tool.ts */
export function pathWith(tools: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'));
  for (const tool of tools) {
    const standIn = join(root, 'test', 'harness', 'stand-in-tool.ts');
    writeFileSync(join(folder, tool), `#!/bin/sh\n${compiled} exec '${process.execPath}' '${standIn}' ${tool} "$@"\n`);
    chmodSync(join(folder, tool), 0o755);
  }
  return [folder, '/bin'].join(delimiter);
}
