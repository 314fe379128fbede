import { rmSync } from 'node:fs';
import type { FaultRule } from '@fedbridge/emulator';
import type { Step } from './job.ts';
import type { Variables } from './process.ts';
import { chain, googleAccount, googleProviders, ids, namedRoles, otherRepository } from './setup.ts';
import type { Platform, StepName } from './ways.ts';

/** What a step is run in, for what its users read. */
export interface Situation {
  readonly title: string;
  readonly step: StepName;
  /** Beside the usual ones, by their names in its definition. */
  readonly inputs?: Variables | ((platform: Platform) => Variables);
  /** Beside the job's. */
  readonly environment?: Variables | ((platform: Platform) => Variables);
  /** The error's code; without one it succeeds. */
  readonly code?: string | Readonly<Partial<Record<Platform, string>>>;
  readonly only?: Platform;
  readonly isStranger?: boolean;
  readonly faults?: (platform: Platform) => readonly FaultRule[];
  /** What happens before the step, and between it and its clean-up. */
  readonly before?: (step: Step) => void;
  readonly between?: (step: Step) => void;
}

const always = Number.POSITIVE_INFINITY;
const tokenService = (platform: Platform) => (platform === 'github' ? 'github' : 'azureDevOps');
const tokenFault =
  (fault: FaultRule['fault'], times = always) =>
  (platform: Platform) => [{ service: tokenService(platform), times, fault } as FaultRule];
const own = (github: Variables, azurePipelines: Variables) => (platform: Platform) =>
  platform === 'github' ? github : azurePipelines;
const askedAt = (url: string) => own({ ACTIONS_ID_TOKEN_REQUEST_URL: url }, { SYSTEM_OIDCREQUESTURI: url });
const noPermission = own(
  { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' },
  { SYSTEM_OIDCREQUESTURI: '', SYSTEM_COLLECTIONURI: '', SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: '' },
);
const platformIdentity = (platform: Platform) => ({ identity: platform });
const loopbackDenied = { github: 'EXCHANGE_REFUSED', 'azure-pipelines': 'ID_TOKEN_AUDIENCE' } as const;
const aadsts = (code: number) => () => [
  {
    service: 'entra',
    times: always,
    fault: { status: 400, body: JSON.stringify({ error: 'invalid_request', error_codes: [code] }) },
  } as FaultRule,
];
const removeTemp = ({ tempDirectory }: Step) => rmSync(tempDirectory, { recursive: true });
const removeFolder = (step: Step) => {
  for (const name of step.files())
    rmSync(`${step.tempDirectory}/${name.split('/')[0]}`, { recursive: true, force: true });
};
const roles = Object.entries(namedRoles)
  .map(([name, arn]) => `${name} = ${arn}`)
  .join('\n');
const machineKeys = { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'of another', AWS_DEFAULT_PROFILE: 'theirs' };

/** Of where ID tokens come from, which all steps have. */
const ofIdTokens: readonly Omit<Situation, 'step'>[] = [
  { title: 'delivers' },
  { title: 'without permission', environment: noPermission, inputs: platformIdentity, code: 'ID_TOKEN_UNAVAILABLE' },
  { title: 'nobody has an identity', environment: noPermission, code: 'ID_TOKEN_UNAVAILABLE' },
  {
    title: "the other platform's identity",
    inputs: (platform) => ({ identity: platform === 'github' ? 'azure-pipelines' : 'github' }),
    code: 'INPUT_INVALID',
  },
  { title: 'no pod', inputs: { identity: 'kubernetes' }, code: 'ID_TOKEN_UNAVAILABLE' },
  { title: 'no machine', inputs: { identity: 'managed-identity' }, code: 'INPUT_INVALID' },
  { title: 'no AWS', inputs: { identity: 'aws' }, code: 'INPUT_INVALID' },
  { title: 'asked elsewhere', environment: askedAt('https://elsewhere.example.com/x'), code: 'ENDPOINT_NOT_ALLOWED' },
  { title: 'asked in plain', environment: askedAt('http://elsewhere.example.com/x'), code: 'ENDPOINT_NOT_ALLOWED' },
  { title: 'a claim', inputs: { requireClaims: 'sub = nobody' }, code: 'ID_TOKEN_CLAIM' },
  { title: 'no claims', inputs: { requireClaims: ' ' }, code: 'INPUT_INVALID' },
  { title: 'a proxy with a password', inputs: { httpProxy: 'http://u:p@proxy.example.com' }, code: 'INPUT_INVALID' },
  { title: 'any certificate', environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
  { title: 'no summary', inputs: { summary: 'false' } },
  { title: 'no clean-up', inputs: { cleanup: 'false' } },
  { title: 'the temp folder is gone', before: removeTemp, code: 'DELIVERY_FAILED' },
  { title: 'throttled', inputs: { retryMaxAttempts: '2' }, faults: tokenFault({ status: 503 }), code: 'UNAVAILABLE' },
  { title: 'throttled once', faults: tokenFault({ status: 503 }, 1) },
  { title: 'denied an ID token', faults: tokenFault({ status: 403, body: '{}' }), code: 'ID_TOKEN_REFUSED' },
  { title: 'HTML', faults: tokenFault({ status: 200, body: '<html>' }), code: 'ANSWER_MALFORMED' },
];

export const situations: readonly Situation[] = [
  ...ofIdTokens.map((one) => ({ ...one, step: 'id-token' as const })),
  {
    title: 'another audience',
    step: 'id-token',
    inputs: { audience: 'https://vault.example.com' },
    code: { 'azure-pipelines': 'ID_TOKEN_AUDIENCE' },
  },

  ...(
    [
      { title: 'delivers' },
      { title: 'outputs', inputs: { outputCredentials: 'true', outputEnvCredentials: 'false' } },
      { title: 'several roles beside keys', inputs: { roles }, environment: machineKeys },
      { title: 'several roles alone', inputs: { roles, roleToAssume: '' }, environment: machineKeys },
      {
        title: 'secret variables',
        only: 'azure-pipelines',
        inputs: { exportCredentials: 'true' },
        environment: machineKeys,
      },
      { title: 'chained', inputs: { roleChain: chain.first, roleExternalId: chain.externalId } },
      { title: 'chained and denied', inputs: { roleChain: chain.first }, code: 'EXCHANGE_REFUSED' },
      {
        title: 'a chain of too long a session',
        inputs: { roleChain: chain.first, roleDurationSeconds: '7200' },
        code: 'INPUT_INVALID',
      },
      { title: 'too long a session', inputs: { roleDurationSeconds: '43200' }, code: 'EXCHANGE_REJECTED' },
      { title: 'no role', inputs: { roleToAssume: '' }, code: 'INPUT_MISSING' },
      { title: 'no region', inputs: { awsRegion: '' }, code: 'INPUT_MISSING' },
      { title: 'no chain', inputs: { roleExternalId: 'x' }, code: 'INPUT_INVALID' },
      { title: 'another account', inputs: { allowedAccountIds: ids.otherAccount }, code: 'INPUT_INVALID' },
      {
        title: 'an unknown tag',
        inputs: { roleChain: chain.first, transitiveTagKeys: 'absent' },
        code: 'INPUT_INVALID',
      },
      {
        title: 'existing credentials with a policy',
        inputs: { useExistingCredentials: 'true', inlineSessionPolicy: '{}' },
        code: 'INPUT_INVALID',
      },
      {
        title: 'no credentials of the machine',
        inputs: { identity: 'aws' },
        environment: { AWS_EC2_METADATA_DISABLED: 'true' },
        code: 'INPUT_INVALID',
      },
      { title: 'another audience', inputs: { audience: 'https://other.example.com' }, code: loopbackDenied },
      { title: 'denied', isStranger: true, code: 'EXCHANGE_REFUSED' },
      { title: 'kept fresh, and its end', inputs: { keepFresh: 'true' } },
      { title: 'nothing of it is left', inputs: { awsProfile: 'ci' }, between: removeFolder },
    ] as const satisfies readonly Omit<Situation, 'step'>[]
  ).map((one) => ({ ...one, step: 'aws-credentials' as const })),

  ...(
    [
      { title: 'delivers', inputs: { resource: 'arm\nmine = api://my-api' } },
      { title: 'no client id', inputs: { clientId: '' }, code: { github: 'INPUT_MISSING' } },
      { title: 'a tenant that is none', inputs: { tenantId: 'a b' }, code: 'INPUT_INVALID' },
      { title: 'an export that is none', inputs: { export: 'aws' }, code: 'INPUT_INVALID' },
      { title: "GitHub's ID tokens", inputs: { export: 'github-id-token' }, code: 'INPUT_INVALID' },
      {
        title: 'Terraform and SDKs',
        inputs: { export: 'terraform, azure-sdk, azure-devops' },
        environment: { AZURE_CLIENT_SECRET: 'of another' },
      },
      {
        title: 'no az',
        inputs: { export: 'azure-cli', allowNoSubscriptions: 'true' },
        environment: { PATH: '/nowhere' },
        code: 'INPUT_INVALID',
      },
      {
        title: 'no subscription',
        inputs: { export: 'azure-cli' },
        environment: { PATH: '/nowhere' },
        // A service connection has one.
        code: { github: 'INPUT_MISSING', 'azure-pipelines': 'INPUT_INVALID' },
      },
      {
        title: 'a sovereign cloud',
        inputs: { authorityHost: 'https://login.sovcloud-identity.fr' },
        code: 'INPUT_INVALID',
      },
      { title: 'another audience', inputs: { audience: 'api://other' }, code: loopbackDenied },
      { title: 'denied', inputs: { clientId: ids.stranger }, code: 'EXCHANGE_REFUSED' },
      { title: 'denied as a token of Entra', faults: aadsts(700222), code: 'EXCHANGE_REJECTED' },
      { title: 'denied by Conditional Access', faults: aadsts(53003), code: 'EXCHANGE_REJECTED' },
      { title: 'denied the audience', faults: aadsts(700212), code: 'EXCHANGE_REFUSED' },
      {
        title: 'kept fresh, and its end',
        inputs: { keepFresh: 'true', export: 'azure-sdk' },
        environment: { IDENTITY_SERVER_THUMBPRINT: 'x' },
      },
    ] as const satisfies readonly Omit<Situation, 'step'>[]
  ).map((one) => ({ ...one, step: 'entra-token' as const })),

  ...(
    [
      { title: 'delivers' },
      { title: 'no profile', inputs: { profile: '' }, code: 'INPUT_MISSING' },
      { title: 'nothing that it needs', inputs: { tokenUrl: '' }, code: 'INPUT_MISSING' },
      {
        title: 'what another profile takes',
        inputs: { workloadIdentityProvider: googleProviders.github },
        code: 'INPUT_INVALID',
      },
      {
        title: 'a bad provider',
        inputs: {
          profile: 'google',
          tokenUrl: '',
          targetAudience: '',
          workloadIdentityProvider: 'x',
          serviceAccount: googleAccount,
        },
        code: 'INPUT_INVALID',
      },
      {
        title: 'a repository that is none',
        inputs: { profile: 'octo-sts', tokenUrl: '', targetAudience: '', scope: otherRepository },
        code: 'INPUT_MISSING',
      },
      { title: 'denied', isStranger: true, code: 'EXCHANGE_REFUSED' },
      { title: 'kept fresh, and its end', inputs: { keepFresh: 'true' } },
    ] as const satisfies readonly Omit<Situation, 'step'>[]
  ).map((one) => ({ ...one, step: 'token-exchange' as const })),
];
