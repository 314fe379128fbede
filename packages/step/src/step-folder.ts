import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  promises,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { FedbridgeError, type System } from '@fedbridge/core';
import { newName } from './new-name.ts';
import { notWritten } from './not-written.ts';

/** What a step's folder is made and found again with. */
export interface StepFolderOptions {
  readonly system: Pick<System, 'random'>;
  /** The job's temp folder. @throws FedbridgeError `DELIVERY_FAILED` */
  readonly tempDirectory: () => string;
  /** What the platform kept between the step and its clean-up, or an empty string. */
  readonly name: () => string;
  /** Has the platform keep it. @throws FedbridgeError `DELIVERY_FAILED` */
  readonly keepName: (name: string) => void;
}

const prefix = 'fedbridge-';
const pattern = /^fedbridge-[\da-z]{12,32}$/;
/** What the platform keeps while there is no folder. */
const none = 'none';

/**
 * A folder in the job's temp folder that only this user can look into (0700). It has all that a step leaves on disk, and what its
 * clean-up has to know (0600). The platform keeps the name alone, since its state can be read, and planted by an earlier step: a
 * folder that is elsewhere, a link or somebody else's is not looked at.
 */
export class StepFolder {
  readonly #options: StepFolderOptions;
  #name: string | undefined;
  /** Its name as well where it cannot be looked into: never one that was refused. */
  #known: string | undefined;

  constructor(options: StepFolderOptions) {
    this.#options = options;
  }

  /**
   * Has the platform keep that there is no folder. The first thing that a step does: of one that fails before it made a folder, the
   * clean-up would else be given what an earlier step planted under the same name in the job's environment.
   */
  begin(): void {
    try {
      this.#options.keepName(none);
    } catch {
      // Nothing that is kept can be delivered either: `Host.checkDelivery` says why.
    }
  }

  /**
   * Takes up the folder of the step that ran before, for its clean-up.
   * @returns whether there is one; one that is gone took what it knew with it
   * @throws FedbridgeError `DELIVERY_FAILED` if what the platform's state names is not such a folder
   */
  resume(): 'there' | 'gone' | 'none' {
    const name = this.#options.name();
    if (name === '' || name === none) return 'none';
    const path = join(this.#options.tempDirectory(), name);
    if (!pattern.test(name)) throw refused(path);
    this.#known = name;
    const isGone = !isThere(path);
    if (!isGone && !isOwnFolder(path)) {
      this.#known = undefined;
      throw refused(path);
    }
    this.#name = name;
    return isGone ? 'gone' : 'there';
  }

  /** The digits of its name, which no other step's folder has; empty if there is none, or what the platform names was refused. */
  digits(): string {
    return this.#known?.slice(prefix.length) ?? '';
  }

  /** Whether it is gone or cannot be looked into, with all that it knew. */
  isLost(): boolean {
    if (this.#known === undefined) return false;
    try {
      return !isOwnFolder(join(this.#options.tempDirectory(), this.#known));
    } catch {
      return true;
    }
  }

  /** Its path; it is made when this is first called. @throws FedbridgeError `DELIVERY_FAILED` */
  path(): string {
    const found = this.#found();
    if (found !== undefined) return found;
    const { system, tempDirectory, keepName } = this.#options;
    // Another would hide from the clean-up that what this one knew is lost.
    if (this.#name !== undefined) throw notWritten(join(tempDirectory(), this.#name), { code: 'ENOENT' });
    const name = newName(system);
    const path = join(tempDirectory(), name);
    // Kept first: a job may be cancelled at any moment.
    keepName(name);
    this.#name = name;
    this.#known = name;
    try {
      mkdirSync(path, { mode: 0o700 });
      // That the disk is full shows here, and not first in a process that this one starts.
      writeFileSync(join(path, 'made'), name, { mode: 0o600 });
    } catch (error) {
      throw notWritten(path, error);
    }
    return path;
  }

  /** Keeps a text under a name; an empty one is forgotten. @throws FedbridgeError `DELIVERY_FAILED` */
  keep(name: string, text: string): void {
    if (text === '' && this.#found() === undefined) return;
    const path = join(this.path(), `${name}.state`);
    try {
      if (text === '') {
        forget(path);
      } else {
        // Whole or not at all.
        writeFileSync(`${path}.new`, text, { mode: 0o600 });
        renameSync(`${path}.new`, path);
      }
    } catch (error) {
      throw notWritten(path, error);
    }
  }

  /** What was kept, or an empty string. @throws FedbridgeError `DELIVERY_FAILED` */
  kept(name: string): string {
    const folder = this.#found();
    if (folder === undefined) return '';
    const path = join(folder, `${name}.state`);
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return '';
      throw notWritten(path, error);
    }
  }

  /** Whether a path lies in it: what was kept elsewhere was not kept by this step. @throws FedbridgeError `DELIVERY_FAILED` */
  contains(path: string): boolean {
    const folder = this.#found();
    return folder !== undefined && resolve(path).startsWith(`${resolve(folder)}${sep}`);
  }

  /** Removes it with all that is in it, but for what it still keeps if that is said. @throws FedbridgeError `DELIVERY_FAILED` */
  async remove({ butWhatIsKept }: { readonly butWhatIsKept: boolean }): Promise<void> {
    const folder = this.#found();
    if (folder === undefined) return;
    try {
      const all = await promises.readdir(folder);
      const kept = butWhatIsKept ? all.filter((name) => name.endsWith('.state')) : [];
      // First what is in it: the folder itself may be one that cannot be removed.
      for (const name of all)
        if (!kept.includes(name)) await promises.rm(join(folder, name), { recursive: true, force: true });
      if (kept.length > 0) return;
      await promises.rmdir(folder);
      this.#name = undefined;
      this.#known = undefined;
      this.begin();
    } catch (error) {
      throw notWritten(folder, error);
    }
  }

  #found(): string | undefined {
    if (this.#name === undefined) return undefined;
    const path = join(this.#options.tempDirectory(), this.#name);
    return isOwnFolder(path) ? path : undefined;
  }
}

/** Whether a step can leave something in the job's temp folder. @throws FedbridgeError `DELIVERY_FAILED` with path and errno */
export function checkTempDirectory(path: string): void {
  try {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritten(path, error, "The job's temp folder cannot be written");
  }
}

function refused(path: string): FedbridgeError {
  return new FedbridgeError('DELIVERY_FAILED', `${path} is not a folder that this step made: it is left alone.`, {
    hint: 'Its name comes from the state that the platform keeps for this step. See what else in this job may have set it, and which user the step ran as.',
  });
}

function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
}

function isThere(path: string): boolean {
  return statOf(path) !== undefined;
}

/** Windows has neither owner nor mode; there the temp folder is the user's own. */
function isOwnFolder(path: string): boolean {
  const stat = statOf(path);
  if (!stat?.isDirectory()) return false;
  return process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw notWritten(path, error);
  }
}
