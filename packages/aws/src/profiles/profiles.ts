import type { Environment } from '@fedbridge/core';
import type { AwsSecrets } from '../secrets.ts';
import { bytesOf } from './bytes.ts';
import type { ProfileName } from './profile-name.ts';
import { copyOfSections, type Entries, entry } from './section.ts';
import { sharedFiles } from './shared-files.ts';

/** A profile to write, with its keys or with the command line of a `credential_process` that prints them. */
export interface Profile {
  readonly name: ProfileName;
  readonly source: { readonly secrets: AwsSecrets } | { readonly process: string };
  readonly region: string;
  /** When its source is of no more use, in ms since 1970-01-01 UTC; undefined if that is not known. */
  readonly expiresAt?: number | undefined;
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

/** The keys of a profile, if it has all three. @throws FedbridgeError `DELIVERY_FAILED` */
export async function readProfile(name: string, environment: Environment): Promise<AwsSecrets | undefined> {
  const text = await bytesOf(sharedFiles(environment).credentials);
  const [accessKeyId, secretAccessKey, sessionToken] = secretKeys.map((key) => entry(text, name, key));
  return accessKeyId && secretAccessKey && sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

/** The keys of a credentials file that hold session credentials. Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files". */
export const secretKeys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'] as const;

/** A profile's section of one of the files. */
export interface Section {
  readonly name: ProfileName;
  readonly header: string;
  readonly entries: Entries;
  /** Its entries; secrets, which are null, go with the access key id that they belong to. */
  readonly shown: Readonly<Record<string, string | null>>;
}

/** A `credential_process` stands in the credentials file as well: SDKs 1 for Java and Go need it there. */
export function credentialsSection({ name, source }: Profile): Section {
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

/** A profile's section in the config file, which has `profile` before its name there. Source: the same. */
export function configSection({ name, region }: Profile): Section {
  const entries = { region };
  return { name, header: name === 'default' ? name : `profile ${name}`, entries, shown: entries };
}
