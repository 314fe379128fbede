import {
  type AnyStep,
  type InputDefinition,
  inputGroups,
  inputsOf,
  isCheck,
  outputsOf,
  type Step,
} from '@fedbridge/step';
import { connectionInput } from './connection-input.ts';
import { azurePipelinesName } from './names.ts';

/** Who reads what is written for Azure Pipelines. */
export const azurePipelinesReader = { platforms: ['azure-pipelines'], nameOf: azurePipelinesName } as const;

/**
 * A step as `task.json` has it. Source: microsoft/azure-pipelines-task-lib, `tasks.schema.json`.
 *
 * @param version - the version of the wrapper, `major.minor.patch`
 * @param helpUrl - its page of the reference
 */
export function taskManifest(step: AnyStep, version: string, helpUrl: string) {
  const [Major = 0, Minor = 0, Patch = 0] = version.split('.').map(Number);
  const main = { target: 'dist/main/index.js' };
  const post = { target: 'dist/post/index.js' };
  const inputs = Object.entries(inputsOf(step, azurePipelinesReader));
  return {
    $schema: 'https://raw.githubusercontent.com/Microsoft/azure-pipelines-task-lib/master/tasks.schema.json',
    id: step.task.id,
    name: step.task.name,
    friendlyName: step.title,
    description: step.description,
    helpUrl,
    helpMarkDown: `[Inputs, outputs and examples](${helpUrl})`,
    author: 'Fedbridge',
    category: 'Utility',
    visibility: ['Build', 'Release'],
    version: { Major, Minor, Patch },
    // The first agent with a Node 20 that runs these bundles.
    minimumAgentVersion: '3.232.1',
    instanceNameFormat: step.title,
    groups: Object.entries(inputGroups)
      .filter(([name]) => inputs.some(([, { group }]) => group === name))
      .map(([name, displayName]) => ({ name, displayName, isExpanded: false })),
    inputs: inFormOrder(step, inputs),
    OutputVariables: Object.entries(outputsOf(step, azurePipelinesReader)).map(([name, { description }]) => ({
      name,
      description,
    })),
    execution: { Node24: main, Node20_1: main },
    postjobexecution: { Node24: post, Node20_1: post },
  };
}

/** A connection of this extension's own is what its task is for; then who speaks, then what stands before the groups, then these. */
function inFormOrder(step: AnyStep, inputs: readonly [string, InputDefinition][]) {
  const places = [undefined, ...Object.keys(inputGroups)];
  const ordered = inputs.toSorted(([, one], [, other]) => places.indexOf(one.group) - places.indexOf(other.group));
  const isOwn = ([, input]: [string, InputDefinition]) =>
    input.type === 'text' && input.connection?.startsWith('Fedbridge');
  const listed = (some: readonly [string, InputDefinition][]) =>
    some.map(([name, input]) => manifestInput(name, input));
  return [
    ...listed(ordered.filter(isOwn)),
    ...(isCheck(step) ? [] : [serviceConnection(step)]),
    ...listed(ordered.filter((input) => !isOwn(input))),
  ];
}

function serviceConnection(step: Step) {
  return {
    name: connectionInput.name,
    aliases: [connectionInput.alias],
    type: 'connectedService:AzureRM',
    label: 'Azure Resource Manager connection',
    required: step.serviceConnection === 'required',
    helpMarkDown:
      step.serviceConnection === 'required'
        ? 'A service connection with workload identity federation.'
        : 'A service connection with workload identity federation, to speak for. Without one the ID token names this pipeline.',
  };
}

function manifestInput(name: string, input: InputDefinition) {
  const { label, group, usedWith } = input;
  const base = {
    name,
    label,
    // Of what a form does not show nothing is required.
    required: input.required ?? usedWith?.required ?? false,
    ...(input.default === undefined ? {} : { defaultValue: String(input.default) }),
    helpMarkDown: input.description,
    ...(group && { groupName: group }),
    ...(usedWith && { visibleRule: usedWith.values.map((value) => `${usedWith.input} = ${value}`).join(' || ') }),
  };
  switch (input.type) {
    case 'boolean':
      return { ...base, type: 'boolean' };
    case 'choice':
      return {
        ...base,
        type: 'pickList',
        options: Object.fromEntries(input.options.map((option) => [option, option])),
        properties: { EditableOptions: 'True' },
      };
    case 'text':
      if (input.connection) return { ...base, type: `connectedService:${input.connection}` };
      return { ...base, type: input.multiline ? 'multiLine' : 'string' };
    case 'integer':
      return { ...base, type: 'string' };
  }
}
