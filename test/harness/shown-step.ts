import type { Emulator, EmulatorUrls } from '@fedbridge/emulator';
import { azurePipelinesStep } from './azure-pipelines-step.ts';
import { gitHubStep } from './github-step.ts';
import type { Step, StepRun } from './job.ts';
import type { Variables } from './process.ts';
import { ids, pipelineJob, region, role } from './setup.ts';
import { pathWith } from './stand-in-tools.ts';

/** A step as a page shows it. */
export interface ShownStep {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly task?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly script?: string;
  readonly name?: string;
  readonly id?: string;
  readonly env?: Variables;
}

export const isOurs = ({ uses = '', task = '' }: ShownStep) =>
  /\/fedbridge\/actions\//.test(uses) || /^Fedbridge/.test(task);
export const isOfAws = ({ uses = '', task = '' }: ShownStep) => /aws/i.test(uses + task);

/** The ids of the connections that pages name. */
const connections: Variables = {
  'my-connection': ids.newConnection,
  'azure-prod': ids.newConnection,
  'my-aws-role': 'the-aws-connection',
};
/** As the agent hands over a connection of the type that the extension brings. */
const awsConnection = {
  [`ENDPOINT_DATA_${connections['my-aws-role']}_ROLETOASSUME`]: role,
  [`ENDPOINT_DATA_${connections['my-aws-role']}_REGION`]: region,
};

/**
 * One of our steps, as a page shows it, in a job of its platform.
 *
 * @param more - inputs beside those that are shown, and what runs it
 */
export function startShown(
  emulator: Emulator,
  shown: ShownStep,
  { inputs: added = {}, node }: { readonly inputs?: Variables; readonly node?: string } = {},
): Step {
  const isGitHub = shown.uses !== undefined;
  const isAws = isOfAws(shown);
  const given = textsOf(shown.with ?? shown.inputs ?? {});
  const inputs = { ...given, ...placed(isGitHub, isAws, emulator.urls), ...added };
  const tools = { PATH: [pathWith(['az', 'pwsh']), process.env.PATH].join(':') };
  const job = isGitHub
    ? emulator.startGitHubJob({ environment: 'production' })
    : emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure'] });
  const environment = { ...job.environment, ...awsConnection, ...tools };
  const options = { inputs, environment, ...(node === undefined ? {} : { node }) };
  return isGitHub
    ? gitHubStep({ name: isAws ? 'aws-credentials' : 'entra-token', ...options })
    : azurePipelinesStep({ name: isAws ? 'FedbridgeAwsCredentials' : 'FedbridgeEntraToken', ...options });
}

/** As the runner and the agent hand over what YAML has: the agent with the id of a connection. */
function textsOf(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const isConnection = (name: string) => /^(azureSubscription|awsConnection)$/.test(name);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      isConnection(name) ? (connections[String(value)] ?? '') : String(value),
    ]),
  );
}

/** Where the emulated cloud is. */
function placed(isGitHub: boolean, isAws: boolean, urls: EmulatorUrls): Variables {
  if (isAws) return { [isGitHub ? 'sts-endpoint' : 'stsEndpoint']: urls.sts };
  return { [isGitHub ? 'authority-host' : 'authorityHost']: urls.entra };
}

/**
 * What a later step's `env` has of a step that ran: `$(name)`, `$(step.output)`, `${{ steps.step.outputs.output }}`; and of the job its
 * temp folder. Undefined is what there is not.
 */
export function mappedEnvironment(
  later: ShownStep,
  shown: ShownStep,
  step: Step,
  run: StepRun,
): Readonly<Record<string, string | undefined>> {
  const outputs = Object.entries(run.outputs).map(([output, value]) => [`${shown.name ?? shown.id}.${output}`, value]);
  const values: Variables = {
    'Agent.TempDirectory': step.tempDirectory,
    'runner.temp': step.tempDirectory,
    ...run.secretVariables,
    ...Object.fromEntries(outputs),
  };
  const valueOfName = (name: string) => values[name.replace(/^steps\.(\w+)\.outputs\./, '$1.')];
  return Object.fromEntries(
    Object.entries(later.env ?? {}).map(([variable, text]) => {
      const names = [...text.matchAll(/\$\{\{ ([\w.-]+) \}\}|\$\(([\w.]+)\)/g)].map(
        ([, one, other]) => one ?? other ?? '',
      );
      const isWhole = names.every((name) => valueOfName(name));
      const filled = text.replace(
        /\$\{\{ ([\w.-]+) \}\}|\$\(([\w.]+)\)/g,
        (_, one, other) => valueOfName(one ?? other) ?? '',
      );
      return [variable, isWhole ? filled : undefined];
    }),
  );
}
