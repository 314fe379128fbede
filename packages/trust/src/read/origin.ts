import { textOfJson } from '../json-text.ts';
import { type Members, membersOf } from './trust-document.ts';

/**
 * What a value of a template is made of, as it is written: itself, and what stands in sections under names that it says, and so on. Two
 * that have the same origin come to the same, whatever that is; undefined for what is nested too deep.
 */
export function originOf(value: unknown, sections: readonly unknown[]): string | undefined {
  const left = new Map(sections.flatMap((section) => Object.entries(membersOf(section) ?? {})));
  const all: unknown[] = [];
  for (const open = [value]; open.length > 0; ) {
    const next = open.pop();
    all.push(next);
    const text = textOfJson(next);
    if (text === undefined) return undefined;
    for (const name of namesIn(text)) {
      if (!left.has(name)) continue;
      open.push(left.get(name));
      left.delete(name);
    }
  }
  return textOfJson(all);
}

/** Whatever may be a name in CloudFormation, where one is of letters and digits, or in ARM. */
function* namesIn(text: string): Generator<string> {
  for (const [name] of text.matchAll(/[A-Za-z\d]+/g)) yield name;
  for (const [name] of text.matchAll(/[\w.-]+/g)) yield name;
}

/** Resources, without those whose own parts do not change what they are called by others. */
export function withoutRoles(resources: Members): Members {
  return Object.fromEntries(Object.entries(resources).filter(([, one]) => membersOf(one)?.Type !== 'AWS::IAM::Role'));
}
