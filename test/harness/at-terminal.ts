import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliScript } from './cli.ts';
import { machineEnvironment, type Variables } from './process.ts';

/** Whether this machine can give a command a terminal: `script` of util-linux. */
export const hasTerminals = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0;

/** Streams that are the terminal; the others are files. */
export type AtTerminal = readonly ('stdin' | 'stdout' | 'stderr')[];

/**
 * Runs `fedbridge` at a terminal, at which somebody ends what they type at once, or answers what they are asked.
 *
 * @param streams - those of it that are the terminal
 * @param answers - what they type, or do and then type, each once the text before it has been asked
 */
export async function runAtTerminal(
  args: readonly string[],
  streams: AtTerminal,
  cwd: string,
  environment: Variables = {},
  answers: readonly (readonly [question: string, typed: string | (() => string)])[] = [],
) {
  const folder = mkdtempSync(join(cwd, 'streams-'));
  const [out, err] = [join(folder, 'out'), join(folder, 'err')];
  const quoted = [process.execPath, cliScript, ...args].map((word) => `'${word}'`).join(' ');
  const redirected = [
    ...(streams.includes('stdin') ? [] : ['</dev/null']),
    ...(streams.includes('stdout') ? [] : [`>'${out}'`]),
    ...(streams.includes('stderr') ? [] : [`2>'${err}'`]),
  ].join(' ');
  const child = spawn('script', ['-qec', `stty cols 80; exec ${quoted} ${redirected}`, '/dev/null'], {
    cwd,
    env: { ...machineEnvironment(cwd), TERM: 'xterm', SHELL: '/bin/sh', ...environment },
    stdio: [answers.length === 0 ? 'ignore' : 'pipe', 'pipe', 'inherit'],
  });
  let terminal = '';
  let [read, at] = [0, 0];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    terminal += text;
    for (let [question, typed] = answers[at] ?? []; question !== undefined; [question, typed] = answers[at] ?? []) {
      const asked = terminal.indexOf(question, read);
      if (asked < 0) return;
      [read, at] = [asked + question.length, at + 1];
      child.stdin?.write(`${typeof typed === 'function' ? typed() : typed}\r`);
    }
  });
  const exitCode = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const content = (file: string, name: AtTerminal[number]) =>
    streams.includes(name) ? '' : readFileSync(file, 'utf8');
  return { exitCode, terminal, stdout: content(out, 'stdout'), stderr: content(err, 'stderr') };
}
