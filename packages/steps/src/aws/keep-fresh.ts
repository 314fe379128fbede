import { join } from 'node:path';
import type { AdmittedCredentials, OwnCredentials, RolePathRequest } from '@fedbridge/aws';
import { authorizationFile, orderRoles, rolePath, writeCredentialProcess } from '@fedbridge/aws/keep-fresh';
import type { ProfileName } from '@fedbridge/aws/profiles';
import { type KeepFreshContext, keepFresh } from '../keep-fresh.ts';
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
  start: { readonly audience: string | undefined; readonly own: OwnCredentials | undefined },
  acquired: readonly {
    readonly name: ProfileName | undefined;
    readonly request: RolePathRequest;
    readonly credentials: AdmittedCredentials;
  }[],
): Promise<KeptAws> {
  // Whatever a role is named, its path is not the main one's.
  const nameOf = (name: ProfileName | undefined) => (name === undefined ? 'main' : `named/${name}`);
  const roles = acquired.map(({ name, request, credentials }) => {
    const { expiresAt } = credentials;
    const lease = expiresAt === undefined ? undefined : { value: credentials.reveal(), expiresAt };
    return { name: nameOf(name), request, lease };
  });
  const endpoints = orderRoles({ ...start, roles, profileInput: context.host.inputName('awsProfile') });
  const { origin, folder, secrets, endsAt } = await keepFresh(context, inputs, { endpoints, idTokens: false });
  const process = await writeCredentialProcess(folder, context.brokerScript);
  return {
    endsAt,
    secretVariables: { AWS_CONTAINER_AUTHORIZATION_TOKEN: secrets.aws },
    variables: (name) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}${rolePath(nameOf(name))}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, authorizationFile),
    }),
    process: (name) => process(nameOf(name)),
  };
}
