import { join } from 'node:path';
import { type Environment, FedbridgeError, type System } from '@fedbridge/core';
import type { AwsSecrets } from '../secrets.ts';
import type { ProfileName } from './profile-name.ts';
import { type Entries, entry, hasEntries, hasSection, withoutSection, withSection } from './section.ts';
import { changeSharedFile, textOf } from './shared-file.ts';

/** A profile to write, with its keys or with the command line of a `credential_process` that prints them. */
export interface Profile {
  readonly name: ProfileName;
  readonly source: { readonly secrets: AwsSecrets } | { readonly process: string };
  readonly region: string;
}

/** What a profile was written as, to find and remove it again. Holds no secret. */
export interface WrittenSection {
  readonly path: string;
  readonly section: string;
  readonly keys: readonly string[];
  /** An entry that shows that the section is still the one that was written. */
  readonly mark: readonly [key: string, value: string];
  /** Whether there was no such section before. */
  readonly whole: boolean;
}

/**
 * Where the AWS CLI and SDKs look for profiles.
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
function sharedFiles(environment: Environment): { readonly credentials: string; readonly config: string } {
  const home = environment.USERPROFILE || environment.HOME;
  const place = (variable: string, name: string) => {
    const given = environment[variable];
    if (given && !given.startsWith('~')) return given;
    if (home) return given ? join(home, given.slice(1)) : join(home, '.aws', name);
    throw new FedbridgeError(
      'DELIVERY_FAILED',
      `Neither HOME nor ${variable} is set: there is no place for a profile.`,
    );
  };
  return {
    credentials: place('AWS_SHARED_CREDENTIALS_FILE', 'credentials'),
    config: place('AWS_CONFIG_FILE', 'config'),
  };
}

/** The text of both files with these profiles and nothing else. */
export function renderProfiles(profiles: readonly Profile[]): {
  readonly credentials: string;
  readonly config: string;
} {
  const render = (sections: readonly Section[]) =>
    sections.reduce((text, { section, entries }) => withSection(text, section, entries), '');
  return {
    credentials: render(profiles.flatMap((profile) => credentialsSection(profile) ?? [])),
    config: render(profiles.map(configSection)),
  };
}

/**
 * Writes profiles to the shared files, all or none.
 *
 * @param overwrite - whether a profile of the same name may be replaced
 * @param keep - told of each section before it is written
 * @throws FedbridgeError `INPUT_INVALID` for a profile that exists, `DELIVERY_FAILED`
 */
export async function writeProfiles(
  profiles: readonly Profile[],
  overwrite: boolean,
  system: System,
  keep: (section: WrittenSection) => void,
): Promise<void> {
  const files = sharedFiles(system.environment);
  const parts = [
    { path: files.credentials, sections: profiles.flatMap((profile) => credentialsSection(profile) ?? []) },
    { path: files.config, sections: profiles.map(configSection) },
  ];
  if (!overwrite) await refuseExisting(profiles, system);
  for (const { path, sections } of parts) {
    if (sections.length === 0) continue;
    await changeSharedFile(
      path,
      (before) =>
        sections.reduce((text, { section, entries, mark }) => {
          if (!overwrite && hasEntries(text, section)) throw exists(section, path);
          const whole = !hasSection(text, section);
          keep({ path, section, keys: Object.keys(entries), mark: [mark, entries[mark] ?? ''], whole });
          return withSection(text, section, entries);
        }, before),
      system,
    );
  }
}

/** @throws FedbridgeError `INPUT_INVALID` if one of the profiles is there already */
export async function refuseExisting(
  profiles: readonly Pick<Profile, 'name'>[],
  { environment }: System,
): Promise<void> {
  const files = sharedFiles(environment);
  for (const { name } of profiles) {
    if (hasEntries(await textOf(files.credentials), name)) throw exists(name, files.credentials);
    if (hasEntries(await textOf(files.config), configName(name))) throw exists(configName(name), files.config);
  }
}

/** Removes what was written, where it is still there, and nothing else. @throws FedbridgeError `DELIVERY_FAILED` */
export async function removeProfiles(written: readonly WrittenSection[], system: System): Promise<void> {
  for (const one of written) {
    await changeSharedFile(one.path, (text) => withoutSection(text, one.section, one), system);
  }
}

/** The keys of a profile, if it has all three. */
export async function readProfile(name: string, environment: Environment): Promise<AwsSecrets | undefined> {
  const text = await textOf(sharedFiles(environment).credentials);
  const [accessKeyId, secretAccessKey, sessionToken] = secretKeys.map((key) => entry(text, name, key));
  return accessKeyId && secretAccessKey && sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

const secretKeys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;

interface Section {
  readonly section: string;
  readonly entries: Entries;
  readonly mark: string;
}

function credentialsSection({ name, source }: Profile): Section | undefined {
  if (!('secrets' in source)) return undefined;
  const { secrets } = source;
  const entries = {
    aws_access_key_id: secrets.accessKeyId,
    aws_secret_access_key: secrets.secretAccessKey,
    aws_session_token: secrets.sessionToken,
  };
  return { section: name, entries, mark: 'aws_access_key_id' };
}

function configSection({ name, region, source }: Profile): Section {
  const section = configName(name);
  if (!('process' in source)) return { section, entries: { region }, mark: 'region' };
  return { section, entries: { region, credential_process: source.process }, mark: 'credential_process' };
}

function configName(name: string): string {
  return name === 'default' ? name : `profile ${name}`;
}

function exists(section: string, path: string): FedbridgeError {
  return new FedbridgeError(
    'INPUT_INVALID',
    `There is a profile [${section}] in ${path} already. It was left as it is.`,
    {
      hint: 'Choose another name, or allow it with overwrite-aws-profile (overwriteAwsProfile on Azure Pipelines).',
    },
  );
}

/** Whether the shared files hold credentials under `[default]`, which SDKs take before those of a container. */
export async function hasDefaultCredentials(environment: Environment): Promise<boolean> {
  const files = sharedFiles(environment);
  const keys = ['aws_access_key_id', 'credential_process', 'role_arn', 'sso_session', 'sso_start_url', 'login_session'];
  const texts = await Promise.all([files.credentials, files.config].map(textOf));
  return texts.some((text) => keys.some((key) => entry(text, 'default', key) !== undefined));
}
