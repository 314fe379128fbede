import type { JsonPath } from '../json.ts';
import { textOfJson } from '../json-text.ts';
import { membersOf, type Part } from './trust-document.ts';

/** What a template or a plan says, in parts. */
export interface Parts {
  /** Each may have documents. */
  readonly parts: readonly Part[];
  /** Where all is in those parts, or is known to be of no use. */
  readonly taken: readonly JsonPath[];
  /** What everything else stands for: nothing but the value itself where this is not given. */
  readonly resolve?: ((value: unknown) => unknown) | undefined;
}

/** What is left of a whole beside its parts: each thing at its own place. */
export function restOf(whole: Part, { taken, resolve }: Parts): Part {
  const root: Places = new Map();
  for (const path of taken) {
    let at = root;
    for (const step of path.slice(0, -1)) {
      const next = at.get(step) ?? new Map();
      at.set(step, next);
      at = next;
    }
    const last = path.at(-1);
    if (last !== undefined) at.set(last, new Map());
  }
  const rest = without(whole.value, root);
  if (!resolve) return { ...whole, value: rest };
  return { ...whole, value: resolve(rest), isTemplate: true, origin: () => textOfJson(whole.value) };
}

/** Nothing below a place means all of it. */
type Places = Map<string | number, Places>;

function without(value: unknown, places: Places): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const below = places.get(index);
      return below ? (below.size > 0 ? without(item, below) : null) : item;
    });
  }
  const members = membersOf(value);
  if (!members) return value;
  const kept = Object.entries(members).filter(([name]) => places.get(name)?.size !== 0);
  return Object.fromEntries(
    kept.map(([name, member]) => {
      const below = places.get(name);
      return [name, below ? without(member, below) : member];
    }),
  );
}
