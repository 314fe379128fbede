import type { JsonPath } from './json.ts';

/** A document that IAM would not accept, or that uses what is not known here. */
export class MalformedPolicyError extends Error {
  override readonly name = 'MalformedPolicyError';
  static readonly code = 'MalformedPolicyDocument';
  /** The part of the policy that is wrong. */
  readonly path: JsonPath;

  constructor(message: string, path: JsonPath = []) {
    super(message);
    this.path = path;
  }
}
