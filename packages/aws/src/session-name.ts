import { invalid } from '@fedbridge/core';

declare const parsed: unique symbol;

/** A role session's name, as CloudTrail shows it: `[\w+=,.@-]{2,64}` [STS API, AssumeRoleWithWebIdentity]. */
export type SessionName = string & { readonly [parsed]: 'session name' };

const longest = 64;

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseSessionName(text: string): SessionName {
  if (/^[\w+=,.@-]{2,64}$/.test(text)) return text as SessionName;
  throw invalid('expected 2 to 64 letters, digits or any of _+=,.@-');
}

/** `<platform>-<repository or project>-<run id>`: says who ran it. What does not fit is cut from the middle part. */
export function defaultSessionName({
  platform,
  project,
  runId,
}: Readonly<Record<'platform' | 'project' | 'runId', string>>): SessionName {
  const valid = (text: string) => text.replace(/[^\w+=,.@-]/g, '-');
  const end = runId === '' ? '' : `-${valid(runId)}`;
  const start = `${platform}-${valid(project)}`.slice(0, Math.max(0, longest - end.length));
  return `${start}${end}`.slice(0, longest) as SessionName;
}
