import { type FileCell, isNeeded, isOpen, isTempFolder } from './file-cells.ts';
import { notSet } from './file-faults.ts';
import type { Played } from './play-cell.ts';

export interface PlayedFile {
  /** Whether the fault was told, as an error: of the clean-up's, where the job was cancelled. */
  readonly outcome: 'ok' | 'told';
  /** What is not as it should be. */
  readonly wrong: readonly string[];
}

/** Judges what became of a cell. */
export function judgeCell(cell: FileCell, played: Played): PlayedFile {
  const { phase, platform } = cell;
  const { run, done } = played;
  const wrong: string[] = [];
  const expect: Expect = (holds, what) => void (holds || wrong.push(what));
  const [inRun, inPost] = [errorsIn(run.stdout), errorsIn(done.stdout)];
  expect(run.stderr === '' && done.stderr === '', `prints a stack: ${run.stderr}${done.stderr}`);
  expect(!played.shown, 'shows a secret');
  for (const [part, { exitCode, stdout }, errors] of [
    ['step', run, inRun],
    ['clean-up', done, inPost],
  ] as const) {
    expect(errors.length <= 1, `${errors.length} errors in the ${part}: ${errors.join(' ')}`);
    const fails = errors.length > 0;
    expect(exitCode === (fails && platform === 'GitHub Actions' ? 1 : 0), `exit code ${exitCode} of the ${part}`);
    if (platform === 'Azure Pipelines') {
      expect(fails === stdout.includes('##vso[task.complete result=Failed'), `another result of the ${part}`);
    }
  }
  if (!run.succeeded) expect(Object.keys({ ...run.outputs, ...run.exported }).length === 0, 'delivers something');
  if (phase === 'step') judgeStep(cell, played, inRun, expect);
  else if (phase === 'post') expect(run.succeeded, `the step fails: ${run.error}`);
  else if (!run.succeeded) expect(/CANCELLED|DELIVERY_FAILED/.test(inRun.join()), `another code: ${inRun}`);
  const told = inPost.join();
  const toTell = phase !== 'step' && isToldInPost(cell, played);
  if (toTell !== undefined)
    expect(toTell === (told !== ''), toTell ? 'the clean-up does not tell' : `the clean-up fails: ${told}`);
  if (told !== '') expectTold(cell, played, told, expect);
  judgeRest(cell, played, told !== '', expect);
  const outcome = phase === 'step' ? !run.succeeded : told !== '';
  return { outcome: outcome ? 'told' : 'ok', wrong };
}

/** Undefined where that cannot be known: a profile that was to be written next has to be looked for. */
function isToldInPost(cell: FileCell, { run, changedHome }: Played): boolean | undefined {
  if (!isOpen(cell) || !isNeeded(cell)) return isNeeded(cell);
  if (cell.place !== 'HOME') return run.succeeded;
  return run.succeeded || changedHome || undefined;
}

type Expect = (holds: boolean, what: string) => void;

function judgeStep(cell: FileCell, played: Played, errors: readonly string[], expect: Expect): void {
  const { run, requests } = played;
  const isTold = isNeeded(cell);
  expect(run.succeeded !== isTold, isTold ? 'the step does not tell' : `the step fails: ${run.error}${run.stderr}`);
  if (!isTold) return;
  expectTold(cell, played, errors.join(), expect);
  if (!cell.fault.late && cell.place !== 'HOME') expect(requests === 0, `makes ${requests} requests first`);
}

function expectTold({ fault }: FileCell, { path }: Played, error: string, expect: Expect): void {
  expect(error.includes('DELIVERY_FAILED'), `another code: ${error}`);
  expect(error.includes(fault.errno) && (fault === notSet || error.includes(path)), `no path or errno: ${error}`);
}

/** Whatever is wrong with one place, the others are clean; and that one as far as it can be, and else it is told. */
function judgeRest({ place, fault }: FileCell, played: Played, isTold: boolean, expect: Expect): void {
  const { left, secret, home, processes } = played;
  expect(processes.length === 0, `leaves running: ${processes.join(', ')}`);
  const isTemp = isTempFolder(place);
  // What still has to be done at the end of the job is kept, where that could not be done.
  const kept = isTold ? left.filter((file) => !/^fedbridge-\w+(\/\w+\.state)?$/.test(file)) : left;
  if (!isTemp || !isTold) expect(kept.length === 0, `leaves ${kept}`);
  if (fault.lets === 'remove' || !isTemp) expect(secret.length === 0, `leaves a secret in ${secret}`);
  const isGone = fault.errno === 'ENOTDIR';
  if (place !== 'HOME' || (!isTold && !isGone)) expect(home.after === home.before, `changes the home: ${home.after}`);
}

function errorsIn(stdout: string): string[] {
  return stdout.split('\n').filter((line) => /^(::error|##vso\[task\.issue type=error)/.test(line));
}
