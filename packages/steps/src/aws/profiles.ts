import {
  type Profile,
  refuseUnwritable,
  removeSection,
  removeSectionsOf,
  type SharedFiles,
  type WrittenSection,
  writeProfiles,
} from '@fedbridge/aws/profiles';
import type { Host } from '@fedbridge/step';
import type { AwsInputs } from './inputs.ts';

const state = 'profiles';

/**
 * Where the user wants profiles among their own, sees to it that they can be, before any request is made. All others are
 * in files of this job.
 *
 * @throws FedbridgeError `INPUT_INVALID`, `DELIVERY_FAILED`
 */
export async function refuseUnwritableProfiles(
  host: Host,
  { awsProfile, roles = [], overwriteAwsProfile }: AwsInputs,
): Promise<void> {
  if (awsProfile === undefined) return;
  await refuseUnwritable([...roles.map(({ name }) => name), awsProfile], overwriteAwsProfile, host.system);
}

/** Writes profiles to the shared files, and has the step's clean-up take them back. @throws FedbridgeError `DELIVERY_FAILED` */
export function deliverProfiles(host: Host, profiles: readonly Profile[], overwrite: boolean): Promise<SharedFiles> {
  // Made now, so that it has a name.
  host.folder.path();
  const keep = (section: WrittenSection) => {
    const others = written(host).filter(({ path, id }) => path !== section.path || id !== section.id);
    host.saveState(state, JSON.stringify([...others, section]));
  };
  return writeProfiles(profiles, overwrite, host.system, { name: host.folder.digits(), keep });
}

/**
 * The clean-up of the step: takes back what of its profiles nobody has changed since, with what was there before, each whatever becomes
 * of another.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function removeDeliveredProfiles(host: Host): Promise<void> {
  // What was written went with it, or cannot be read: the files themselves say whose their sections are.
  if (host.folder.isLost()) await removeSectionsOf(host.folder.digits(), host.system);
  const left: WrittenSection[] = [];
  const failures: unknown[] = [];
  for (const section of written(host)) {
    try {
      const changed = await removeSection(section, host.system);
      if (changed !== undefined) host.warning(changed);
    } catch (error) {
      left.push(section);
      failures.push(error);
    }
  }
  host.saveState(state, left.length === 0 ? '' : JSON.stringify(left));
  if (failures.length > 0) throw failures[0];
}

function written(host: Host): WrittenSection[] {
  const saved = host.state(state);
  return saved === '' ? [] : (JSON.parse(saved) as WrittenSection[]);
}
