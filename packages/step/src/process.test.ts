import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const module = join(import.meta.dirname, 'process.ts');

/** The process of a clean-up whose work this is. */
const script = (work: string) => `
  import { cleanUpProcess } from ${JSON.stringify(module)};
  const folder = { resume() {}, async remove() {} };
  await cleanUpProcess({ state: () => '', input: () => '', folder }, [async () => {${work}}]);`;

function run(work: string) {
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script(work)], {
    encoding: 'utf8',
    // Far more than it takes on a busy machine.
    timeout: 3_600_000,
    maxBuffer: 4_000_000,
  });
}

describe("a step's process", () => {
  it.each([
    ['ends well when its work is done', '', 0],
    ['keeps the failure that its work told', 'process.exitCode = 3', 3],
    ['ends though something is still open', 'setInterval(() => {}, 1000)', 0],
  ])('%s', (_title, work, exitCode) => {
    expect(run(work)).toMatchObject({ status: exitCode, signal: null, stderr: '' });
  });

  it('fails where its work can never be done', () => {
    const { status, stderr } = run('await new Promise(() => {})');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('before its work was done') });
  });

  it('does not end by the signals of a cancelled job before its work is done', () => {
    // A signal that nobody listens to ends it here: one that is listened to is waited for.
    const { status, stdout } = run(`
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGINT']) {
        let isHeard = false;
        if (process.listenerCount(signal) > 0) process.once(signal, () => { isHeard = true; });
        process.kill(process.pid, signal);
        while (!isHeard) await new Promise(setImmediate);
      }
      process.stdout.write('done');`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'done' });
  });

  it('finishes what it began, and fails quietly, when nobody reads any more', async () => {
    const work =
      "for (let line = 0; line < 100; line += 1) console.log('x'.repeat(999)); await new Promise(setImmediate); console.error('done')";
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script(work)]);
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect({ exitCode, said }).toEqual({ exitCode: 1, said: 'done\n' });
  });

  it('loses nothing of what it printed', () => {
    const { stdout } = run("for (let line = 0; line < 2000; line += 1) process.stdout.write('x'.repeat(999) + '\\n')");
    expect(stdout).toHaveLength(2_000_000);
  });
});
