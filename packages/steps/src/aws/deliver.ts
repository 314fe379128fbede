import type { AwsCredentials } from '@fedbridge/aws';
import { type Profile, type ProfileName, parseProfileName, renderProfiles } from '@fedbridge/aws/profiles';
import { exportSecretVariables, exportVariables, type Host, writeSecretFiles } from '@fedbridge/core';
import type { AwsInputs } from './inputs.ts';
import { deliverProfiles, profilesGoToOwnFiles } from './profiles.ts';

/** Credentials and the name that `roles` gives them; the role to assume has none. */
export interface Acquired {
  readonly name: ProfileName | undefined;
  readonly credentials: AwsCredentials;
}

/** The profile under which later scripts of an Azure Pipelines job find the credentials if the user names none. */
const ownProfile = parseProfileName('fedbridge');

const keyVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/** Other variables from which an AWS SDK takes credentials or a region. */
const furtherVariables = [
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
];

/** Gives credentials to later steps. @returns the names of what they find @throws FedbridgeError */
export async function deliver(
  host: Host,
  acquired: readonly Acquired[],
  inputs: AwsInputs,
  region: string,
): Promise<readonly string[]> {
  const { environment } = host.system;
  const present = (names: readonly string[]) => names.filter((name) => environment[name]);
  const named = acquired.flatMap(({ name, credentials }) => (name ? [profile(name, credentials, region)] : []));
  const main = acquired.find(({ name }) => name === undefined)?.credentials;
  const shown = inputs.outputEnvCredentials ? main : undefined;
  const variables: Record<string, string> = {};
  const profiles = [...named];
  if (inputs.unsetCurrentCredentials) Object.assign(variables, empty(present([...keyVariables, ...furtherVariables])));

  if (main && inputs.awsProfile) {
    profiles.push(profile(inputs.awsProfile, main, region));
    if (shown) Object.assign(variables, { AWS_PROFILE: inputs.awsProfile });
  } else if (shown && host.secretVariablesReachScripts) {
    const { accessKeyId, secretAccessKey, sessionToken } = shown.reveal();
    Object.assign(variables, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
    if (environment.AWS_PROFILE) {
      host.warning('The job has AWS_PROFILE set, which some tools prefer to the credentials of this step.');
    }
  } else if (shown) {
    profiles.push(profile(ownProfile, shown, region));
    Object.assign(variables, { AWS_PROFILE: ownProfile });
  }
  if (shown) Object.assign(variables, { AWS_REGION: region, AWS_DEFAULT_REGION: region });
  // Keys in the environment would be taken before any profile.
  if (variables.AWS_PROFILE) Object.assign(variables, empty(present(keyVariables)));

  if (profiles.length > 0 && profilesGoToOwnFiles(host, inputs.awsProfile)) {
    const paths = await writeSecretFiles(host, renderProfiles(profiles));
    Object.assign(variables, { AWS_SHARED_CREDENTIALS_FILE: paths.credentials, AWS_CONFIG_FILE: paths.config });
  } else if (profiles.length > 0) {
    await deliverProfiles(host, profiles, inputs.overwriteAwsProfile);
  }
  exportVariables(host, variables);
  if (main && inputs.exportCredentials) exportSecrets(host, main);
  const secretVariables = main && inputs.exportCredentials ? keyVariables : [];
  return [...Object.keys(variables), ...secretVariables, ...profiles.map(({ name }) => `profile ${name}`)];
}

function exportSecrets(host: Host, credentials: AwsCredentials): void {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  exportSecretVariables(host, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  });
}

function profile(name: ProfileName, credentials: AwsCredentials, region: string): Profile {
  return { name, secrets: credentials.reveal(), region };
}

function empty(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']));
}
