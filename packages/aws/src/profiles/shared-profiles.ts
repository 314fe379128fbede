import { FedbridgeError, type System } from '@fedbridge/core';
import { bytesOf } from './bytes.ts';
import type { ProfileName } from './profile-name.ts';
import { configSection, credentialsSection, type Profile, type Section, secretKeys } from './profiles.ts';
import { hasEntries, withoutExpired, withoutSection, withSection } from './section.ts';
import { changeSharedFile } from './shared-file.ts';
import { type SharedFiles, sharedFiles } from './shared-files.ts';

/** What a profile was written as, to find it again and take back what is still there. Holds no secret. */
export interface WrittenSection {
  readonly path: string;
  readonly profile: ProfileName;
  /** By which it is found again. */
  readonly id: string;
  /** Values as they were written. */
  readonly values: Section['shown'];
}

/**
 * Writes profiles to the shared files.
 *
 * @param overwrite - whether a profile of the same name may be replaced
 * @param name - the writer's, of letters and digits, which no other has: `removeSectionsOf` finds by it what is written here
 * @param keep - told of each section before it is written, of the same one again if it has to be done again
 * @returns the files
 * @throws FedbridgeError `INPUT_INVALID` for a profile that exists, `DELIVERY_FAILED`
 */
export async function writeProfiles(
  profiles: readonly Profile[],
  overwrite: boolean,
  system: System,
  { name, keep }: { readonly name: string; readonly keep: (section: WrittenSection) => void },
): Promise<SharedFiles> {
  const files = sharedFiles(system.environment);
  const parts = [
    { path: files.credentials, sectionOf: credentialsSection, isSecret: true },
    { path: files.config, sectionOf: configSection, isSecret: false },
  ];
  for (const { path, sectionOf, isSecret } of parts) {
    const marked = profiles.map((profile) => ({
      ...sectionOf(profile),
      id: `${name}${system.random().toString(36).slice(2)}`,
      expiresAt: profile.expiresAt,
    }));
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
      const without = withoutSection(withoutExpired(text, id, system.now()), id, (key, value) =>
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

/**
 * Takes back all that a writer of that name has written, where it is not known any more what that was.
 *
 * @throws FedbridgeError `DELIVERY_FAILED`; what can be taken back is, whatever becomes of the other file
 */
export async function removeSectionsOf(name: string, system: System): Promise<void> {
  // Marks that others have written over stand further into their lines.
  const marks = new RegExp(`# fedbridge(?: \\w+)? (${name}[\\da-z]+)(?: until \\d+ \\w+)?\\r?$`, 'gm');
  const change = (text: string) =>
    [...text.matchAll(marks)].reduce(
      (rest, [, id = '']) =>
        withoutSection(withoutExpired(rest, id, system.now()), id, (key) => ourKeys.includes(key))?.text ?? rest,
      text,
    );
  const failures: unknown[] = [];
  for (const path of Object.values(sharedFiles(system.environment))) {
    await changeSharedFile(path, change, system).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

const ourKeys: readonly string[] = [...secretKeys, 'credential_process', 'region'];

function exists(name: string, path: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `There is a profile "${name}" in ${path} already. It was left as it is.`, {
    hint: 'Choose another name, or allow it with {overwriteAwsProfile}.',
  });
}
