import { type Delivery, deliveries, type Platform, platforms } from './file-deliveries.ts';
import { type FileFault, fileFaults, isPossible, notSet, type Place, places } from './file-faults.ts';

/**
 * When a fault comes about: before the step; between the step and its clean-up at the end of the job; or in the middle of the step, which
 * is cancelled at the same moment.
 */
export const phases = ['step', 'post', 'cancelled'] as const;
export type Phase = (typeof phases)[number];

export interface FileCell {
  readonly platform: Platform;
  readonly delivery: Delivery;
  readonly place: Place;
  readonly fault: FileFault;
  readonly phase: Phase;
}

/** What a step writes again once it has begun to deliver, or when the job ends. */
const usedInPost: readonly Place[] = ['GITHUB_ENV', 'RUNNER_TEMP', 'AGENT_TEMPDIRECTORY', 'HOME'];

/** The whole product of platform, place, fault, phase and delivery, but for what `isPossible`, `isUsed` and `isOwn` say. */
export const fileCells: readonly FileCell[] = platforms.flatMap((platform) =>
  (Object.keys(places) as Place[])
    .filter((place) => place === 'HOME' || /^(GITHUB|RUNNER)_/.test(place) === (platform === 'GitHub Actions'))
    .flatMap((place) =>
      fileFaults
        .filter((fault) => isPossible(place, fault))
        .flatMap((fault) =>
          phases
            .filter((phase) => isUsed(place, fault, phase))
            .flatMap((phase) =>
              deliveries
                .filter(({ only = platform }) => only === platform)
                .map((delivery) => ({ platform, delivery, place, fault, phase }))
                .filter(isOwn),
            ),
        ),
    ),
);

/** A variable that is not set is that from the beginning of a job. */
function isUsed(place: Place, fault: FileFault, phase: Phase): boolean {
  return phase === 'step' || (usedInPost.includes(place) && fault !== notSet);
}

/**
 * Whether a cell is not the same as that of the step's first delivery, which stands for all of them where what they differ in is not
 * reached: what is found before any request is found before a delivery is looked at, the summary comes after all of them, a canceled step
 * has set no variables, and those that write nothing into the home, or leave nothing, have nothing there to be cleaned up. Elsewhere one
 * that leaves all that another leaves stands for that one, but for profiles among the user's own.
 */
function isOwn({ delivery, place, fault, phase }: FileCell): boolean {
  const first = deliveries.find(({ step }) => step === delivery.step);
  if (place === 'HOME' && phase !== 'step') return delivery.inHome === true;
  if (delivery === first) return true;
  if (place === 'GITHUB_STEP_SUMMARY') return false;
  if (place === 'HOME') return delivery.inHome === true;
  if (place === 'GITHUB_ENV' && phase === 'cancelled') return false;
  if (phase === 'step' && !fault.late) return false;
  return delivery.leaves && (!delivery.isPart || delivery.inHome === true);
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

/** Whether the part of a job that the cell is about cannot do without the place, where the step had come far enough by then. */
export function isNeeded(cell: FileCell): boolean {
  return cell.phase === 'step' ? isNeededInStep(cell) : isNeededInPost(cell);
}

/**
 * Whether it depends on how far a step had come when it was canceled: variables and profiles are taken back if they were delivered. Its
 * folder is there by then.
 */
export function isOpen({ phase, place }: FileCell): boolean {
  return phase === 'cancelled' && !isTempFolder(place);
}

export function isTempFolder(place: Place): boolean {
  return places[place] === 'folder' && place !== 'HOME';
}

function isNeededInStep({ delivery, place, fault }: FileCell): boolean {
  if (place === 'GITHUB_STEP_SUMMARY') return false;
  if (place === 'HOME') return delivery.inHome === true;
  // That a disk is full shows when something is written.
  return fault.late !== true || place === 'GITHUB_OUTPUT' || delivery.leaves;
}

function isNeededInPost({ delivery, place, fault }: FileCell): boolean {
  if (!delivery.leaves) return false;
  // A file that has something of the user's as well is replaced by a new one.
  if (place === 'HOME') return delivery.inHome === true;
  // Room is not needed to remove something, and what is gone is only warned of.
  return places[place] === 'file' || (fault.errno !== 'ENOENT' && fault.errno !== 'ENOSPC');
}
