import { spawnSync } from 'node:child_process';

/** Whether a server that is written in Python is on the path and starts; `.ci/run` installs them in an environment of their own. @param flag - one with which it ends well */
export function hasPythonServer(program: string, flag: '--help' | '--version'): boolean {
  return spawnSync(program, [flag], { stdio: 'ignore' }).status === 0;
}
