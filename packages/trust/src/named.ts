import { FedbridgeError } from '@fedbridge/core/error';

/**
 * A name that goes into a subject as it is. `*` is refused, since whoever writes it means a pattern, and a subject is compared exactly.
 *
 * @param what - is named, `The environment` for example
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function named(name: string, what: string): string {
  const refuse = (why: string, hint?: string) => new FedbridgeError('INPUT_INVALID', `${what} ${why}.`, { hint });
  if (name === '') throw refuse('is empty');
  if (/\p{Cc}/u.test(name)) throw refuse('has a control character');
  if (name !== name.trim()) throw refuse(`"${name}" begins or ends with a blank, which no subject has`);
  if (!name.includes('*')) return name;
  throw refuse(
    `"${name}" has *, which is no wildcard here: the subject is compared exactly`,
    'Write one for each name. For every branch, tag and environment of a repository of GitHub there is --any-ref.',
  );
}
