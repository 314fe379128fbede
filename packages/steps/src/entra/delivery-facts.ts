import type { Environment } from '@fedbridge/core';
import type { EntraIdentity } from './entra-identity.ts';
import type { ExportName } from './export-names.ts';

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
      readonly by: 'bearer';
      /** Who the exchange wants tokens for, where that is not whom tools ask for by themselves. */
      readonly audience: string | undefined;
      readonly url: string;
      /** A secret that scripts have anyway. */
      readonly bearer: string;
    }
  | {
      readonly by: 'service connection';
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

/** Where later steps find tokens that a broker keeps fresh. */
export interface KeptEntra {
  /** Has an ID token at any time; undefined where none is sent. */
  readonly tokenFile: string | undefined;
  /** What clients of a managed identity look for. */
  readonly variables: Readonly<Record<string, string>>;
  /** What Terraform's providers ask for ID tokens by; empty where none is sent. */
  readonly terraform: Readonly<Record<string, string>>;
  /** The same under GitHub's own names. */
  readonly gitHubIdToken: Readonly<Record<string, string>>;
}

/** Whether Terraform's providers can ask the platform for ID tokens, again and again. */
export function canAsk(request: IdTokenRequest | undefined): request is IdTokenRequest {
  return request?.by === 'bearer' || request?.isMapped === true;
}
