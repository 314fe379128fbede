import type { AdmittedCredentials } from '@fedbridge/aws';
import { type ProfileName, processCommand, renderProfiles, shellQuoted } from '@fedbridge/aws/profiles';
import type { Environment } from '@fedbridge/core';

/** What credentials are printed with. */
interface Surroundings {
  readonly region: string;
  readonly environment: Environment;
  readonly profile: ProfileName;
  /** What prints the same credentials, or later ones, as a `credential_process` does. */
  readonly again: readonly string[];
}

/** What some tool would take before keys of the environment, or with them. */
const shadows = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SECURITY_TOKEN', 'AWS_CREDENTIAL_EXPIRATION'] as const;

/** How credentials can be printed, each as what reads it takes it. */
export const credentialForms = {
  /** For `eval` of a POSIX shell. */
  env(credentials, { region, environment }) {
    const unset = shadows.filter((name) => environment[name] !== undefined);
    return [
      ...(unset.length > 0 ? [`unset ${unset.join(' ')}`] : []),
      ...variablesOf(credentials, region).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    ].join('\n');
  },
  /** For `docker run --env-file`, which takes no quotes. */
  dotenv: (credentials, { region }) =>
    variablesOf(credentials, region)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  /** Source: AWS SDKs and Tools Reference Guide, "Process credential provider". */
  'credential-process'(credentials) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
    return JSON.stringify({
      Version: 1,
      ...{ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken },
      ...(credentials.expiresAt === undefined ? {} : { Expiration: new Date(credentials.expiresAt).toISOString() }),
    });
  },
  /** Sections of `~/.aws/config`, with no secret in them: whoever reads the profile asks for credentials of its own. */
  profile(_credentials, { region, profile: name, again }) {
    const { config, credentials } = renderProfiles([{ name, region, source: { process: processCommand(again) } }]);
    return `${config.trimEnd()}\n${credentials.slice(credentials.indexOf('\n') + 1).trimEnd()}`;
  },
} as const satisfies Readonly<Record<string, (credentials: AdmittedCredentials, around: Surroundings) => string>>;

function variablesOf(credentials: AdmittedCredentials, region: string): readonly (readonly [string, string])[] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  return [
    ['AWS_ACCESS_KEY_ID', accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', secretAccessKey],
    ['AWS_SESSION_TOKEN', sessionToken],
    ['AWS_REGION', region],
    ['AWS_DEFAULT_REGION', region],
  ];
}
