import type { FedbridgeError } from '@fedbridge/core';
import { forgetVariables, restoreVariables } from './exported-variables.ts';
import { failureOf } from './failure.ts';
import type { Host } from './host.ts';
import type { CleanUp, Step } from './step.ts';

/** The clean-up at the end of the job. Again is harmless. @param own - the step's own parts */
export async function cleanUp(host: Host, own: readonly CleanUp[] = []): Promise<void> {
  if (isSwitchedOff(host)) {
    host.info(`Nothing is cleaned up: input "${host.inputName('cleanup')}" is false.`);
    return;
  }
  const resume: CleanUp = async () => {
    if (host.folder.resume() !== 'gone') return;
    host.warning("This step's folder in the job's temp folder is gone, and what it knew of what is to be cleaned up.");
  };
  const removeFolder: CleanUp = () => host.folder.remove({ butWhatIsKept: false });
  const [first, ...others] = await tryAll(host, [resume, restoreVariables, ...own, removeFolder]);
  for (const { message } of others) host.info(`Clean-up is not complete. ${message}`);
  if (first) host.fail(first.with({}, `Clean-up is not complete. ${first.message}`));
}

/** The clean-up of a step that failed or was cancelled. What it cannot take back is left to the one at the end of the job. */
export async function cleanUpAfterFailure(
  step: Loading,
  host: Host,
  { published }: { readonly published: boolean },
): Promise<void> {
  const variables: CleanUp = published ? restoreVariables : async () => forgetVariables(host);
  const removeFolder: CleanUp = () => host.folder.remove({ butWhatIsKept: true });
  for (const { message } of await tryAll(host, [variables, ...(await partsOf(step)), removeFolder])) {
    host.info(`Clean-up is not complete, and is tried again at the end of the job. ${message}`);
  }
}

/** What loads the step's own parts, if it has any. */
interface Loading {
  readonly cleanUp?: Step['cleanUp'] | undefined;
}

/** The step has read the input already: what it could not be read as is no reason to leave anything behind. */
function isSwitchedOff(host: Host): boolean {
  try {
    return /^false$/i.test(host.input('cleanup').trim());
  } catch {
    return false;
  }
}

/** The step's own parts. If they cannot be loaded, that is one part, which fails. */
async function partsOf(step: Loading): Promise<readonly CleanUp[]> {
  try {
    return (await step.cleanUp?.()) ?? [];
  } catch (error) {
    return [() => Promise.reject(error)];
  }
}

/** Every part, whatever becomes of another. */
async function tryAll(host: Host, parts: readonly CleanUp[]): Promise<readonly FedbridgeError[]> {
  const failures: FedbridgeError[] = [];
  for (const part of parts) {
    try {
      await part(host);
    } catch (error) {
      failures.push(failureOf(error));
    }
  }
  return failures;
}
