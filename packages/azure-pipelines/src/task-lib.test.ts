import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const module = join(import.meta.dirname, 'task-lib.ts');

/** What a task prints that runs this, on an agent that shows debug lines. */
function printed(work: string) {
  const script = `import { readQuietly, tasks } from ${JSON.stringify(module)};\n${work}`;
  const environment = {
    // Where it keeps the key of what it remembers.
    AGENT_TEMPDIRECTORY: tmpdir(),
    SYSTEM_DEBUG: 'true',
    INPUT_PASSWORD: 'hunter2',
    DISTRIBUTEDTASK_TASKS_NODE_SKIPDEBUGLOGSWHENDEBUGMODEOFF: 'false',
  };
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: environment,
  });
  return `${stdout}${stderr}`;
}

describe('what the library of the agent reads', () => {
  it('it tells, with the value, to whoever debugs', () => {
    expect(printed("tasks.getInput('password')")).toContain('hunter2');
  });

  it('it does not tell, where the value may be one that is not masked yet', () => {
    const text = printed(
      "const value = readQuietly(() => tasks.getInput('password')); tasks.debug(value.length + ' characters')",
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('7 characters');
  });

  it('it tells again after a reading that failed', () => {
    const text = printed("try { readQuietly(() => { throw new Error() }) } catch {} tasks.debug('again')");
    expect(text).toContain('again');
  });
});
