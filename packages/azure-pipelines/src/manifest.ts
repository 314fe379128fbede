import { type AnyStep, type InputDefinition, inputsOf, isCheck, outputsOf, type Step } from '@fedbridge/step';
import { connectionInput } from './connection-input.ts';
import { azurePipelinesName } from './names.ts';

/** Who reads what is written for Azure Pipelines. */
export const azurePipelinesReader = { platform: 'azure-pipelines', nameOf: azurePipelinesName } as const;

/**
 * A step as `task.json` has it. Source: microsoft/azure-pipelines-task-lib, `tasks.schema.json`.
 *
 * @param version - the version of the wrapper, `major.minor.patch`
 */
export function taskManifest(step: AnyStep, version: string) {
  const [Major = 0, Minor = 0, Patch = 0] = version.split('.').map(Number);
  const main = { target: 'dist/main/index.js' };
  const post = { target: 'dist/post/index.js' };
  return {
    $schema: 'https://raw.githubusercontent.com/Microsoft/azure-pipelines-task-lib/master/tasks.schema.json',
    id: step.task.id,
    name: step.task.name,
    friendlyName: step.title,
    description: step.description,
    helpMarkDown: step.description,
    author: 'Fedbridge',
    category: 'Utility',
    visibility: ['Build', 'Release'],
    version: { Major, Minor, Patch },
    // The first agent with a Node 20 that runs these bundles.
    minimumAgentVersion: '3.232.1',
    instanceNameFormat: step.title,
    inputs: [
      ...(isCheck(step) ? [] : [serviceConnection(step)]),
      ...Object.entries(inputsOf(step, azurePipelinesReader)).map(([name, input]) => manifestInput(name, input)),
    ],
    OutputVariables: Object.entries(outputsOf(step, azurePipelinesReader)).map(([name, { description }]) => ({
      name,
      description,
    })),
    execution: { Node24: main, Node20_1: main },
    postjobexecution: { Node24: post, Node20_1: post },
  };
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
  const base = {
    name,
    label: input.label,
    required: input.required ?? false,
    ...(input.default === undefined ? {} : { defaultValue: String(input.default) }),
    helpMarkDown: input.description,
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
