import { matchesPattern } from '@fedbridge/core/pattern';
import { parseAddress } from '../address.ts';
import { operatorOf } from '../condition.ts';
import { bytesOf, dateOf } from '../operators.ts';
import type { Condition } from '../policy.ts';

/**
 * Whether it is documented how IAM reads all values of a condition. Of another value it is not known what it is compared with, or whether
 * the condition holds for anything: it can neither be said to allow nobody nor to deny anybody.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
export function areReadable({ operator, values }: Condition): boolean {
  const { name } = operatorOf(operator);
  const kind = /^(?:Not)?(Arn|Date|Numeric|Bool|IpAddress|Binary)/.exec(name)?.[1];
  const isReadable = kind === undefined ? undefined : readers[kind];
  return isReadable === undefined || values.every(isReadable);
}

const readers: Readonly<Record<string, (text: string) => boolean>> = {
  Arn: isArnPattern,
  // "One of the W3C implementations of the ISO 8601 date formats or in epoch (UNIX) time": four digits alone are either.
  Date: (text) => !/^\d{4}$/.test(text) && !Number.isNaN(dateOf(text)),
  // "An integer or decimal value."
  Numeric: (text) => /^-?\d+(\.\d+)?$/.test(text),
  Bool: (text) => /^(true|false)$/i.test(text),
  Binary: (text) => bytesOf(text) !== undefined,
  IpAddress: isRange,
};

/**
 * "Each of the six colon-delimited components of the ARN is checked separately": of fewer it is said of a `Resource` of an identity-based
 * policy alone that `*` is in the place of those missing. What begins like no ARN is none either way; a variable may stand for several.
 */
function isArnPattern(text: string): boolean {
  const parts = text.replace(/\$\{[^}]*\}/g, '*').split(':', 6);
  return parts.length === 6 || !matchesPattern('arn', parts[0] ?? '');
}

/**
 * "The standard CIDR format"; without a prefix "IAM uses the default prefix value of /32", which of IPv6 is one address or a network of
 * 2^96. Whether an address of IPv4 is in a range that is written as one of IPv6 is not said.
 */
function isRange(text: string): boolean {
  const [network = '', prefix, ...more] = text.split('/', 3);
  const address = parseAddress(network);
  if (!address || more.length > 0) return false;
  const isV4 = address.length === 4;
  if (prefix === undefined) return isV4;
  const isMapped = address.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255';
  return !isMapped && /^(0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= 8 * address.length;
}
