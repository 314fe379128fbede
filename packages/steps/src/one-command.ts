import type { AdmittedCredentials } from '@fedbridge/aws';
import type { Environment } from '@fedbridge/core';
import { container, expiry, keys, otherKeys, webIdentity } from './aws/shadowing-variables.ts';
import type { DeliveryFacts } from './entra/delivery-facts.ts';
import { planDelivery } from './entra/delivery-plan.ts';

export type { EntraIdentity } from './entra/entra-identity.ts';
export { idTokenRequest } from './entra/id-token-request.ts';

/** What one command is started with beside its environment, and which variables of that it is started without. */
export interface ForOneCommand {
  readonly variables: Readonly<Record<string, string>>;
  readonly without: readonly string[];
}

/** For Azure's SDKs and Terraform's providers, as the exports `azure-sdk` and `terraform` have it. */
export function entraForOneCommand(facts: Omit<DeliveryFacts, 'exports' | 'kept'>): ForOneCommand {
  const exports = new Set(['azure-sdk', 'terraform'] as const);
  const { variables, secrets, emptied } = planDelivery({ ...facts, exports, kept: undefined });
  return { variables: { ...variables, ...secrets }, without: emptied };
}

/** For AWS's SDKs, each of which takes keys of the environment once nothing is left that it would take before. */
export function awsForOneCommand(credentials: AdmittedCredentials, region: string): ForOneCommand {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  return {
    variables: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    },
    without: [...keys, ...otherKeys, expiry, webIdentity, ...container, 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
  };
}

/**
 * The environment of the command.
 *
 * @param ignoresCase - whether names that differ in case alone are one variable, as on Windows
 */
export function environmentOf(
  own: Environment,
  given: readonly ForOneCommand[],
  ignoresCase: boolean,
): Readonly<Record<string, string>> {
  const nameOf = (name: string) => (ignoresCase ? name.toLowerCase() : name);
  // One that is given takes the place of one that is spelled otherwise.
  const names = given.flatMap(({ variables, without }) => [...without, ...Object.keys(variables)]);
  const without = new Set(names.map(nameOf));
  const kept = Object.entries(own).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !without.has(nameOf(entry[0])),
  );
  return Object.assign(Object.fromEntries(kept), ...given.map(({ variables }) => variables));
}
