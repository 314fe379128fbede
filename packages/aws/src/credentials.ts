import { inspect } from 'node:util';
import type { Presented } from '@fedbridge/core';
import type { AwsSecrets } from './secrets.ts';

/** Who a set of credentials acts as, read from the answer's ARN. */
export interface AssumedRole {
  /** `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`. */
  readonly arn: string;
  readonly accountId: string;
}

/** Who assumes a role. */
export interface Caller {
  /** For people. */
  readonly title: string;
  /** Where it is known. */
  readonly role: AssumedRole | undefined;
  /** In ms since 1970-01-01 UTC; undefined where it is not known. */
  readonly expiresAt: number | undefined;
  readonly presented: Presented | undefined;
  reveal(): AwsSecrets;
}

/**
 * The input, marked, that names what a caller assumes: the next of a chain, or the first where the caller is what the job or the machine
 * has of its own, of no role that is known here.
 */
export function inputOfRole(caller: Caller | undefined): '{roleToAssume}' | '{roleChain}' {
  return caller?.role ? '{roleChain}' : '{roleToAssume}';
}

/** Temporary AWS credentials. Their secrets leave through `reveal()` alone. */
export class AwsCredentials implements Caller {
  readonly #secrets: AwsSecrets;
  readonly role: AssumedRole;
  /** When they end, in ms since 1970-01-01 UTC; undefined for ones that the job had before. */
  readonly expiresAt: number | undefined;
  /** The ID token that they were given for; undefined for ones that the job had before. */
  readonly presented: Presented | undefined;

  constructor(secrets: AwsSecrets, facts: Pick<AwsCredentials, 'role' | 'expiresAt' | 'presented'>) {
    this.#secrets = secrets;
    this.role = facts.role;
    this.expiresAt = facts.expiresAt;
    this.presented = facts.presented;
  }

  get title(): string {
    return this.role.arn;
  }

  reveal(): AwsSecrets {
    return this.#secrets;
  }

  toString(): string {
    return `AwsCredentials(${this.role.arn})`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
