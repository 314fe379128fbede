import { StsProblem } from './sts-problem.ts';

/** A parameter of the request. @throws StsProblem */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  const member = name[0]?.toLowerCase() + name.slice(1);
  throw new StsProblem(
    'ValidationError',
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/** @throws StsProblem */
export function checkPattern(member: string, value: string, pattern: RegExp): void {
  if (pattern.test(value)) return;
  throw new StsProblem(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
  );
}

/** @throws StsProblem */
export function checkSessionPolicy(policy: string | null): void {
  if (policy === null) return;
  if (policy.length > 2048) {
    throw new StsProblem('PackedPolicyTooLarge', 'Serialized token too large for session');
  }
  try {
    const { Statement } = JSON.parse(policy) as { Statement?: { Action?: unknown } };
    if (typeof Statement === 'object') return;
  } catch {
    // Reported below.
  }
  throw new StsProblem('MalformedPolicyDocument', 'This policy contains invalid Json');
}

/** `DurationSeconds`, 3,600 by default. @throws StsProblem */
export function durationOf(form: URLSearchParams): number {
  const text = form.get('DurationSeconds') ?? '3600';
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 900 && seconds <= 43_200) return seconds;
  const bound = seconds < 900 ? 'greater than or equal to 900' : 'less than or equal to 43200';
  throw new StsProblem(
    'ValidationError',
    `1 validation error detected: Value '${text}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`,
  );
}
