import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { filesBelow, textOf } from '../harness/files.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step } from '../harness/job.ts';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { pipelineJob } from '../harness/setup.ts';

/** Places that a step writes to, by the variable that names them. */
const places = {
  GITHUB_OUTPUT: 'file',
  GITHUB_ENV: 'file',
  GITHUB_STATE: 'file',
  GITHUB_STEP_SUMMARY: 'file',
  RUNNER_TEMP: 'folder',
  AGENT_TEMPDIRECTORY: 'folder',
  HOME: 'folder',
} as const;
type Place = keyof typeof places;

/** What is wrong with a place, and the errno that says so. */
interface FileFault {
  readonly title: string;
  readonly of: 'file' | 'folder' | 'both';
  readonly errno: string;
  /** What it takes: another user's files cannot be made without root, a file system cannot be mounted. */
  readonly needs?: 'root' | 'mount';
  /** Whether it is found only by writing. */
  readonly late?: true;
  /** Before the step begins to use it. */
  readonly prepare?: (path: string, user: number | undefined) => void;
  readonly spoil: (path: string) => void;
}

/** The home is then the one that the system has for the user: as nobody, there is none. */
const notSet: FileFault = { title: 'is not set', of: 'folder', errno: 'EACCES', needs: 'root', spoil() {} };

const fileFaults: readonly FileFault[] = [
  notSet,
  {
    title: 'is not there',
    of: 'both',
    errno: 'ENOENT',
    spoil: (path) => rmSync(path, { recursive: true, force: true }),
  },
  {
    title: 'is not writable',
    of: 'both',
    errno: 'EACCES',
    needs: 'root',
    spoil: (path) => chmodSync(path, 0o555),
  },
  {
    title: "is another user's",
    of: 'both',
    errno: 'EACCES',
    needs: 'root',
    spoil: (path) => {
      chownSync(path, 0, 0);
      chmodSync(path, 0o700);
    },
  },
  {
    title: 'a folder is in its place',
    of: 'file',
    errno: 'EISDIR',
    spoil: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  },
  {
    title: 'a file is in its place',
    of: 'folder',
    errno: 'ENOTDIR',
    spoil: (path) => {
      rmSync(path, { recursive: true });
      writeFileSync(path, '');
    },
  },
  {
    title: 'the disk is full',
    of: 'file',
    errno: 'ENOSPC',
    late: true,
    spoil: (path) => {
      rmSync(path);
      symlinkSync('/dev/full', path);
    },
  },
  {
    title: 'the disk is full',
    of: 'folder',
    errno: 'ENOSPC',
    needs: 'mount',
    late: true,
    prepare: mount,
    spoil: (path) => {
      try {
        writeFileSync(join(path, filler), Buffer.alloc(1_000_000));
      } catch {
        // As much as there is room for.
      }
    },
  },
  {
    title: 'is on a file system that is mounted read-only',
    of: 'folder',
    errno: 'EROFS',
    needs: 'mount',
    prepare: mount,
    spoil: (path) => execFileSync('mount', ['-o', 'remount,ro', path]),
  },
];

const filler = 'filler';

/** In the mount namespace of this process alone. */
function mount(path: string, user: number | undefined): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=755', 'tmpfs', path]);
  if (user !== undefined) chownSync(path, user, user);
}

/** What is delivered, from nothing that outlives the step to everything that can. */
const deliveries = ['ID token', 'Entra, azure-sdk', 'AWS', 'AWS, aws-profile and keep-fresh'] as const;
type Delivery = (typeof deliveries)[number];
const platforms = ['GitHub Actions', 'Azure Pipelines'] as const;

export interface FileCell {
  readonly platform: (typeof platforms)[number];
  readonly delivery: Delivery;
  readonly place: Place;
  readonly fault: FileFault;
  /** When it comes about: before the step, or between the step and its clean-up at the end of the job. */
  readonly phase: 'step' | 'post';
}

/** What a step writes again when the job ends. */
const usedInPost: readonly Place[] = ['GITHUB_ENV', 'RUNNER_TEMP', 'AGENT_TEMPDIRECTORY', 'HOME'];

export const fileCells: readonly FileCell[] = platforms.flatMap((platform) =>
  (Object.keys(places) as Place[])
    .filter((place) => place === 'HOME' || /^(GITHUB|RUNNER)_/.test(place) === (platform === 'GitHub Actions'))
    .flatMap((place) =>
      fileFaults
        .filter((fault) => isPossible(place, fault))
        .flatMap((fault) =>
          (['step', 'post'] as const)
            .filter((phase) => phase === 'step' || (usedInPost.includes(place) && fault !== notSet))
            .flatMap((phase) => deliveries.map((delivery) => ({ platform, delivery, place, fault, phase }))),
        ),
    ),
);

/** A home that is not there is made, where that is possible. */
function isPossible(place: Place, fault: FileFault): boolean {
  if (fault === notSet) return place === 'HOME';
  if (place === 'HOME' && fault.errno === 'ENOENT') return false;
  return fault.of === 'both' || fault.of === places[place];
}

/** What a machine can make of a cell: the reason why it cannot, if it cannot. */
export function cannot(
  { fault }: FileCell,
  able: { readonly root: boolean; readonly mount: boolean },
): string | undefined {
  if (fault.needs === 'root' && !able.root) return 'needs root, to run steps as another user';
  if (fault.needs === 'mount' && !able.mount) return 'needs root and a mount namespace of its own';
  return undefined;
}

export interface PlayedFile {
  readonly outcome: 'ok' | 'told';
  /** What is not as it should be. */
  readonly wrong: readonly string[];
}

/** Plays a cell and judges it. @param user - whom the step runs as */
export async function playFile(cell: FileCell, emulator: Emulator, user: number | undefined): Promise<PlayedFile> {
  const { fault, place, phase } = cell;
  const home = join(mkdtempSync(join(tmpdir(), 'machine-')), 'home');
  chmodSync(join(home, '..'), 0o755);
  mkdirSync(home);
  if (user !== undefined) chownSync(home, user, user);
  const step = start(cell, emulator, home, user);
  const path = place === 'HOME' ? home : (step.places[place] ?? '');
  fault.prepare?.(path, user);
  try {
    if (phase === 'step') fault.spoil(path);
    const before = outside(emulator.requests).length;
    const run = await step.run();
    const requests = outside(emulator.requests).length - before;
    const broker = /"pid":(\d+)/.exec(
      filesBelow(step.tempDirectory)
        .filter((file) => file.endsWith('broker.state'))
        .map((file) => textOf(join(step.tempDirectory, file)))
        .join(''),
    )?.[1];
    if (phase === 'post') fault.spoil(path);
    const done = await step.cleanUp();
    const judged = phase === 'step' ? { ...run, failed: !run.succeeded } : { ...done, failed: hasFailed(done) };
    const needed = phase === 'step' ? neededInStep(cell) : neededInPost(cell);
    const errors = judged.stdout.split('\n').filter((line) => /^(::error|##vso\[task\.issue type=error)/.test(line));
    const said = errors.join('');
    const wrong: string[] = [];
    const expect = (holds: boolean, what: string) => void (holds || wrong.push(what));
    expect(judged.failed === needed, needed ? 'is not told' : `fails: ${said}${judged.stderr}`);
    expect(run.stderr === '' && done.stderr === '', `prints a stack: ${run.stderr}${done.stderr}`);
    if (needed) {
      expect(errors.length === 1, `${errors.length} errors`);
      expect(said.includes('DELIVERY_FAILED'), `another code: ${said}`);
      expect(said.includes(fault.errno) && (fault === notSet || said.includes(path)), `no path or errno: ${said}`);
    }
    if (phase === 'step' && needed) {
      expect(Object.keys({ ...run.outputs, ...run.exported }).length === 0, 'delivers something');
      if (!fault.late && place !== 'HOME') expect(requests === 0, `makes ${requests} requests first`);
    }
    if (phase === 'post') expect(run.succeeded, `the step fails: ${run.error}`);
    // Whatever is wrong with one place, the others are clean.
    const left = step.files().filter((file) => file !== filler);
    if (places[place] === 'file' || place === 'HOME') {
      const kept = done.stdout.includes('Clean-up is not complete')
        ? left.filter((file) => !/^fedbridge-\w+(\/\w+\.state)?$/.test(file))
        : left;
      expect(kept.length === 0, `leaves ${kept}`);
    } else {
      expect(
        left.every((file) => !/credentials|config|id-token|control/.test(file)) ||
          fault.errno === 'EROFS' ||
          fault.title === "is another user's",
        `leaves ${left}`,
      );
    }
    if (place !== 'HOME' && (places[place] === 'file' || phase === 'step')) {
      expect(
        textOf(join(home, '.aws', 'credentials')) + textOf(join(home, '.aws', 'config')) === '',
        'leaves a profile',
      );
    }
    if (broker && places[place] === 'file')
      expect(!existsSync(`/proc/${broker}/cmdline`) || textOf(`/proc/${broker}/cmdline`) === '', 'leaves a broker');
    if (broker && existsSync(`/proc/${broker}`)) process.kill(Number(broker), 'SIGKILL');
    return { outcome: needed ? 'told' : 'ok', wrong };
  } finally {
    if (fault.prepare) execFileSync('umount', ['-l', path]);
  }
}

function hasFailed({ exitCode, stdout }: { readonly exitCode: number | null; readonly stdout: string }): boolean {
  return exitCode !== 0 || stdout.includes('##vso[task.complete result=Failed');
}

/** Whether a step cannot do without the place. */
function neededInStep({ platform, delivery, place, fault }: FileCell): boolean {
  if (place === 'GITHUB_STEP_SUMMARY') return false;
  if (place === 'HOME') return delivery.includes('aws-profile');
  // That a disk is full shows when something is written: an ID token is an output and nothing else.
  if (fault.late && delivery === 'ID token') return place === 'GITHUB_OUTPUT';
  return platform === 'GitHub Actions' || place === 'AGENT_TEMPDIRECTORY';
}

/** Whether the clean-up cannot do without the place. */
function neededInPost({ delivery, place, fault }: FileCell): boolean {
  if (delivery === 'ID token') return false;
  // Neither room nor the folder above is needed to change a file of its own folder.
  if (place === 'HOME')
    return (
      (delivery.includes('aws-profile') && !['ENOSPC', 'EACCES'].includes(fault.errno)) ||
      (delivery.includes('aws-profile') && fault.title === "is another user's")
    );
  // Room is not needed to remove something, and what is gone is only warned of.
  if (places[place] === 'folder') return fault.errno !== 'ENOENT' && fault.errno !== 'ENOSPC';
  return true;
}

function start(
  { platform, delivery, fault }: FileCell,
  emulator: Emulator,
  home: string,
  user: number | undefined,
): Step {
  const isGitHub = platform === 'GitHub Actions';
  const unset = fault === notSet ? { HOME: '' } : {};
  const shared = { home, ...(user === undefined ? {} : { user }) };
  if (delivery === 'ID token') {
    const { environment } = isGitHub ? emulator.startGitHubJob() : emulator.startAzurePipelinesJob(pipelineJob);
    const options = { inputs: {}, environment: { ...environment, ...unset }, ...shared };
    return isGitHub
      ? gitHubStep({ name: 'id-token', ...options })
      : azurePipelinesStep({ name: 'FedbridgeIdToken', ...options });
  }
  const cloud = delivery.startsWith('AWS') ? 'AWS' : 'Entra';
  const journey = mainJourneys.find((one) => one.platform === platform && one.cloud === cloud) as Journey;
  const inputs = {
    'Entra, azure-sdk': input(journey, 'export', 'azure-sdk'),
    AWS: {},
    'AWS, aws-profile and keep-fresh': {
      ...input(journey, 'aws-profile', 'ci'),
      ...input(journey, 'keep-fresh', 'true'),
    },
  }[delivery];
  return journey.start(emulator, { inputs, environment: unset, ...shared });
}

/** Outcomes by place and fault, Markdown, with counts. */
export function fileMarkdown(played: ReadonlyMap<FileCell, PlayedFile>): string {
  const cell = (place: Place, fault: FileFault, phase: FileCell['phase']) => {
    const of = [...played].filter(([one]) => one.place === place && one.fault === fault && one.phase === phase);
    if (of.length === 0) return '—';
    const told = of.filter(([, { outcome }]) => outcome === 'told').length;
    return told === 0 ? 'ok' : `\`${fault.errno}\` in ${told} of ${of.length}`;
  };
  const rows = (Object.keys(places) as Place[]).flatMap((place) =>
    fileFaults
      .filter((fault) => isPossible(place, fault))
      .map(
        (fault) =>
          `| ${[`\`${place}\``, fault.title, cell(place, fault, 'step'), cell(place, fault, 'post')].join(' | ')} |`,
      ),
  );
  const told = [...played.values()].filter(({ outcome }) => outcome === 'told').length;
  return [
    '| place | what is wrong with it | the step | the clean-up |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    `${played.size} cells: ${played.size - told} succeed, ${told} fail with one error that has path and errno; all the rest is cleaned up.`,
  ].join('\n');
}
