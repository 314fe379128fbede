import {
  fileVariables,
  hasDefaultIdentity,
  renderProfiles,
  type SharedFiles,
  sharedFiles,
  sharedText,
} from '@fedbridge/aws/profiles';
import { FedbridgeError } from '@fedbridge/core';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import { type DeliveryPlan, planDelivery, type WantedDelivery } from './delivery-plan.ts';

/**
 * Gives credentials to later steps: files first, and then what points at them.
 *
 * @param overwrite - whether profiles of the user's files may be replaced
 * @returns the names of what later steps find
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function deliver(host: Host, wanted: WantedDelivery, overwrite: boolean): Promise<readonly string[]> {
  const { environment } = host.system;
  const { variables, secretVariables, profiles, ...delivery } = planDelivery(wanted, {
    environment,
    hasDefaultIdentity: wanted.inEnvironment && (await hasDefaultIdentity(environment)),
    secretVariablesReachScripts: host.secretVariablesReachScripts,
  });
  for (const warning of delivery.warnings) host.warning(warning);
  const files = profiles.length > 0 ? await write(host, { profiles, files: delivery.files }, overwrite) : undefined;
  const all = { ...variables, ...(files && delivery.showsFiles ? fileVariables(files) : {}) };
  exportVariables(host, all);
  exportSecretVariables(host, secretVariables);
  return [...Object.keys({ ...secretVariables, ...all }), ...profiles.map(({ name }) => `profile ${name}`)];
}

/** @returns where the profiles are */
async function write(
  host: Host,
  { profiles, files }: Pick<DeliveryPlan, 'profiles' | 'files'>,
  overwrite: boolean,
): Promise<SharedFiles> {
  if (files === 'shared') {
    const { deliverProfiles } = await import('./profiles.ts');
    return deliverProfiles(host, profiles, overwrite);
  }
  checkExpanded(host.folder.path());
  return writeSecretFiles(host, { ...renderProfiles(profiles, await othersOf(host)) });
}

/** botocore expands variables in the paths that name files of profiles, and would look elsewhere. @throws FedbridgeError `DELIVERY_FAILED` */
function checkExpanded(folder: string): void {
  if (!/\$[\w{]/.test(folder)) return;
  throw new FedbridgeError('DELIVERY_FAILED', `The AWS CLI and boto3 cannot find a file in ${folder}.`, {
    hint: 'They take a $ in the path of a file of profiles for the beginning of a variable. Have jobs run in another folder.',
  });
}

/** What the user's own files have, so that later steps find it as well. */
async function othersOf(host: Host): Promise<{ readonly credentials: string; readonly config: string }> {
  const read = async (file: keyof SharedFiles) => {
    try {
      return await sharedText(sharedFiles(host.system.environment)[file]);
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      // A user without a home has no files, and so nothing is missed.
      if (host.system.environment.HOME || error.detail.cause) {
        host.warning(`${error.message} Later steps of this job find no profile of it.`);
      }
      return '';
    }
  };
  return { credentials: await read('credentials'), config: await read('config') };
}
