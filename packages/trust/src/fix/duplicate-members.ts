import type { DuplicateMember, JsonPath } from '../json.ts';

/**
 * Makes one of members that stand twice in one object, where none of them says something else of the same: IAM rejects such a policy,
 * and whoever wrote it meant both.
 *
 * @param document - is changed
 * @returns those that are one now, and those that are not
 */
export function mergeDuplicates(
  document: object,
  duplicates: readonly DuplicateMember[],
): { readonly merged: readonly DuplicateMember[]; readonly left: readonly DuplicateMember[] } {
  const isWithin = (inner: JsonPath, outer: JsonPath) =>
    inner.length > outer.length && outer.every((step, index) => inner[index] === step);
  const merged = duplicates.filter(({ path, values }) => {
    // Of members within one that stands twice it is not known in which of both they are.
    const isNested = duplicates.some((other) => isWithin(path, other.path) || isWithin(other.path, path));
    const parent = at(document, path.slice(0, -1));
    const name = path.at(-1);
    const one = isNested ? undefined : values?.().reduce(together);
    // Another name than that of a member: it would change what the object is.
    if (one === undefined || !isObject(parent) || name === undefined || name === '__proto__') return false;
    parent[name] = one;
    return true;
  });
  return { merged, left: duplicates.filter((one) => !merged.includes(one)) };
}

type Members = Record<string, unknown>;

/** Both values in one; undefined where they say different things of the same. */
function together(one: unknown, other: unknown): unknown {
  if (JSON.stringify(one) === JSON.stringify(other)) return one;
  if (!isObject(one) || !isObject(other)) return undefined;
  const all: Members = { ...one };
  for (const [name, value] of Object.entries(other)) {
    // IAM does not tell the case of condition keys apart.
    const same = Object.keys(all).find((known) => known.toLowerCase() === name.toLowerCase());
    const both = same === undefined ? value : together(all[same], value);
    if (both === undefined) return undefined;
    all[same ?? name] = both;
  }
  return all;
}

function at(document: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((outer, step) => (outer as Members | undefined)?.[step], document);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
