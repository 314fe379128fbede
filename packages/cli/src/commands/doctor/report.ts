import type { IdToken } from '@fedbridge/identity';
import type { Cloud } from '@fedbridge/trust';
import type { Guard } from './guards.ts';

/**
 * What `fedbridge doctor` finds, as it prints it in JSON; its schema is docs/doctor.schema.json. The version changes when a member that is
 * there changes its meaning or goes. Neither a token nor the value of a variable that may be secret is in it.
 */
export interface Report {
  readonly version: 1;
  readonly here: Here;
  readonly identity: FoundIdentity | null;
  /** What each cloud would be presented, or why nothing. */
  readonly presented: readonly Presented[];
  /** What stands before the token, as far as it tells. */
  readonly guards: readonly Guard[];
  readonly endpoints: readonly Endpoint[];
  /** Errors first. */
  readonly findings: readonly Finding[];
}

/** Where this runs. */
export interface Here {
  /** Undefined, as in a copy of the repository. */
  readonly fedbridge: string | undefined;
  readonly node: string;
  readonly system: string;
  /** The CI platform, and the variable by which it is found. */
  readonly platform: { readonly name: string; readonly foundBy: string } | null;
  /** Programs of clouds on the path; null for a version that they did not say. */
  readonly tools: readonly { readonly name: string; readonly version: string | null }[];
}

/** Who this acts as. */
export interface FoundIdentity {
  /** As `--identity` has it. */
  readonly name: string;
  readonly why: string;
  /** The service connection that is spoken for, of a platform that has them. */
  readonly serviceConnection?: string | undefined;
}

/** What a cloud would be presented. */
export interface Presented {
  readonly cloud: Cloud;
  /** An ID token's; null where there is none. */
  readonly claims: IdToken['claims'] | null;
  /** ISO 8601 in UTC. */
  readonly expires: string | null;
}

/** An address that a command would ask. */
export interface Endpoint {
  /** `STS`, `Entra`, `issuer`. */
  readonly name: string;
  readonly url: string;
  /** The proxy on the way there, without a password. */
  readonly proxy: string | null;
  /** The HTTP status; null where nothing answered. */
  readonly status: number | null;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** An error keeps commands from working, a warning has tools act as somebody else, a note is good to know. */
export const severities = ['error', 'warning', 'note'] as const;

/** Something that is wrong, or soon may be. */
export interface Finding {
  readonly severity: (typeof severities)[number];
  readonly about: 'identity' | 'presented' | 'endpoint' | 'shadow';
  /** That of an error of ours; null for what is none. */
  readonly code: string | null;
  readonly message: string;
  /** What the other side said; null where there is none. */
  readonly answer: string | null;
  /** Names of variables and files. */
  readonly names: readonly string[];
  readonly fix: string;
}
