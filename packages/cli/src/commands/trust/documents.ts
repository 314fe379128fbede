import { IdToken } from '@fedbridge/identity';
import { type AnyFederatedCredential, readFederatedCredential, type WebIdentityClaims } from '@fedbridge/trust';
import type { Cli } from '../../cli.ts';
import { usage } from './usage.ts';

type TrustDocument =
  | { readonly policy: object; readonly credentials?: never }
  | { readonly policy?: never; readonly credentials: readonly unknown[] };

/**
 * The trust policy or the federated credentials in a document: alone, or as `aws iam get-role`, `az`, Microsoft Graph, Azure
 * Resource Manager and `fedbridge trust` print them.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function trustDocument(document: unknown): TrustDocument {
  const { Role, AssumeRolePolicyDocument, trustPolicy, value } = membersOf(document);
  const places = [document, membersOf(Role).AssumeRolePolicyDocument, AssumeRolePolicyDocument, trustPolicy];
  const policy = places.map(membersOf).find((one) => 'Statement' in one);
  if (policy) return { policy };
  const listed = [document, value].find((one) => Array.isArray(one));
  if (listed) return { credentials: listed };
  if (readFederatedCredential(document)) return { credentials: [document] };
  throw usage('The document is neither a trust policy nor a list of federated credentials.');
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function federatedCredential(document: unknown): AnyFederatedCredential {
  const credential = readFederatedCredential(document);
  if (credential) return credential;
  throw usage('The list has something that is not a federated credential.');
}

/** A token, or its claims. */
export function claimsOf(text: string): WebIdentityClaims {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return IdToken.parse(trimmed).claims;
  return parseJson(trimmed, undefined) as WebIdentityClaims;
}

export async function textOf(file: string | undefined, { terminal }: Cli): Promise<string> {
  return file === undefined ? terminal.read() : terminal.readFile(file);
}

export function parseJson(text: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usage(`${file ?? 'Standard input'} is not JSON.`);
  }
}
