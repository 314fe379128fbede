import type { AdmittedCredentials } from '@fedbridge/aws';
import {
  hasDefaultCredentials,
  type Profile,
  type ProfileName,
  parseProfileName,
  renderProfiles,
} from '@fedbridge/aws/profiles';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/step';
import type { AwsInputs } from './inputs.ts';
import type { KeptAws } from './keep-fresh.ts';
import { deliverProfiles, profilesGoToOwnFiles } from './profiles.ts';

/** Credentials and the name that `roles` gives them; the role to assume has none. */
export interface Acquired {
  readonly name: ProfileName | undefined;
  readonly credentials: AdmittedCredentials;
}

/** The profile under which later scripts of an Azure Pipelines job find the credentials if the user names none. */
const ownProfile = parseProfileName('fedbridge');

const keyVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/** Other variables from which an AWS SDK takes credentials. */
const otherSources = [
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
];
const regionVariables = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

/**
 * Gives credentials to later steps.
 *
 * @param kept - where they are kept fresh, if they are
 * @returns the names of what later steps find
 * @throws FedbridgeError
 */
export async function deliver(
  host: Host,
  acquired: readonly Acquired[],
  inputs: AwsInputs,
  region: string,
  kept: KeptAws | undefined,
): Promise<readonly string[]> {
  const { environment } = host.system;
  const present = (names: readonly string[]) => names.filter((name) => environment[name]);
  const profileOf = (name: ProfileName, { name: role, credentials }: Acquired): Profile => {
    const source = kept ? { process: kept.process(role) } : { secrets: credentials.reveal() };
    return { name, source, region };
  };
  const main = acquired.find(({ name }) => name === undefined);
  const shown = inputs.outputEnvCredentials ? main : undefined;
  const profiles = acquired.flatMap((one) => (one.name ? [profileOf(one.name, one)] : []));
  const variables: Record<string, string> = {};
  if (inputs.unsetCurrentCredentials) {
    Object.assign(variables, empty(present([...keyVariables, ...otherSources, ...regionVariables])));
  }

  if (main && inputs.awsProfile) {
    profiles.push(profileOf(inputs.awsProfile, main));
    if (shown) Object.assign(variables, { AWS_PROFILE: inputs.awsProfile });
  } else if (shown && kept) {
    Object.assign(variables, empty(present(otherSources)), kept.variables(shown.name));
    if (environment.AWS_PROFILE) {
      // SDKs would take the profile that the job names before a container.
      profiles.push(profileOf(ownProfile, shown));
      Object.assign(variables, { AWS_PROFILE: ownProfile });
    }
  } else if (shown && host.secretVariablesReachScripts) {
    const { accessKeyId, secretAccessKey, sessionToken } = shown.credentials.reveal();
    Object.assign(variables, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
  } else if (shown) {
    profiles.push(profileOf(ownProfile, shown));
    Object.assign(variables, { AWS_PROFILE: ownProfile });
  }
  if (shown) {
    Object.assign(variables, { AWS_REGION: region, AWS_DEFAULT_REGION: region });
    // Keys in the environment would be taken before any profile or container.
    if (!variables.AWS_ACCESS_KEY_ID) Object.assign(variables, empty(present(keyVariables)));
    if (!variables.AWS_PROFILE && environment.AWS_PROFILE) {
      host.warning('The job has AWS_PROFILE set, which some tools prefer to the credentials of this step.');
    }
  }

  const isShadowed = async () => Boolean(environment.AWS_PROFILE) || (await hasDefaultCredentials(environment));
  const shadowed = shown && kept && !inputs.awsProfile && (await isShadowed());
  const inOwnFiles = profiles.length > 0 && profilesGoToOwnFiles(host, inputs.awsProfile);
  if (shadowed || inOwnFiles) {
    const paths = await writeSecretFiles(host, renderProfiles(profiles));
    Object.assign(variables, { AWS_SHARED_CREDENTIALS_FILE: paths.credentials, AWS_CONFIG_FILE: paths.config });
  } else if (profiles.length > 0) {
    await deliverProfiles(host, profiles, inputs.overwriteAwsProfile);
  }
  exportVariables(host, variables);
  if (main && inputs.exportCredentials) exportSecrets(host, main.credentials);
  const secretVariables = main && inputs.exportCredentials ? keyVariables : [];
  return [...Object.keys(variables), ...secretVariables, ...profiles.map(({ name }) => `profile ${name}`)];
}

function exportSecrets(host: Host, credentials: AdmittedCredentials): void {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  exportSecretVariables(host, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  });
}

function empty(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']));
}
