import { keyOf, refuseReplacedBy } from './replaced-variables.ts';
import { readQuietly, tasks } from './task-lib.ts';

/** Names by their keys. */
let names: ReadonlyMap<string, string> | undefined;

/** The job's variables, secret ones among them. The library's debug lines would show each of them. */
export function jobVariables() {
  return readQuietly(() => tasks.getVariables());
}

/** As `refuseReplacedBy`, by the variables of this job. @throws FedbridgeError `INPUT_INVALID` */
export function refuseReplaced(name: string | RegExp, what: string): void {
  // A secret one replaces nothing, but hides one of the same name that does. The library reads them when it is loaded.
  names ??= new Map(jobVariables().map((variable) => [keyOf(variable.name), variable.name]));
  refuseReplacedBy(names, name, what);
}
