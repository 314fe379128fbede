/** Starts what tasks/<name>/src/main.ts, tasks/<name>/src/post.ts and tasks/<name>/src/broker.ts are bundled to. */
import { chownSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow, textOf } from './files.ts';
import { type CleanedUp, hidingSecrets, type Step, type StepOptions, type StepRun } from './job.ts';
import { machineEnvironment, root, type Variables } from './process.ts';
import { runNode } from './run-node.ts';

interface TaskManifest {
  readonly inputs: readonly {
    readonly name: string;
    readonly aliases?: readonly string[];
    readonly defaultValue?: string;
  }[];
  readonly execution: { readonly Node24: { readonly target: string } };
  readonly postjobexecution: { readonly Node24: { readonly target: string } };
}

interface Command {
  readonly name: string;
  readonly properties: Variables;
  readonly message: string;
}

const summaryFile = /^fedbridge-[\da-z]{20}\.md$/;

/** A step of an Azure Pipelines job, driven as the agent drives it. */
export function azurePipelinesStep({
  name,
  inputs,
  environment,
  variables: jobVariables = {},
  node = process.execPath,
  home: sharedHome,
  user,
  temp = 'temp-',
  from = join(root, 'tasks'),
}: StepOptions): Step {
  const folder = join(from, name);
  const manifest = JSON.parse(readFileSync(join(folder, 'task.json'), 'utf8')) as TaskManifest;
  const known = manifest.inputs.flatMap((input) => [input.name, ...(input.aliases ?? [])]);
  const unknown = Object.keys(inputs).find((input) => !known.includes(input));
  if (unknown) throw new Error(`${name} has no input ${unknown}`);
  const work = mkdtempSync(join(tmpdir(), 'agent-'));
  const home = sharedHome ?? work;
  const tempDirectory = mkdtempSync(join(work, temp));
  const variables: Variables = {
    ...machineEnvironment(home),
    ...environment,
    AGENT_TEMPDIRECTORY: tempDirectory,
    ...Object.fromEntries(
      manifest.inputs.flatMap((input) => {
        const given = [input.name, ...(input.aliases ?? [])]
          .map((alias) => inputs[alias])
          .find((value) => value !== undefined);
        const value = given ?? input.defaultValue ?? '';
        return value === '' ? [] : [[`INPUT_${input.name.toUpperCase()}`, value]];
      }),
    ),
    // After the inputs. Source: microsoft/azure-pipelines-agent, `NodeHandler.RunAsync`.
    ...Object.fromEntries(
      Object.entries(jobVariables).map(([variable, value]) => [variable.replace(/[. ]/g, '_').toUpperCase(), value]),
    ),
    VSTS_PUBLIC_VARIABLES: JSON.stringify(Object.keys(jobVariables)),
  };
  if (user !== undefined) for (const path of [work, tempDirectory]) chownSync(path, user, user);
  let taskVariables: Variables = {};
  let exported: Variables = {};
  return {
    tempDirectory,
    work,
    home,
    places: { AGENT_TEMPDIRECTORY: tempDirectory },
    // Summaries wait there for their upload; the agent empties it.
    files: () => filesBelow(tempDirectory).filter((file) => !summaryFile.test(file)),
    async run(meanwhile): Promise<StepRun> {
      const ended = await runNode(
        node,
        join(folder, manifest.execution.Node24.target),
        variables,
        work,
        meanwhile,
        user,
      );
      const lines = ended.stdout.split('\n');
      const commands = lines.flatMap((line) => parseCommand(line) ?? []);
      const set = commands.filter((command) => command.name === 'task.setvariable');
      const isOutput = ({ properties }: Command) => properties.isoutput === 'true';
      const isSecret = ({ properties }: Command) => properties.issecret === 'true';
      const result = commands.find((command) => command.name === 'task.complete')?.properties.result;
      taskVariables = values(commands.filter((command) => command.name === 'task.settaskvariable'));
      exported = environmentOf(
        set.filter((command) => !isOutput(command) && !isSecret(command)),
        variables,
      );
      return {
        ...ended,
        // Without a result the exit code counts.
        succeeded: ended.exitCode === 0 && (result === undefined || result === 'Succeeded'),
        error: commands.find(({ name: command, properties }) => command === 'task.issue' && properties.type === 'error')
          ?.message,
        outputs: values(set.filter(isOutput)),
        exported,
        secretVariables: values(set.filter((command) => isSecret(command) && !isOutput(command))),
        summary: commands
          .filter(({ name: command }) => command === 'task.uploadsummary')
          .map(({ message }) => textOf(message))
          .join(''),
        masked: commands
          .filter((command) => command.name === 'task.setsecret' || isSecret(command))
          .map(({ message }) => message),
        shown: hidingSecrets([...lines, ended.stderr], (line) =>
          tellsSecret(line) ? parseCommand(line)?.message : undefined,
        ),
        visible: [...lines.filter((line) => !tellsSecret(line)), ended.stderr].join('\n'),
      };
    },
    async cleanUp(): Promise<CleanedUp> {
      const state = Object.entries(taskVariables).map(([key, value]) => [
        `VSTS_TASKVARIABLE_${key.toUpperCase()}`,
        value,
      ]);
      const target = join(folder, manifest.postjobexecution.Node24.target);
      const environment = { ...variables, ...exported, ...Object.fromEntries(state) };
      const ended = await runNode(node, target, environment, work, undefined, user);
      const commands = ended.stdout.split('\n').flatMap((line) => parseCommand(line) ?? []);
      return {
        ...ended,
        exported: environmentOf(
          commands.filter((command) => command.name === 'task.setvariable'),
          variables,
        ),
      };
    },
  };
}

/** `##vso[area.action name=value;…]message`. Source: Microsoft Learn, "Logging commands". */
function parseCommand(line: string): Command | undefined {
  const [, name, properties = '', message = ''] = /^##vso\[([\w.]+)(?: ([^\]]*))?\](.*)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const pairs = properties.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    // The agent compares their names in any case.
    return at < 0 ? [] : [[pair.slice(0, at).toLowerCase(), unescaped(pair.slice(at + 1))]];
  });
  return { name, properties: Object.fromEntries(pairs), message: unescaped(message) };
}

function tellsSecret(line: string): boolean {
  const command = parseCommand(line);
  return (
    command?.name === 'task.setsecret' ||
    (command?.name === 'task.setvariable' && command.properties.issecret === 'true')
  );
}

function values(commands: readonly Command[]): Record<string, string> {
  return Object.fromEntries(commands.map(({ properties, message }) => [properties.variable ?? '', message]));
}

/**
 * Variables as later scripts have them, over what the agent itself was started with. Those whose names differ in case alone are one, and
 * the last counts, its name and `preserveCase` too, which agents know from 3.234.0 on.
 * Source: microsoft/azure-pipelines-agent, `Variables.cs` (Set), `VarUtil.cs` (ConvertToEnvVariableFormat), `TaskCommandExtension.cs`.
 */
function environmentOf(commands: readonly Command[], { AGENT_VERSION = '0.0' }: Variables): Record<string, string> {
  const [major = 0, minor = 0] = AGENT_VERSION.split('.').map(Number);
  const knowsCase = major > 3 || (major === 3 && minor >= 234);
  const jobVariables = new Map<string, readonly [string, string]>();
  for (const { properties, message } of commands) {
    const { variable = '', preservecase } = properties;
    const name = variable.replace(/[. ]/g, '_');
    const keeps = knowsCase && preservecase?.toLowerCase() === 'true';
    jobVariables.set(variable.toLowerCase(), [keeps ? name : name.toUpperCase(), message]);
  }
  return Object.fromEntries(jobVariables.values());
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%3B', ';')
    .replaceAll('%5D', ']')
    .replaceAll('%AZP25', '%');
}
