import type { OwnCredentials } from '@fedbridge/aws';
import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { canWriteArcKeys, type Emulator } from '@fedbridge/emulator';
import { gitHubActions } from '@fedbridge/github/id-token';
import type { JobSource, ManagedIdentity, PlatformJob } from '@fedbridge/identity';
import type { Variables } from './process.ts';
import { apiUri, chain, ids, pipelineJob, pod, role, target } from './setup.ts';

export const platforms = ['github', 'azure-pipelines'] as const;
export type Platform = (typeof platforms)[number];
export const stepNames = ['aws-credentials', 'entra-token', 'id-token', 'token-exchange'] as const;
export type StepName = (typeof stepNames)[number];

/** Each way in that steps have. A further kind, form or place does not compile until it has a way below. */
export type WayName =
  | Platform
  | Exclude<Exclude<JobSource, PlatformJob>['kind'], 'managed-identity' | 'aws'>
  | `managed identity, ${ManagedIdentity['endpoint']['form']}`
  | `AWS credentials of the ${OwnCredentials['from']}`
  | 'AWS credentials of the container, by a token file'
  | 'azure-pipelines, late-bound'
  | 'an application that trusts a managed identity'
  | 'existing credentials';

/** What stands behind what a way delivers: an ID token, or none; `nothing` where it delivers nothing. */
type Shows = 'an ID token' | 'no ID token' | 'nothing';

/** What a job has, and the inputs that choose the way in, by their names in the step's definition. */
export interface StartedWay {
  readonly environment: Variables;
  readonly inputs: Variables;
}

export interface Way {
  /** What of the emulator the way itself asks before anything is exchanged. */
  readonly asks: readonly string[];
  readonly shows: Readonly<Record<StepName, Shows>>;
  /** The platform whose own it is. */
  readonly only?: Platform;
  /** Whether this machine can have it. */
  readonly isHere?: () => boolean;
  start(emulator: Emulator, step: StepName): Promise<StartedWay>;
}

const everywhere = {
  'aws-credentials': 'an ID token',
  'entra-token': 'an ID token',
  'id-token': 'an ID token',
  'token-exchange': 'an ID token',
} as const;
const nowhere = {
  'aws-credentials': 'nothing',
  'entra-token': 'nothing',
  'id-token': 'nothing',
  'token-exchange': 'nothing',
} as const;
const forAwsAlone = { ...nowhere, 'aws-credentials': 'no ID token' } as const;

export const ways: Readonly<Record<WayName, Way>> = {
  github: {
    asks: ['github'],
    shows: everywhere,
    only: 'github',
    start: async () => ({ environment: {}, inputs: { identity: 'github' } }),
  },
  'azure-pipelines': {
    asks: ['azureDevOps'],
    shows: everywhere,
    only: 'azure-pipelines',
    start: async (_emulator, step) => ({
      environment: {},
      // For Entra it speaks for a service connection, for all others for its pipeline.
      inputs: {
        identity: 'azure-pipelines',
        ...(step === 'entra-token' ? { azureSubscription: ids.oldConnection } : {}),
      },
    }),
  },
  'azure-pipelines, late-bound': {
    asks: [],
    shows: everywhere,
    only: 'azure-pipelines',
    start: async (emulator) => ({
      environment: await lateBound(emulator),
      inputs: { identity: 'azure-pipelines', azureSubscription: ids.oldConnection },
    }),
  },
  kubernetes: {
    asks: [],
    shows: everywhere,
    start: async (emulator, step) => {
      const more =
        step === 'aws-credentials'
          ? { audience: 'sts.amazonaws.com', aws: { roleArn: role } }
          : {
              azure: { clientId: ids.app, tenantId: ids.tenant },
              ...(step === 'token-exchange' ? { audience: `${emulator.urls.oauth}/token` } : {}),
            };
      const { environment } = await emulator.startPod({ ...pod, ...more });
      return { environment, inputs: { identity: 'kubernetes' } };
    },
  },
  'managed identity, imds': machine('imds'),
  'managed identity, app-service': machine('app-service'),
  'managed identity, azure-arc': { ...machine('azure-arc'), isHere: canWriteArcKeys },
  'managed identity, cloud-shell': { ...machine('cloud-shell'), shows: nowhere },
  'an application that trusts a managed identity': {
    ...machine('imds', { managedIdentity: 'system', clientId: ids.app }),
    shows: everywhere,
  },
  'AWS credentials of the job': {
    asks: [],
    shows: forAwsAlone,
    start: async (emulator, step) => ({ environment: await sessionOf(emulator), inputs: ownInputs(step) }),
  },
  'AWS credentials of the container': ofAwsMachine('ecs'),
  'AWS credentials of the container, by a token file': ofAwsMachine('eks-pod-identity'),
  'AWS credentials of the instance': ofAwsMachine('ec2'),
  'existing credentials': {
    asks: [],
    shows: forAwsAlone,
    start: async (emulator) => ({ environment: await sessionOf(emulator), inputs: { useExistingCredentials: 'true' } }),
  },
};

/** The environment of a job of a platform; of Azure Pipelines with a service connection where the step needs one. */
export function jobEnvironment(emulator: Emulator, platform: Platform, inputs: Variables): Variables {
  if (platform === 'github') return emulator.startGitHubJob().environment;
  const connections = inputs.azureSubscription === undefined ? [] : ['azure-old'];
  return emulator.startAzurePipelinesJob({ ...pipelineJob, connections }).environment;
}

/** Whom a job of each platform asks for ID tokens. */
export const jobPlatforms = { github: gitHubActions, 'azure-pipelines': azurePipelines };

/** What a host makes of that environment. */
export function jobSourceOf(platform: Platform, environment: Variables, inputs: Variables): PlatformJob {
  if (platform === 'github') return gitHubActions.jobOf(environment);
  const connectionId = inputs.azureSubscription;
  const handed = JSON.parse(environment[`ENDPOINT_AUTH_${connectionId}`] ?? '{}') as { parameters?: Variables };
  return {
    ...azurePipelines.jobOf(environment, connectionId),
    accessToken: environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN,
    idToken: handed.parameters?.idToken,
  };
}

/** The usual inputs of a step on the emulator, by their names in its definition. */
export function usualInputs(step: StepName, { urls }: Emulator): Variables {
  if (step === 'id-token') return {};
  if (step === 'token-exchange') return { profile: 'rfc8693', tokenUrl: `${urls.oauth}/token`, targetAudience: target };
  if (step === 'entra-token') return { clientId: ids.app, tenantId: ids.tenant, authorityHost: urls.entra };
  return { roleToAssume: role, awsRegion: 'eu-central-1', stsEndpoint: urls.sts };
}

function machine(form: ManagedIdentity['endpoint']['form'], inputs: Variables = { clientId: '' }): Way {
  return {
    asks: ['machine'],
    shows: { ...everywhere, 'entra-token': 'no ID token' },
    start: async (emulator, step) => {
      const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, form });
      const { clientId = '', ...others } = inputs;
      const own = step === 'entra-token' ? { clientId } : { audience: apiUri };
      return { environment, inputs: { identity: 'managed-identity', ...others, ...own } };
    },
  };
}

/** The role that it has assumes one that trusts it. */
function ownInputs(step: StepName): Variables {
  const first = { roleToAssume: chain.first, roleExternalId: chain.externalId };
  return { identity: 'aws', ...(step === 'aws-credentials' ? first : {}) };
}

function ofAwsMachine(form: 'ec2' | 'ecs' | 'eks-pod-identity'): Way {
  return {
    asks: ['machine'],
    shows: forAwsAlone,
    start: async (emulator, step) => ({
      environment: (await emulator.startAwsMachine({ role, form })).environment,
      inputs: ownInputs(step),
    }),
  };
}

/** Session credentials of the role, as an earlier step leaves them. */
async function sessionOf(emulator: Emulator): Promise<Variables> {
  const { environment } = await emulator.startAwsMachine({ role, form: 'ecs' });
  const authorization = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '';
  const answer = await fetch(environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '', { headers: { authorization } });
  const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = (await answer.json()) as Variables;
  return { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: Token };
}

/** A job whose service connection comes with its ID token [azure-pipelines-tasks#21580]. */
async function lateBound(emulator: Emulator): Promise<Variables> {
  const id = ids.oldConnection;
  const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure-old'] });
  const answer = await fetch(`${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1&serviceConnectionId=${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}` },
  });
  const { oidcToken } = (await answer.json()) as { oidcToken: string };
  const parameters = { serviceprincipalid: ids.app, tenantid: ids.tenant, idToken: oidcToken };
  return { [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ scheme: 'WorkloadIdentityFederation', parameters }) };
}
