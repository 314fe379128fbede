import { invalid } from './error.ts';
import { isGuid } from './guid.ts';
import { inertJson } from './inert.ts';

/**
 * A text as a YAML scalar: in quotes where it would be something else without, or a list of it would have more members. A GUID is no
 * number, whatever it begins with.
 */
export function yamlScalar(text: string): string {
  const isPlain =
    (/^[A-Za-z<][\w ./:@$()"'=<>-]*$/.test(text) || isGuid(text)) &&
    !/: |[: ]$| #|^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : inertJson(text);
}

/**
 * The same of a text in which the file's reader would put something else in the place of some of it.
 *
 * @param expanded - what its reader takes for an expression
 * @throws FedbridgeError `INPUT_INVALID` for a text that has one
 */
export function yamlLiteral(text: string, expanded: RegExp): string {
  if (!expanded.test(text)) return yamlScalar(text);
  throw invalid(
    `"${text}" cannot be written in the file of a job: the platform would put something else in its place.`,
  );
}

/** Lines of YAML inside a member. @param by - spaces */
export function indented(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => `${' '.repeat(by)}${line}`);
}
