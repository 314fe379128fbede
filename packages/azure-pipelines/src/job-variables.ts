import { keyOf, refuseAgentsReplacedBy, refuseReplacedBy } from './replaced-variables.ts';
import { readQuietly, tasks } from './task-lib.ts';

/** Names by their keys. */
let names: ReadonlyMap<string, string> | undefined;

/** The job's variables, secret ones among them. The library's debug lines would show each of them. */
export function jobVariables() {
  return readQuietly(() => tasks.getVariables());
}

/** As `refuseReplacedBy`, by the variables of this job. @throws FedbridgeError `INPUT_INVALID` */
export function refuseReplaced(name: string | RegExp, what: string): void {
  refuseReplacedBy(namesOfJob(), name, what);
}

/** A variable that the agent itself sets, empty if it does not. @throws FedbridgeError `INPUT_INVALID` if another takes its place */
export function agentVariable(name: string): string {
  refuseAgentsReplacedBy(namesOfJob(), name);
  return readQuietly(() => tasks.getVariable(name)) ?? '';
}

/** A secret one replaces nothing, but hides one of the same name that does. The library reads them when it is loaded. */
function namesOfJob(): ReadonlyMap<string, string> {
  names ??= new Map(jobVariables().map((variable) => [keyOf(variable.name), variable.name]));
  return names;
}
