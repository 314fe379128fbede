import { join } from 'node:path';
import type { Emulator, RecordedRequest } from '@fedbridge/emulator';
import { azurePipelinesStep } from './azure-pipelines-step.ts';
import { gitHubStep } from './github-step.ts';
import type { Step, StepRun } from './job.ts';
import { machineEnvironment, type Variables } from './process.ts';
import { runNode } from './run-node.ts';
import { ids, pipelineJob, region, role, subjects } from './setup.ts';
import { compileCache } from './stand-in-tools.ts';

/** One way through: a platform, a cloud, and the kind of token between them. */
export interface Journey {
  readonly title: string;
  readonly platform: 'GitHub Actions' | 'Azure Pipelines';
  readonly cloud: 'AWS' | 'Entra';
  /** What the cloud must be shown. */
  readonly subject: string;
  readonly issuer: (emulator: Emulator) => string;
  /** Starts a job and gives its step. @param changed - inputs and variables beside the usual ones */
  start(emulator: Emulator, changed?: Changed): Step;
}

export interface Changed {
  readonly node?: string;
  readonly home?: string;
  readonly user?: number;
  readonly temp?: string;
  /** The folder that has the actions or tasks. Default: this repository's. */
  readonly from?: string;
  readonly inputs?: Variables;
  readonly environment?: Variables;
  /** Of a job of Azure Pipelines, as its agent gives them. */
  readonly variables?: Variables;
  /** Another job than the one that is trusted. */
  readonly job?: Readonly<Record<string, unknown>>;
}

const github = (emulator: Emulator) => emulator.issuers.gitHub;
const vstoken = (emulator: Emulator) => emulator.issuers.azureDevOps(ids.organization);
const entra = (emulator: Emulator) => emulator.issuers.entra(ids.tenant);

/** The four main ones: {GitHub, Azure Pipelines} × {AWS, Entra}. */
export const mainJourneys: readonly Journey[] = [
  gitHub('GitHub Actions to AWS', 'AWS', subjects.gitHub, {}),
  gitHub('GitHub Actions to Entra', 'Entra', subjects.gitHub, {}),
  azurePipelines('Azure Pipelines to AWS', 'AWS', subjects.pipeline, vstoken, {}),
  azurePipelines('Azure Pipelines to Entra', 'Entra', subjects.newConnection, entra, { connection: 'azure' }),
];

/** Every subject form of GitHub and every token shape of Azure Pipelines, to both clouds where a cloud takes it. */
export const allJourneys: readonly Journey[] = [
  ...mainJourneys,
  gitHub('GitHub Actions, immutable subject, to AWS', 'AWS', subjects.gitHubImmutable, { immutableSubject: true }),
  gitHub('GitHub Actions, immutable subject, to Entra', 'Entra', subjects.gitHubImmutable, { immutableSubject: true }),
  azurePipelines('Azure Pipelines, Azure DevOps issuer, to AWS', 'AWS', subjects.oldConnection, vstoken, {
    connection: 'azure-old',
  }),
  azurePipelines('Azure Pipelines, Azure DevOps issuer, to Entra', 'Entra', subjects.oldConnection, vstoken, {
    connection: 'azure-old',
  }),
  azurePipelines('Azure Pipelines, Entra issuer, to AWS', 'AWS', subjects.newConnection, entra, {
    connection: 'azure',
  }),
];

function gitHub(
  title: string,
  cloud: Journey['cloud'],
  subject: string,
  job: Readonly<Record<string, unknown>>,
): Journey {
  return {
    title,
    platform: 'GitHub Actions',
    cloud,
    subject,
    issuer: github,
    start(emulator, { node, home, user, temp, from, inputs, environment, job: otherJob } = {}) {
      const started = emulator.startGitHubJob({ ...job, ...otherJob });
      const usual =
        cloud === 'AWS'
          ? { 'role-to-assume': role, 'aws-region': region, 'sts-endpoint': emulator.urls.sts }
          : { 'client-id': ids.app, 'tenant-id': ids.tenant, 'authority-host': emulator.urls.entra };
      return gitHubStep({
        name: cloud === 'AWS' ? 'aws-credentials' : 'entra-token',
        inputs: { ...usual, ...inputs },
        environment: { ...started.environment, ...environment },
        ...(node ? { node } : {}),
        ...(home ? { home } : {}),
        ...(user ? { user } : {}),
        ...(temp ? { temp } : {}),
        ...(from ? { from } : {}),
      });
    },
  };
}

function azurePipelines(
  title: string,
  cloud: Journey['cloud'],
  subject: string,
  issuer: Journey['issuer'],
  { connection }: { readonly connection?: 'azure' | 'azure-old' },
): Journey {
  return {
    title,
    platform: 'Azure Pipelines',
    cloud,
    subject,
    issuer,
    start(emulator, { node, home, user, temp, from, inputs, environment, job, variables } = {}) {
      const started = emulator.startAzurePipelinesJob({
        ...pipelineJob,
        ...(connection ? { connections: [connection] } : {}),
        ...job,
      });
      const connectionId = connection && (connection === 'azure' ? ids.newConnection : ids.oldConnection);
      const usual =
        cloud === 'AWS'
          ? { roleToAssume: role, awsRegion: region, stsEndpoint: emulator.urls.sts }
          : { authorityHost: emulator.urls.entra };
      return azurePipelinesStep({
        name: cloud === 'AWS' ? 'FedbridgeAwsCredentials' : 'FedbridgeEntraToken',
        inputs: { ...usual, ...(connectionId ? { azureSubscription: connectionId } : {}), ...inputs },
        environment: { ...started.environment, ...environment },
        ...(variables ? { variables } : {}),
        ...(node ? { node } : {}),
        ...(home ? { home } : {}),
        ...(user ? { user } : {}),
        ...(temp ? { temp } : {}),
        ...(from ? { from } : {}),
      });
    },
  };
}

/** Uses what a step delivered, once, as a later step of its job does. @returns who the cloud says it is */
export async function useCredential(
  journey: Journey,
  step: Step,
  run: StepRun,
  emulator: Emulator,
  environment: Variables = {},
): Promise<string> {
  if (journey.cloud === 'AWS') {
    const script = join(import.meta.dirname, 'later-script.ts');
    const endpoint = { AWS_ENDPOINT_URL_STS: emulator.urls.sts };
    const later = { ...machineEnvironment(step.home), ...compileCache(), ...run.exported, ...endpoint, ...environment };
    const { stdout, stderr } = await runNode(process.execPath, script, later, step.home);
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as { Arn: string }).Arn;
  }
  const accessToken = run.outputs['access-token'] ?? run.outputs.accessToken;
  const answer = await fetch(`${emulator.urls.resources}/whoami`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const { appid, tid } = (await answer.json()) as { appid: string; tid: string };
  return `${appid} of tenant ${tid}`;
}

/** The requests that a step made: not those of relying parties. */
export function outside(requests: readonly RecordedRequest[]): RecordedRequest[] {
  return requests.filter(({ internal }) => !internal);
}

/** An input as the journey's platform writes it. */
export function input(journey: Journey, name: string, value: string): Record<string, string> {
  const camelCase = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { [journey.platform === 'GitHub Actions' ? name : camelCase]: value };
}
