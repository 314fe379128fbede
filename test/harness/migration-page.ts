import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { root } from './process.ts';

/** An input, of an action or a task, as far as what is written for it can be checked. */
export interface PeerInput {
  /** The name, and its aliases. */
  readonly names: readonly string[];
  readonly required: boolean;
  readonly default: string | undefined;
  readonly isBoolean: boolean;
  /** What it may be; undefined where that is any text. */
  readonly options: readonly string[] | undefined;
  /** `input = value || input = value && input != value`: where it is there at all. */
  readonly visibleRule: string | undefined;
}

/** An action or a task, of somebody else or of ours. */
export interface Manifest {
  readonly inputs: readonly PeerInput[];
  readonly outputs: readonly string[];
  /** Variables of the environment that decide whether it cleans up. */
  readonly variables: readonly string[];
}

const folder = join('test', 'peers');

/** The newest manifests of what users come from, by the page for them and by how a workflow or pipeline names them. */
export const peers: Readonly<Record<string, Readonly<Record<string, Manifest>>>> = {
  'configure-aws-credentials': {
    'aws-actions/configure-aws-credentials@v6': actionManifest(join(folder, 'configure-aws-credentials')),
  },
  'azure-login': { 'azure/login@v3': actionManifest(join(folder, 'azure-login')) },
  'azure-cli-task': {
    'AzureCLI@2': taskManifest(join(folder, 'azure-cli', 'AzureCLIV2.json')),
    'AzureCLI@3': taskManifest(join(folder, 'azure-cli', 'AzureCLIV3.json')),
  },
  'aws-toolkit-for-azure-devops': Object.fromEntries(
    globSync(join(folder, 'aws-toolkit', 'tasks', '*.json'), { cwd: root })
      .sort()
      .map((file) => [`${basename(file, '.json')}@1`, taskManifest(file)]),
  ),
};

/** @param path - the folder of an action, in the repository */
export function actionManifest(path: string): Manifest {
  type Action = { inputs: Record<string, { required?: boolean; default?: unknown }>; outputs?: object };
  // Theirs has a condition that no YAML has: the runner reads it as a text.
  const text = readFileSync(join(root, path, 'action.yml'), 'utf8');
  const { inputs, outputs = {} } = parse(text.replace(/post-if: \(.*$/m, 'post-if: ""')) as Action;
  const [condition = ''] = /^ *post-if:.*$/m.exec(text) ?? [];
  return {
    inputs: Object.entries(inputs).map(([name, input]) => ({
      names: [name],
      required: input.required === true,
      default: input.default === undefined ? undefined : String(input.default),
      isBoolean: false,
      options: undefined,
      visibleRule: undefined,
    })),
    outputs: Object.keys(outputs),
    variables: [...condition.matchAll(/\benv\.(\w+)/g)].map(([, name = '']) => name),
  };
}

/** @param file - a task.json, in the repository */
export function taskManifest(file: string): Manifest {
  type Task = {
    inputs: {
      name: string;
      aliases?: string[];
      type: string;
      required?: boolean;
      defaultValue?: unknown;
      options?: object;
      properties?: { EditableOptions?: string };
      visibleRule?: string;
    }[];
    OutputVariables?: { name: string }[];
    outputVariables?: { name: string }[];
  };
  const {
    inputs,
    outputVariables = [],
    OutputVariables = outputVariables,
  } = JSON.parse(readFileSync(join(root, file), 'utf8')) as Task;
  return {
    inputs: inputs.map((input) => ({
      names: [input.name, ...(input.aliases ?? [])],
      required: input.required === true,
      default: input.defaultValue === undefined ? undefined : String(input.defaultValue),
      isBoolean: input.type === 'boolean',
      options:
        ['pickList', 'radio'].includes(input.type) && input.properties?.EditableOptions !== 'True'
          ? Object.keys(input.options ?? {})
          : undefined,
      visibleRule: input.visibleRule,
    })),
    outputs: OutputVariables.map(({ name }) => name),
    variables: [],
  };
}

/** What is wrong with the inputs that an example gives. */
export function wrongInputs({ inputs }: Manifest, given: Readonly<Record<string, unknown>>): string[] {
  const find = (name: string) =>
    inputs.find(({ names }) => names.some((one) => one.toLowerCase() === name.toLowerCase()));
  const textOf = ({ names, default: usual }: PeerInput) =>
    Object.entries(given).find(([name]) => names.includes(name))?.[1] ?? usual ?? '';
  const holds = (rule: string) => {
    const [, name = '', not, value] = /^\s*(\w+) (!)?= (\w+)\s*$/.exec(rule) ?? [];
    const other = find(name);
    return other !== undefined && (String(textOf(other)) === value) !== (not !== undefined);
  };
  const isThere = ({ visibleRule }: PeerInput) =>
    visibleRule === undefined || visibleRule.split('||').some((one) => one.split('&&').every(holds));
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const input = find(name);
    if (!input?.names.includes(name)) return [`${name}: there is no such input`];
    if (!isThere(input)) return [`${name}: not with ${input.visibleRule}`];
    if (input.isBoolean && typeof value !== 'boolean') return [`${name}: true or false`];
    if (input.options && !input.options.includes(String(value))) return [`${name}: one of ${input.options}`];
    return [];
  });
  const missing = inputs.filter((input) => input.required && isThere(input) && textOf(input) === '');
  return [...wrong, ...missing.map(({ names }) => `${names.at(-1)}: is required`)];
}

/** A row of a table: the cells as they are written. */
export type Row = readonly string[];

/** Sections of a page, by their headings. @param page - its name below docs/migrate */
export function sectionsOf(page: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(root, 'docs', 'migrate', `${page}.md`), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  return Object.fromEntries(sections.map((one) => [one.split('\n', 1)[0] ?? '', one.slice(one.indexOf('\n'))]));
}

/** The rows of a section's table, without its head. */
export function rowsOf(section = ''): Row[] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The items of a section's list, each in one line. */
export function itemsOf(section = ''): string[] {
  const [, ...items] = section.split(/^- /m);
  return items.map((item) => (item.split('\n\n', 1)[0] ?? '').replace(/\n {2}/g, ' ').trim());
}
