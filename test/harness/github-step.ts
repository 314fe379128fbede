/** Starts what actions/<name>/src/main.ts, actions/<name>/src/post.ts and actions/<name>/src/broker.ts are bundled to. */
import { chownSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { filesBelow, textOf } from './files.ts';
import { type CleanedUp, hidingSecrets, type Step, type StepOptions, type StepRun } from './job.ts';
import { machineEnvironment, root, type Variables } from './process.ts';
import { runNode } from './run-node.ts';

interface ActionManifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string; readonly post: string };
}

/** A step of a GitHub Actions job, driven as the runner drives it. */
export function gitHubStep({
  name,
  inputs,
  environment,
  variables: jobVariables = {},
  node = process.execPath,
  home: sharedHome,
  user,
  temp = 'temp-',
  from = join(root, 'actions'),
}: StepOptions): Step {
  const folder = join(from, name);
  const manifest = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as ActionManifest;
  const unknown = Object.keys(inputs).find((input) => !Object.hasOwn(manifest.inputs, input));
  if (unknown) throw new Error(`${name} has no input ${unknown}`);
  const work = mkdtempSync(join(tmpdir(), 'runner-'));
  const home = sharedHome ?? work;
  const tempDirectory = mkdtempSync(join(work, temp));
  const files = Object.fromEntries(
    ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'GITHUB_PATH'].map((variable) => {
      const path = join(work, variable.toLowerCase());
      writeFileSync(path, '');
      return [variable, path];
    }),
  );
  const read = (variable: string) => parseFileCommands(textOf(files[variable] ?? ''));
  const variables: Variables = {
    ...machineEnvironment(home),
    // Of each step by itself. Source: GitHub Docs, "Variables reference".
    GITHUB_ACTION: `__fedbridge_${name}`,
    ...environment,
    // Before the inputs, of which the runner sets all. Source: actions/runner, `Handler.AddInputsToEnvironment`.
    ...jobVariables,
    ...files,
    RUNNER_TEMP: tempDirectory,
    ...Object.fromEntries(
      Object.entries(manifest.inputs).map(([input, definition]) => [
        `INPUT_${input.toUpperCase()}`,
        inputs[input] ?? definition.default ?? '',
      ]),
    ),
  };
  if (user !== undefined)
    for (const path of [work, tempDirectory, ...Object.values(files)]) chownSync(path, user, user);
  return {
    tempDirectory,
    work,
    home,
    places: { ...files, RUNNER_TEMP: tempDirectory },
    files: () => filesBelow(tempDirectory),
    async run(meanwhile): Promise<StepRun> {
      const ended = await runNode(node, join(folder, manifest.runs.main), variables, work, meanwhile, user);
      const lines = ended.stdout.split('\n');
      const error = lines.find((line) => line.startsWith('::error::'));
      return {
        ...ended,
        succeeded: ended.exitCode === 0,
        error: error && unescaped(error.slice('::error::'.length)),
        outputs: read('GITHUB_OUTPUT'),
        exported: read('GITHUB_ENV'),
        secretVariables: {},
        summary: textOf(files.GITHUB_STEP_SUMMARY ?? ''),
        masked: lines.filter((line) => line.startsWith('::add-mask::')).map((line) => unescaped(line.slice(12))),
        shown: hidingSecrets([...lines, ended.stderr], (line) =>
          line.startsWith('::add-mask::') ? unescaped(line.slice(12)) : undefined,
        ),
        visible: [...lines.filter((line) => !line.startsWith('::add-mask::')), ended.stderr].join('\n'),
      };
    },
    async cleanUp(): Promise<CleanedUp> {
      const exported = read('GITHUB_ENV');
      // Each step has a file of its own.
      if (textOf(files.GITHUB_ENV ?? '') !== '') writeFileSync(files.GITHUB_ENV ?? '', '');
      const state = Object.entries(read('GITHUB_STATE')).map(([key, value]) => [`STATE_${key}`, value]);
      const post = join(folder, manifest.runs.post);
      const ended = await runNode(
        node,
        post,
        { ...variables, ...exported, ...Object.fromEntries(state) },
        work,
        undefined,
        user,
      );
      return { ...ended, exported: read('GITHUB_ENV') };
    },
  };
}

/** `name<<delimiter`, lines, `delimiter`. Source: GitHub Docs, "Workflow commands", multiline strings. */
function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const [, name, delimiter] = /^([^<]+)<<(.+)$/.exec(lines[index] ?? '') ?? [];
    if (name === undefined || delimiter === undefined) {
      if (lines[index]) throw new Error(`not a file command: ${lines[index]}`);
      continue;
    }
    const end = lines.indexOf(delimiter, index + 1);
    values[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return values;
}

function unescaped(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
}
