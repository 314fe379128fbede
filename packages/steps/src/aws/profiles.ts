import {
  type Profile,
  refuseExisting,
  removeProfiles,
  type WrittenSection,
  writeProfiles,
} from '@fedbridge/aws/profiles';
import type { Host } from '@fedbridge/step';
import type { AwsInputs } from './inputs.ts';

const state = 'profiles';

/** Refuses names of profiles that exist, before any request is made. @throws FedbridgeError `INPUT_INVALID` */
export async function refuseTakenProfiles(
  host: Host,
  { awsProfile, roles = [], overwriteAwsProfile }: AwsInputs,
): Promise<void> {
  if (overwriteAwsProfile) return;
  const named = profilesGoToOwnFiles(host, awsProfile) ? [] : roles;
  await refuseExisting([...named, ...(awsProfile ? [{ name: awsProfile }] : [])], host.system);
}

/**
 * Where secrets do not reach scripts by variables, profiles are in files of this job's own, unless the user wants them
 * among others.
 */
export function profilesGoToOwnFiles(host: Host, awsProfile: AwsInputs['awsProfile']): boolean {
  return !host.secretVariablesReachScripts && awsProfile === undefined;
}

/** Writes profiles to the shared files, and has the step's clean-up remove them. @throws FedbridgeError */
export async function deliverProfiles(host: Host, profiles: readonly Profile[], overwrite: boolean): Promise<void> {
  await writeProfiles(profiles, overwrite, host.system, (section) =>
    host.saveState(state, JSON.stringify([...written(host), section])),
  );
}

/** The clean-up of the step: removes the profiles that it wrote and that nobody has changed since, each whatever becomes of another. */
export async function removeDeliveredProfiles(host: Host): Promise<void> {
  const left: WrittenSection[] = [];
  const failures: unknown[] = [];
  for (const section of written(host)) {
    try {
      await removeProfiles([section], host.system);
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
