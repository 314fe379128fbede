import type { AwsCredentials } from './credentials.ts';

/** The two files that hold one profile. Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files". */
export interface ProfileFiles {
  readonly credentials: string;
  readonly config: string;
}

/** Writes a profile's entries as the shared files of the AWS CLI and SDKs have them. */
export function renderProfile(name: string, credentials: AwsCredentials, region: string): ProfileFiles {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  return {
    credentials: lines([
      `[${name}]`,
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
      `aws_session_token = ${sessionToken}`,
    ]),
    config: lines([`[profile ${name}]`, `region = ${region}`]),
  };
}

const lines = (all: readonly string[]) => `${all.join('\n')}\n`;
