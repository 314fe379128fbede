import { FedbridgeError, oneInertLine } from '@fedbridge/core';

/** A variable's name as environments have it. Source: microsoft/azure-pipelines-agent, `VarUtil.ConvertToEnvVariableFormat`. */
export function keyOf(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}

/**
 * The agent hands a task its inputs and its service connections under names of its environment, and then all of the job's variables, which
 * any step can set: one of such a name takes the place of what the pipeline says, and nobody can tell any more what that was.
 * Source: microsoft/azure-pipelines-agent, `NodeHandler.RunAsync`: `AddInputsToEnvironment`, `AddEndpointsToEnvironment`, and later
 * `AddVariablesToEnvironment`.
 *
 * @param names - of the job's variables, by their keys
 * @param name - in the environment; case does not count
 * @param what - that is handed under that name, as the beginning of a sentence
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function refuseReplacedBy(names: ReadonlyMap<string, string>, name: string | RegExp, what: string): void {
  const key = typeof name === 'string' ? keyOf(name) : [...names.keys()].find((one) => name.test(one));
  const variable = key === undefined ? undefined : names.get(key);
  if (variable !== undefined) throw replacedBy(variable, what);
}

/**
 * The same for a variable of the agent itself: its environment has it under a name that another can have, `Agent_ProxyUrl`. One that is set
 * under the agent's own name is the agent's business: with `agent.readOnlyVariables` it takes none.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function refuseAgentsReplacedBy(names: ReadonlyMap<string, string>, name: string): void {
  const variable = names.get(keyOf(name));
  if (variable === undefined || variable.toLowerCase() === name.toLowerCase()) return;
  throw replacedBy(variable, `The agent's variable "${name}"`);
}

function replacedBy(variable: string, what: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `${what} is replaced by the job's variable "${oneInertLine(variable)}".`, {
    hint:
      'The agent gives a task variables of such names in the place of what the pipeline gives it. Nothing was asked for. See what sets ' +
      'that variable: any earlier step of the job can. If it is yours, give it another name.',
  });
}
