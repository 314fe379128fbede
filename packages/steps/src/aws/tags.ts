import { auditTags, isSameKey, mostTags, type SessionTag } from '@fedbridge/aws';
import { FedbridgeError } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import type { AwsInputs } from './inputs.ts';

/** The tags of the sessions of a chain. */
export interface SessionTags {
  readonly tags: readonly SessionTag[];
  /** Keys of the ones that go on along the chain. */
  readonly transitive: readonly string[];
}

/**
 * The tags of a chained session, the user's own in the place of a default of the same key, and of defaults no more than AWS takes beside
 * them; and which of them go on. Who is told that a tag goes on has it.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function sessionTags(host: Host, inputs: AwsInputs): SessionTags {
  const custom = inputs.customTags ?? [];
  const transitive = inputs.transitiveTagKeys ?? [];
  const { auditFacts, contextFacts } = host.job;
  const ofContext = auditTags(contextFacts).map((tag) => ({ ...tag, isOptional: !transitive.includes(tag.key) }));
  const defaults = inputs.roleSkipSessionTagging ? [] : [...auditTags(auditFacts), ...ofContext];
  const missing = defaults.filter(({ key }) => !custom.some((tag) => isSameKey(tag.key, key)));
  const tags = [...missing.slice(0, mostTags - custom.length), ...custom];
  const absent = transitive.find((key) => !tags.some((tag) => tag.key === key));
  if (absent === undefined) return { tags, transitive };
  throw new FedbridgeError(
    'INPUT_INVALID',
    `Input "${host.inputName('transitiveTagKeys')}" names "${absent}", which is not the key of a tag.`,
    { hint: `The tags are: ${tags.map(({ key }) => key).join(', ') || 'none'}.` },
  );
}
