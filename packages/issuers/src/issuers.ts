import { remembered } from '@fedbridge/core/remembered';
import { azureDevOps } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { buildkite } from './buildkite.ts';
import { circleCi } from './circleci.ts';
import { customerServices } from './customer-services.ts';
import { entra } from './entra.ts';
import { gitHub } from './github.ts';
import { gitLab } from './gitlab.ts';
import { google } from './google.ts';
import { type ConditionKey, commonConditionKeys, type Issuer } from './issuer.ts';
import { kubernetes } from './kubernetes.ts';
import { loginConditionKeys } from './login-services.ts';
import { sharedServices } from './shared-services.ts';
import { terraformCloud } from './terraform-cloud.ts';

/** All that are known. A step that runs on an agent takes the one that it needs instead. */
export const issuers: readonly Issuer[] = [
  ...[gitHub, azureDevOps, entra, kubernetes, gitLab, terraformCloud, buildkite, circleCi, bitbucket, google],
];

/**
 * Who signs with a URL, exactly. A cluster, a GitLab and a Terraform Enterprise may have any address: those are told by their subjects.
 *
 * @param subject - of the token, where it is known
 */
export function issuerOf(iss: string, subject?: string): Issuer | undefined {
  const known = byUrl(iss);
  if (known || subject === undefined) return known;
  return [kubernetes, gitLab, terraformCloud].find((one: Issuer) => one.parseSubject(subject) !== undefined);
}

const byUrl = remembered((iss) => [...issuers, ...customerServices, ...sharedServices].find((one) => one.is(iss)));

/** The condition keys that STS fills for tokens of a URL: the common ones, and those of a service that AWS knows. */
export const conditionKeysOf: (iss: string) => readonly ConditionKey[] = remembered((iss) => [
  ...commonConditionKeys,
  ...issuers.flatMap((one) => one.conditionKeys(iss)),
  ...loginConditionKeys(iss),
]);
