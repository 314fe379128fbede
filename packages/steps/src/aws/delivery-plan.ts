import type { AdmittedCredentials } from '@fedbridge/aws';
import { type Profile, type ProfileName, parseProfileName } from '@fedbridge/aws/profiles';
import type { Environment } from '@fedbridge/core';
import type { KeptAws } from './keep-fresh.ts';
import { container, expiry, keys, otherKeys, webIdentity } from './shadowing-variables.ts';

/** Credentials and the name that `roles` gives them; the role to assume has none. */
interface Acquired {
  readonly name: ProfileName | undefined;
  readonly credentials: AdmittedCredentials;
}

/** What the user wants of a delivery. */
export interface WantedDelivery {
  readonly acquired: readonly Acquired[];
  readonly region: string;
  /** Whether later steps are to have the role to assume without naming it. */
  readonly inEnvironment: boolean;
  /** The profile of the user's own files that the role to assume is to be. */
  readonly profile: ProfileName | undefined;
  /** Whether there are to be secret variables that users map into scripts. */
  readonly asSecretVariables: boolean;
  readonly unsetCurrent: boolean;
  /** Where the credentials are kept fresh, if they are. */
  readonly kept: KeptAws | undefined;
}

/** What is there already. */
export interface Surroundings {
  readonly environment: Environment;
  /** Whether files that nobody has named may hold credentials. */
  readonly hasDefaultIdentity: boolean;
  /** Whether secret variables reach the scripts of later steps by themselves. */
  readonly secretVariablesReachScripts: boolean;
}

/** What is to be written, before anything is. */
export interface DeliveryPlan {
  readonly variables: Readonly<Record<string, string>>;
  readonly secretVariables: Readonly<Record<string, string>>;
  readonly profiles: readonly Profile[];
  /** Where profiles go: files of this job, which also have what is in the user's; or, where the user wants that, among the user's. */
  readonly files: 'own' | 'shared';
  /** Whether later steps are to be shown the files. */
  readonly showsFiles: boolean;
  readonly warnings: readonly string[];
}

/** The profile under which later scripts find the credentials where the user has named none. */
export const ownProfile = parseProfileName('fedbridge');

const unsettable = [
  ...keys,
  ...otherKeys,
  webIdentity,
  'AWS_ROLE_ARN',
  ...container,
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
];

/**
 * Decides what a delivery is, so that every tool takes the identity that the step has acquired: whatever a tool would
 * take before it is emptied, or is made to name the step's own as well.
 *
 * Tools read credentials in different orders. All take keys of the environment first, but for SDK 3 for JavaScript where
 * AWS_PROFILE is set; most take a web identity of the environment before a profile, all a profile before a container, but
 * for SDK 2 for JavaScript, which takes a container before a profile's process. An empty variable is none, but for the
 * names of profiles, where botocore looks for a profile of that name, and for a container's relative address.
 */
export function planDelivery(wanted: WantedDelivery, surroundings: Surroundings): DeliveryPlan {
  const { environment } = surroundings;
  const main = wanted.acquired.find(({ name }) => name === undefined);
  const shown = wanted.inEnvironment ? main : undefined;
  const named = wanted.acquired.flatMap((one) => (one.name === undefined ? [] : [profileOf(one.name, one, wanted)]));
  const needsProfile =
    shown !== undefined &&
    (wanted.profile !== undefined || named.length > 0 || mayBeTakenForAnother(wanted, surroundings));
  const mainProfile = wanted.profile ?? (needsProfile ? ownProfile : undefined);
  const profiles = main && mainProfile ? [...named, profileOf(mainProfile, main, wanted)] : named;
  // Named roles must win when a script names one, so nothing may stand in the environment that comes before profiles.
  const byEnvironment = wanted.profile === undefined && named.length === 0 ? shown : undefined;
  const keysHere = byEnvironment && !wanted.kept && surroundings.secretVariablesReachScripts;
  const containerHere = byEnvironment && wanted.kept ? wanted.kept.variables(undefined) : {};
  const asSecrets = {
    ...(main && (keysHere || wanted.asSecretVariables) ? secretVariables(main.credentials) : {}),
    ...(main && keysHere && environment.AWS_SECRET_KEY ? underOldName(main.credentials) : {}),
    ...(byEnvironment && surroundings.secretVariablesReachScripts ? wanted.kept?.secretVariables : {}),
  };
  const showsFiles = profiles.length > 0 && (shown !== undefined || named.length > 0);
  const shadows = showsFiles || shown ? present(shadowing(wanted), environment) : [];
  const variables = {
    ...empty(wanted.unsetCurrent ? present(unsettable, environment) : []),
    ...empty(shadows),
    ...containerHere,
    ...(shown && mainProfile ? profileVariables(mainProfile, environment) : {}),
    ...(shown || named.length > 0 ? { AWS_REGION: wanted.region, AWS_DEFAULT_REGION: wanted.region } : {}),
  };
  return {
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => !(name in asSecrets))),
    secretVariables: asSecrets,
    profiles,
    files: wanted.profile === undefined ? 'own' : 'shared',
    showsFiles,
    warnings: warningsOf({ wanted, surroundings, shown, named, shadows, profiles }),
  };
}

/** Whether a tool would take something else than what the environment can be made to say. */
function mayBeTakenForAnother(wanted: WantedDelivery, { environment, ...surroundings }: Surroundings): boolean {
  if (!wanted.kept && !surroundings.secretVariablesReachScripts) return true;
  // Emptied, botocore would still ask there.
  if (wanted.kept && environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) return true;
  // Emptied, the SDK for Rust would read a file without a name before it asks a container.
  if (wanted.kept && environment[webIdentity]) return true;
  // Emptied, SDKs for Java would send it to our endpoint; and a secret variable of its name reaches no script by itself.
  const staysBehind = wanted.kept && !surroundings.secretVariablesReachScripts;
  if (staysBehind && environment.AWS_CONTAINER_AUTHORIZATION_TOKEN) return true;
  return surroundings.hasDefaultIdentity || Boolean(environment.AWS_PROFILE || environment.AWS_DEFAULT_PROFILE);
}

/** Variables that some tool would take before what is delivered. */
function shadowing({ kept }: WantedDelivery): string[] {
  return [...keys, ...otherKeys, expiry, webIdentity, ...(kept ? container : [])];
}

/** AWS_DEFAULT_PROFILE comes before AWS_PROFILE in botocore, so it is set where it is set already, and nowhere else. */
function profileVariables(profile: ProfileName, environment: Environment): Record<string, string> {
  return { AWS_PROFILE: profile, ...(environment.AWS_DEFAULT_PROFILE ? { AWS_DEFAULT_PROFILE: profile } : {}) };
}

function warningsOf({
  wanted,
  surroundings: { environment, secretVariablesReachScripts },
  shown,
  named,
  shadows,
  profiles,
}: {
  readonly wanted: WantedDelivery;
  readonly surroundings: Surroundings;
  readonly shown: Acquired | undefined;
  readonly named: readonly Profile[];
  readonly shadows: readonly string[];
  readonly profiles: readonly Profile[];
}): string[] {
  const warnings: string[] = [];
  if (named.length > 0 && environment.AWS_DEFAULT_PROFILE) {
    warnings.push(
      'The job has AWS_DEFAULT_PROFILE set, which the AWS CLI and boto3 prefer to AWS_PROFILE. A script that chooses a ' +
        'role sets both, or uses --profile.',
    );
  }
  if (!shown && named.length > 0 && shadows.length > 0) {
    warnings.push(
      `${shadows.join(', ')} would be taken before any profile, so later steps of this job find them empty. Scripts name ` +
        'the profile of a role. To have credentials without naming any, give a role to assume in this step too.',
    );
  }
  if (!shown && named.length === 0 && profiles.length > 0) {
    const before = present([...keys, ...otherKeys, webIdentity, 'AWS_DEFAULT_PROFILE'], environment);
    if (before.length > 0) {
      warnings.push(
        `${before.join(', ')} will be taken before AWS_PROFILE by most tools. --profile of the AWS CLI wins.`,
      );
    }
  }
  const mapped = present(keys.slice(0, 3), environment);
  if (wanted.asSecretVariables && !secretVariablesReachScripts && mapped.length > 0) {
    warnings.push(
      `${mapped.join(', ')} of this machine may reach scripts that do not map the secret variables of that name into their env.`,
    );
  }
  return warnings;
}

function profileOf(
  name: ProfileName,
  { name: role, credentials }: Acquired,
  { kept, region }: WantedDelivery,
): Profile {
  return kept
    ? { name, source: { process: kept.process(role) }, region, expiresAt: kept.endsAt }
    : { name, source: { secrets: credentials.reveal() }, region, expiresAt: credentials.expiresAt };
}

function secretVariables(credentials: AdmittedCredentials): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

/** SDK 1 for Java prefers this name to AWS_SECRET_ACCESS_KEY, and takes an empty one for a key. */
function underOldName(credentials: AdmittedCredentials): Record<string, string> {
  return { AWS_SECRET_KEY: credentials.reveal().secretAccessKey };
}

function present(names: readonly string[], environment: Environment): string[] {
  return names.filter((name) => environment[name]);
}

function empty(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']));
}
