import { invalid, parseLines } from '@fedbridge/core';

/** A policy that narrows a session, as JSON text. */
export type SessionPolicy = string & { readonly [parsed]: 'session policy' };

declare const parsed: unique symbol;

/** STS's limits on what a session is narrowed with [STS API, AssumeRoleWithWebIdentity]. */
const longestPolicy = 2_048;
const mostPolicies = 10;

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseSessionPolicy(text: string): SessionPolicy {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid('expected an IAM policy as JSON.');
  }
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, 'Statement')) {
    throw invalid('expected an IAM policy: a JSON object with a Statement.');
  }
  // White space counts against the limit.
  const policy = JSON.stringify(document);
  if (policy.length > longestPolicy)
    throw invalid(`expected at most ${longestPolicy} characters, without white space.`);
  return policy as SessionPolicy;
}

/** ARNs of managed policies, a line each. @throws FedbridgeError `INPUT_INVALID` */
export function parsePolicyArns(text: string): readonly string[] {
  const arns = parseLines(text);
  const wrong = arns.find((arn) => !/^arn:[a-z-]+:iam::(aws|\d{12}):policy\/[\x21-\x7e]{1,512}$/.test(arn));
  if (wrong !== undefined) throw invalid(`expected the ARN of a managed policy on each line, not "${wrong}".`);
  if (arns.length > mostPolicies) throw invalid(`expected at most ${mostPolicies} policies.`);
  return arns;
}
