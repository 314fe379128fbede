import { join } from 'node:path';
import type { AdmittedCredentials, RolePathRequest } from '@fedbridge/aws';
import type { ProfileName } from '@fedbridge/aws/profiles';
import { awsPath, brokerFiles, writeCredentialProcess } from '@fedbridge/broker';
import { type KeepFreshContext, keepFresh, type Served } from '../keep-fresh.ts';
import type { AwsInputs } from './inputs.ts';

/** Where later steps find credentials that a broker keeps fresh. A role is named as in `roles`, the main one is not. */
export interface KeptAws {
  /** What AWS SDKs look for. */
  variables(role: ProfileName | undefined): Record<string, string>;
  /** What SDKs from before the end of 2023 look for beside them. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** When they end at the latest, in ms since 1970-01-01 UTC. */
  readonly endsAt: number;
  /** The command line of a `credential_process`. */
  process(role: ProfileName | undefined): string;
}

/** @throws FedbridgeError `DELIVERY_FAILED` */
export async function keepAwsFresh(
  context: KeepFreshContext,
  inputs: AwsInputs,
  start: Pick<NonNullable<Served['aws']>, 'audience' | 'own'>,
  roles: readonly {
    readonly name: ProfileName | undefined;
    readonly request: RolePathRequest;
    readonly credentials: AdmittedCredentials;
  }[],
): Promise<KeptAws> {
  // Whatever a role is named, its path is not the main one's.
  const pathOf = (name: ProfileName | undefined) => (name === undefined ? 'main' : `named/${name}`);
  const { origin, folder, authorization, endsAt } = await keepFresh(context, inputs, {
    aws: {
      ...start,
      roles: roles.map(({ name, request, credentials }) => ({
        name: pathOf(name),
        request: { ...request, endpoint: request.endpoint.href },
        held:
          credentials.expiresAt === undefined
            ? undefined
            : { secrets: credentials.reveal(), expiresAt: credentials.expiresAt },
      })),
    },
    idTokens: false,
  });
  const url = (name: ProfileName | undefined) => `${origin}${awsPath(pathOf(name))}`;
  const file = join(folder, brokerFiles.awsAuthorization);
  const process = await writeCredentialProcess(folder, context.brokerScript);
  return {
    endsAt,
    secretVariables: { AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization },
    variables: (name) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url(name),
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
    }),
    process: (name) => process(pathOf(name)),
  };
}
