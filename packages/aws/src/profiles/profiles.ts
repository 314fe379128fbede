import { type Environment, FedbridgeError, type System } from '@fedbridge/core';
import type { AwsSecrets } from '../secrets.ts';
import { bytesOf } from './bytes.ts';
import type { ProfileName } from './profile-name.ts';
import { copyOfSections, type Entries, entry, hasEntries, withoutSection, withSection } from './section.ts';
import { changeSharedFile } from './shared-file.ts';
import { type SharedFiles, sharedFiles } from './shared-files.ts';

/** A profile to write, with its keys or with the command line of a `credential_process` that prints them. */
export interface Profile {
  readonly name: ProfileName;
  readonly source: { readonly secrets: AwsSecrets } | { readonly process: string };
  readonly region: string;
}

/** What a profile was written as, to find it again and take back what is still there. Holds no secret. */
export interface WrittenSection {
  readonly path: string;
  readonly profile: ProfileName;
  /** By which it is found again. */
  readonly id: string;
  /** Values as they were written. Secrets, which are null, go with the access key id that they belong to. */
  readonly values: Readonly<Record<string, string | null>>;
}

/**
 * The text of both files with these profiles, and with whatever others the given texts have.
 *
 * @param others - what is in the user's own files, a byte a character
 */
export function renderProfiles(
  profiles: readonly Profile[],
  others: { readonly credentials: string; readonly config: string } = { credentials: '', config: '' },
): { readonly credentials: string; readonly config: string } {
  const names = profiles.map(({ name }) => name);
  const render = (text: string, sections: readonly Section[]) =>
    Buffer.from(
      [
        ...sections.map(({ header, entries }) => {
          const lines = Object.entries(entries).map(([key, value]) => `${key} = ${value}\n`);
          return `[${header}]\n${lines.join('')}\n`;
        }),
        copyOfSections(text, names),
      ].join(''),
      'latin1',
    ).toString('utf8');
  return {
    credentials: render(others.credentials, profiles.map(credentialsSection)),
    config: render(others.config, profiles.map(configSection)),
  };
}

/**
 * Writes profiles to the shared files.
 *
 * @param overwrite - whether a profile of the same name may be replaced
 * @param keep - told of each section before it is written, of the same one again if it has to be done again
 * @returns the files
 * @throws FedbridgeError `INPUT_INVALID` for a profile that exists, `DELIVERY_FAILED`
 */
export async function writeProfiles(
  profiles: readonly Profile[],
  overwrite: boolean,
  system: System,
  keep: (section: WrittenSection) => void,
): Promise<SharedFiles> {
  const files = sharedFiles(system.environment);
  const parts = [
    { path: files.credentials, sections: profiles.map(credentialsSection), isSecret: true },
    { path: files.config, sections: profiles.map(configSection), isSecret: false },
  ];
  for (const { path, sections, isSecret } of parts) {
    const marked = sections.map((section) => ({ ...section, id: system.random().toString(36).slice(2) }));
    await changeSharedFile(
      path,
      (before) =>
        marked.reduce((text, section) => {
          if (!overwrite && hasEntries(text, section.name)) throw exists(section.name, path);
          keep({ path, profile: section.name, id: section.id, values: section.shown });
          return withSection(text, section.header, section);
        }, before),
      system,
      isSecret,
    );
  }
  return files;
}

/**
 * Refuses what profiles cannot be written to, before anything is asked for.
 *
 * @throws FedbridgeError `INPUT_INVALID` if one of the profiles is there already, `DELIVERY_FAILED` for files that no tool reads
 */
export async function refuseUnwritable(
  names: readonly ProfileName[],
  overwrite: boolean,
  { environment }: System,
): Promise<void> {
  for (const path of Object.values(sharedFiles(environment))) {
    const text = await bytesOf(path);
    if (text.includes('\0')) {
      throw new FedbridgeError('DELIVERY_FAILED', `${path} is not text that the AWS tools read.`, {
        hint: 'It may be UTF-16, as ">" of Windows PowerShell writes it: save it as UTF-8.',
      });
    }
    const taken = overwrite ? undefined : names.find((name) => hasEntries(text, name));
    if (taken !== undefined) throw exists(taken, path);
  }
}

/**
 * Takes back what was written, where it is still there, and puts back what the profile had before.
 *
 * @returns what somebody else has made of it since, in words, if anything: that was left
 * @throws FedbridgeError `DELIVERY_FAILED`
 */
export async function removeSection(
  { path, profile, values, id }: WrittenSection,
  system: System,
): Promise<string | undefined> {
  const { aws_access_key_id: keyId } = values;
  let left: readonly string[] | undefined;
  await changeSharedFile(
    path,
    (text) => {
      const hasKeyId = typeof keyId === 'string' && text.includes(keyId);
      const without = withoutSection(text, id, (key, value) =>
        values[key] === null ? hasKeyId : values[key] === value,
      );
      left = without ? without.left : hasEntries(text, profile) ? ['all of it'] : [];
      return without?.text ?? text;
    },
    system,
  );
  if (!left?.length) return undefined;
  return `Profile "${profile}" of ${path} is not as this step wrote it, and was left so: ${left.join(', ')}.`;
}

/** The keys of a profile, if it has all three. @throws FedbridgeError `DELIVERY_FAILED` */
export async function readProfile(name: string, environment: Environment): Promise<AwsSecrets | undefined> {
  const text = await bytesOf(sharedFiles(environment).credentials);
  const [accessKeyId, secretAccessKey, sessionToken] = secretKeys.map((key) => entry(text, name, key));
  return accessKeyId && secretAccessKey && sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

const secretKeys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;

interface Section {
  readonly name: ProfileName;
  readonly header: string;
  readonly entries: Entries;
  readonly shown: WrittenSection['values'];
}

/** A `credential_process` stands in the credentials file as well: SDKs 1 for Java and Go need it there. */
function credentialsSection({ name, source }: Profile): Section {
  if ('process' in source) {
    // A byte a character, as all of a file: the path of a temp folder may be of any language.
    const entries = { credential_process: Buffer.from(source.process).toString('latin1') };
    return { name, header: name, entries, shown: entries };
  }
  const { accessKeyId, secretAccessKey, sessionToken } = source.secrets;
  const entries = {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_session_token: sessionToken,
  };
  const shown = { aws_access_key_id: accessKeyId, aws_secret_access_key: null, aws_session_token: null };
  return { name, header: name, entries, shown };
}

function configSection({ name, region }: Profile): Section {
  const entries = { region };
  return { name, header: name === 'default' ? name : `profile ${name}`, entries, shown: entries };
}

function exists(name: string, path: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `There is a profile "${name}" in ${path} already. It was left as it is.`, {
    hint: 'Choose another name, or allow it with {overwriteAwsProfile}.',
  });
}
