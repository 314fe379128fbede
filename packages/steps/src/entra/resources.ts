import { invalid, parseLines, sameButForCase } from '@fedbridge/core';
import { isResourceName, parseResource, type Resource, type ResourceName } from '@fedbridge/entra';

/** A resource as a line of the input has it. */
export interface WantedResource {
  /** What its outputs begin with. */
  readonly name: string | undefined;
  /** A resource, or a name that each cloud has its own for. */
  readonly resource: Resource | { readonly known: ResourceName };
}

/**
 * `arm`, `api://my-api` or `name = api://my-api`, a line each.
 *
 * @throws FedbridgeError `INPUT_INVALID` also for a name that comes twice, or a further resource without one
 */
export function parseResources(text: string): readonly WantedResource[] {
  const wanted = parseLines(text).map(parseLine);
  const names = new Set<string>();
  for (const [index, { name }] of wanted.entries()) {
    if (name === undefined && index > 0) {
      throw invalid('every resource after the first needs a name for its outputs, such as "mine = api://my-api".');
    }
    if (name === undefined) continue;
    if (names.has(name)) throw invalid(`"${name}" comes twice.`);
    names.add(name);
  }
  const twice = sameButForCase([...names]);
  if (twice) throw invalid(`"${twice.join('" and "')}" are one name: case does not count in the names of outputs.`);
  return wanted;
}

function parseLine(line: string): WantedResource {
  const [, given, value] = /^([A-Za-z_][\w-]*)\s*=\s*(\S.*)$/.exec(line) ?? [];
  const text = value ?? line;
  if (isResourceName(text)) return { name: given ?? text, resource: { known: text } };
  return { name: given, resource: parseResource(text) };
}
