import { azurePipelinesReader } from '@fedbridge/azure-pipelines/manifest';
import { gitHubReader } from '@fedbridge/github/manifest';
import {
  type AnyStep,
  type InputDefinition,
  inputsOf,
  isCheck,
  type OutputDefinition,
  outputsOf,
  platformNames,
  platformTitles,
} from '@fedbridge/step';
import { auditRules } from '@fedbridge/trust';
import { changeRules } from '@fedbridge/trust-files';
import { type Owner, pinnedAction } from './owner.ts';

const readers = { github: gitHubReader, 'azure-pipelines': azurePipelinesReader };

/** What `fedbridge trust lint`, `fedbridge trust audit` and the step that lints find, Markdown. */
export function rulesPage(): string {
  return [
    '# Rules of `fedbridge trust lint` and `fedbridge trust audit`',
    'Those that begin with `audit/` are of `fedbridge trust audit` alone, which finds the others too; those that begin with `diff/` of the step ' +
      '[trust lint](trust-lint.md), in a pull request.',
    ...Object.entries({ ...auditRules, ...changeRules }).map(
      ([id, { severity, title, fix }]) =>
        `## \`${id}\`\n\n${capital(severity)}. ${title}. ${fix.replaceAll('<', '&lt;')}`,
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A step's page of the reference, Markdown: what it is, each input and output on both platforms. */
export function referencePage(step: AnyStep, owner: Owner): string {
  const reader = { platforms: platformNames, nameOf: bothNames };
  return [
    `# ${step.title}`,
    step.description,
    `GitHub Actions: \`uses: ${pinnedAction(owner, `actions/${step.name}`)}\`. Azure Pipelines: \`task: ${step.task.name}@1\`.`,
    needsOf(step),
    '## Inputs',
    ...Object.entries(inputsOf(step, reader)).map(([name, input]) => inputEntry(name, input)),
    '## Outputs',
    ...Object.entries(outputsOf(step, reader)).map(([name, output]) => outputEntry(name, output)),
  ]
    .join('\n\n')
    .concat('\n');
}

function needsOf(step: AnyStep): string {
  if (isCheck(step))
    return 'It uses no identity: it needs no permission but to read the sources, no service connection and no network.';
  return (
    'On GitHub the job needs `permissions: id-token: write`. On Azure Pipelines the input `azureSubscription` names a ' +
    `service connection with workload identity federation; it is ${step.serviceConnection}.`
  );
}

function inputEntry(name: string, input: InputDefinition): string {
  const facts = [
    typeOf(input),
    input.required ? 'required' : undefined,
    input.default === undefined ? undefined : `default \`${input.default}\``,
  ].filter((fact) => fact !== undefined);
  return `### ${heading(name, input.only)}\n\n${capital(facts.join(', '))}. ${input.description}`;
}

function outputEntry(name: string, { description, only }: OutputDefinition): string {
  return `### ${heading(name, only)}\n\n${description}`;
}

function heading(name: string, only: InputDefinition['only']): string {
  if (only) return `\`${readers[only].nameOf(name)}\` (${platformTitles[only]})`;
  return bothNames(name, undefined, ' · ');
}

/** The page is for the users of both. */
function bothNames(name: string, of?: string, between = ' / '): string {
  const names = Object.values(readers).map(({ nameOf }) => `\`${nameOf(name, of)}\``);
  return [...new Set(names)].join(between);
}

function typeOf(input: InputDefinition): string {
  switch (input.type) {
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `a whole number from ${input.minimum} to ${input.maximum}`;
    case 'choice':
      return `one of ${input.options.map((option) => `\`${option}\``).join(', ')}`;
    case 'text':
      if (input.connection) return 'a service connection';
      return input.multiline ? 'lines of text' : 'text';
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
