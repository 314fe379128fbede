import { invalid, parseLines } from '@fedbridge/core';
import { partitionNames } from './partition.ts';

/** `arn:<partition>:iam::<account>:role/<path><name>`. */
export interface RoleArn {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  /** With its path, without a leading slash. */
  readonly role: string;
}

// Source: IAM User Guide, "IAM identifiers": names [\w+=,.@-]{1,64}, paths of printable ASCII, 512 characters.
const pattern = /^arn:([a-z-]+):iam::(\d{12}):role\/((?:[\x21-\x2e\x30-\x7e]+\/)*[\w+=,.@-]{1,64})$/;

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseRoleArn(text: string): RoleArn {
  const [, partition, accountId, role] = pattern.exec(text) ?? [];
  if (partition !== undefined && accountId !== undefined && role !== undefined && partitionNames.includes(partition)) {
    return { arn: text, partition, accountId, role };
  }
  throw invalid('expected the ARN of an IAM role such as arn:aws:iam::123456789012:role/deploy.');
}

/** ARNs of roles, a line each. @throws FedbridgeError `INPUT_INVALID` */
export function parseRoleArns(text: string): readonly RoleArn[] {
  return parseLines(text).map(parseRoleArn);
}
