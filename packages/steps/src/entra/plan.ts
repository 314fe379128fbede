import type { Environment } from '@fedbridge/core';
import { azureSdk, managedIdentityClients } from './azure-sdk.ts';
import type { ExportName } from './exports.ts';
import type { EntraIdentity } from './identity.ts';
import type { KeptEntra } from './keep-fresh.ts';
import { isPassedByInPod, terraform } from './terraform.ts';

/** What decides how later tools find the identity. */
export interface DeliveryFacts {
  readonly exports: ReadonlySet<ExportName>;
  readonly identity: EntraIdentity;
  /** The variables of the job, somebody else's among them. */
  readonly environment: Environment;
  /** Has the ID token; undefined where none is sent or nothing reads one. */
  readonly tokenFile: string | undefined;
  /** How a later script can ask for ID tokens itself; undefined where it cannot. */
  readonly request: IdTokenRequest | undefined;
  readonly kept: KeptEntra | undefined;
}

/** Where the platform gives ID tokens to every script of the job. */
export type IdTokenRequest =
  | {
      readonly kind: 'github';
      /** Who the exchange wants tokens for, where that is not whom tools ask for by themselves. */
      readonly audience: string | undefined;
      readonly url: string;
      /** A secret that scripts have anyway. */
      readonly bearer: string;
    }
  | {
      readonly kind: 'azure-pipelines';
      readonly url: string;
      readonly connectionId: string;
      /** Whether the pipeline maps the job's own token, which such a request needs, into scripts. */
      readonly isMapped: boolean;
    };

/** What one export makes of the job's variables. */
export interface Delivered {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** What its tools would take before, or instead of, what is delivered. */
  readonly shadows: readonly string[];
}

/** What is exported, and what is emptied so that nothing else is found. Putting both back is the clean-up's. */
export interface DeliveryPlan {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables of the job, not empty now, that are emptied: names in the order of the alphabet. */
  readonly emptied: readonly string[];
}

/** Pure: the same facts, the same plan. An export never empties what another sets. */
export function planDelivery(facts: DeliveryFacts): DeliveryPlan {
  const { exports, kept, environment } = facts;
  const delivered: Delivered[] = [
    ...(exports.has('azure-sdk') ? [azureSdk(facts)] : []),
    ...(kept ? [managedIdentityClients(facts, kept)] : []),
    ...(exports.has('terraform') ? [terraform(facts)] : []),
    ...(exports.has('github-id-token') && kept ? [{ variables: kept.gitHubIdToken, shadows: [] }] : []),
  ];
  const variables = given(Object.assign({}, ...delivered.map((one) => given(one.variables))));
  const secrets: Record<string, string> = Object.assign({}, ...delivered.map((one) => one.secrets));
  const shadows = new Set(delivered.flatMap((one) => one.shadows));
  const emptied = [...shadows].filter((name) => environment[name] && !(name in variables) && !(name in secrets)).sort();
  return { variables, secrets, emptied };
}

/** Whether something that is exported reads the ID token from a file. */
export function readsTokenFile(facts: Pick<DeliveryFacts, 'exports' | 'request' | 'environment' | 'kept'>): boolean {
  const { exports, request } = facts;
  const readers: readonly ExportName[] = ['azure-sdk', 'azure-cli', 'azure-powershell'];
  return (
    readers.some((name) => exports.has(name)) ||
    (exports.has('terraform') && (!canAsk(request) || isPassedByInPod(facts)))
  );
}

/** Whether Terraform's providers can ask the platform for ID tokens, again and again. */
export function canAsk(request: IdTokenRequest | undefined): request is IdTokenRequest {
  return request?.kind === 'github' || (request?.kind === 'azure-pipelines' && request.isMapped);
}

function given(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
