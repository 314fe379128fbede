import { inertJson } from '@fedbridge/core/inert';
import { credentialAudience } from '@fedbridge/issuers';
import { credentialName } from './credential-name.ts';
import {
  type Application,
  applicationBicep,
  applicationCommands,
  applicationTerraform,
  graphForm,
} from './entra-application.ts';
import { identityBicep, identityCommands, identityTerraform, type ManagedIdentity } from './entra-managed-identity.ts';
import type { AnyFederatedCredential, FederatedCredential } from './federated-credential.ts';
import type { TrustedJob } from './job.ts';

/** What the federated credential is put on. */
export type EntraPlace = Application | ManagedIdentity;

/** The federated credential that allows a job, and no other. */
export function entraTrust(job: TrustedJob, name: string = credentialName(job)): FederatedCredential {
  const { issuer, subject, audience } = job;
  return { name, issuer, subject, audiences: [credentialAudience(audience, issuer)] };
}

/** What a federated credential is written as. */
export type EntraFormat = 'json' | 'az' | 'terraform' | 'bicep';

/** The document as a text. @throws FedbridgeError `INPUT_INVALID` for a value that the format cannot hold as what it is */
export function formatEntraTrust(credential: AnyFederatedCredential, place: EntraPlace, format: EntraFormat): string {
  if (format === 'json') return inertJson(graphForm(credential), 2);
  if ('managedIdentity' in place) return onIdentity[format](credential, place);
  return onApplication[format](credential, place);
}

const onIdentity = { az: identityCommands, terraform: identityTerraform, bicep: identityBicep };
const onApplication = { az: applicationCommands, terraform: applicationTerraform, bicep: applicationBicep };
