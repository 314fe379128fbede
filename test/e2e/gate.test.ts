import { type Emulator, startEmulator } from '@fedbridge/emulator';
import type { JobSource } from '@fedbridge/identity';
import { awsCredentials, entraToken, idToken } from '@fedbridge/steps';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStep } from '../../packages/step/lib/run.js';
import { type Answer, answering } from '../harness/answering.ts';
import { MemoryHost } from '../harness/memory-host.ts';
import { apiUri, chain, ids, pipelineJob, pod, region, role, sharedSetup } from '../harness/setup.ts';

/** A way in: what a job has, and the inputs that choose it. */
interface Way {
  readonly title: string;
  /** What of the emulator the way itself asks, before anything is exchanged. */
  readonly asks: readonly string[];
  readonly hasIdToken: boolean;
  readonly start: () => Promise<{
    readonly environment: Readonly<Record<string, string>>;
    readonly inputs: Readonly<Record<string, string>>;
  }>;
}
type Inputs = Readonly<Record<string, string>>;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

const platforms = ['github', 'azure-pipelines'] as const;
type Platform = (typeof platforms)[number];
const neverCancelled = new Promise<never>(() => {});

const platformWay: Way = {
  title: 'the platform',
  asks: ['github', 'azureDevOps'],
  hasIdToken: true,
  start: async () => ({ environment: {}, inputs: {} }),
};
const podWay = (aws: boolean): Way => ({
  title: 'a pod',
  asks: [],
  hasIdToken: true,
  start: async () => {
    const more = aws
      ? { audience: 'sts.amazonaws.com', aws: { roleArn: role } }
      : { azure: { clientId: ids.app, tenantId: ids.tenant } };
    const { environment } = await emulator.startPod({ ...pod, ...more });
    return { environment, inputs: { identity: 'kubernetes' } };
  },
});
const machineWay = (hasIdToken: boolean, inputs: Inputs, title = 'a managed identity'): Way => ({
  title,
  asks: ['machine'],
  hasIdToken,
  start: async () => {
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine });
    return { environment, inputs: { identity: 'managed-identity', ...inputs } };
  },
});
const existingWay: Way = {
  title: 'credentials that are there',
  asks: [],
  hasIdToken: false,
  start: async () => {
    const { environment } = await emulator.startAwsMachine({ role, form: 'ecs' });
    const url = environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
    const authorization = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '';
    const held = (await (await fetch(url, { headers: { authorization } })).json()) as Record<string, string>;
    const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = held;
    return {
      environment: { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: Token },
      inputs: { useExistingCredentials: 'true' },
    };
  },
};
const ownWay = (form: 'ec2' | 'ecs' | 'eks-pod-identity'): Way => ({
  title: `the role of ${form}`,
  asks: ['machine'],
  hasIdToken: false,
  start: async () => {
    const { environment } = await emulator.startAwsMachine({ role, form });
    return {
      environment,
      inputs: { identity: 'aws', roleToAssume: chain.first, roleExternalId: chain.externalId },
    };
  },
});

async function run(step: typeof awsCredentials, platform: Platform, way: Way, inputs: Inputs) {
  const started = await way.start();
  const mark = emulator.requests.length;
  const job: JobSource =
    platform === 'github'
      ? { kind: 'github', environment: emulator.startGitHubJob().environment }
      : pipelineSource(step.name === 'entra-token' ? ids.oldConnection : undefined);
  const host = new MemoryHost({
    platform,
    job,
    environment: started.environment,
    inputs: { ...started.inputs, retryMaxAttempts: '1', ...inputs },
  });
  await runStep(step, host, 'no broker', neverCancelled);
  const asked = emulator.requests.slice(mark).flatMap(({ internal, service }) => (internal ? [] : [service]));
  return { host, asked };
}

function pipelineSource(connectionId: string | undefined): JobSource {
  const connections = connectionId === undefined ? [] : ['azure-old'];
  const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections });
  const accessToken = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN;
  return { kind: 'azure-pipelines', environment, accessToken, connectionId };
}

function expectNothing({ host }: Awaited<ReturnType<typeof run>>) {
  expect(host.error).toBeDefined();
  expect(host.error?.code).not.toBe('INTERNAL');
  expect({ delivered: host.delivered, files: host.files() }).toEqual({ delivered: [], files: [] });
}

const awsInputs = (inputs: Inputs = {}): Inputs => ({
  roleToAssume: role,
  awsRegion: region,
  stsEndpoint: emulator.urls.sts,
  outputCredentials: 'true',
  outputEnvCredentials: 'true',
  ...inputs,
});
const entraInputs = (inputs: Inputs = {}): Inputs => ({
  clientId: ids.app,
  tenantId: ids.tenant,
  authorityHost: emulator.urls.entra,
  export: 'azure-sdk',
  ...inputs,
});

const awsWays = [
  platformWay,
  podWay(true),
  machineWay(true, { audience: apiUri }),
  existingWay,
  ownWay('ec2'),
  ownWay('ecs'),
  ownWay('eks-pod-identity'),
];
const entraWays = [
  platformWay,
  podWay(false),
  machineWay(false, { clientId: '' }),
  machineWay(true, { managedIdentity: 'system' }, 'a managed identity that an application trusts'),
];
const idTokenWays = [platformWay, podWay(false), machineWay(true, { audience: apiUri })];
const steps = [
  { step: awsCredentials, ways: awsWays, inputs: awsInputs },
  { step: entraToken as unknown as typeof awsCredentials, ways: entraWays, inputs: entraInputs },
  { step: idToken as unknown as typeof awsCredentials, ways: idTokenWays, inputs: () => ({}) },
];
const everyWay = steps.flatMap(({ step, ways, inputs }) =>
  ways.flatMap((way) =>
    platforms.map((platform) => ({ name: step.name, step, way, title: way.title, inputs, platform })),
  ),
);

describe.each(everyWay)('$name by $title on $platform', ({ step, way, inputs, platform }) => {
  const given = (more: Inputs = {}, own: Inputs = {}) => ({ ...inputs(), ...own, ...more });
  const inputsOf = async () => (await way.start()).inputs;

  it('delivers, where every guard holds', async () => {
    const guards = way.hasIdToken ? { requireClaims: 'sub = *\nexp = *' } : {};
    const { host } = await run(step, platform, way, given(guards, await inputsOf()));
    expect(host.error).toBeUndefined();
    expect(host.delivered.length).toBeGreaterThan(1);
  });

  it.each(['sub = nobody', 'missing = *', 'sub = *\niss = https://elsewhere.example.com'])(
    'delivers nothing, and asks nobody for credentials, where %j is required',
    async (requireClaims) => {
      const ran = await run(step, platform, way, given({ requireClaims }, await inputsOf()));
      expectNothing(ran);
      expect(ran.host.error?.code).toBe(way.hasIdToken ? 'ID_TOKEN_CLAIM' : 'INPUT_INVALID');
      // Without an ID token it is known before any request.
      expect(way.hasIdToken ? ran.asked.filter((service) => !way.asks.includes(service)) : ran.asked).toEqual([]);
    },
  );

  it.each([' ', '\n', '\t\n '])('delivers nothing, and asks nobody, where a guard is %j', async (blank) => {
    const names = step === awsCredentials ? guardsOfAws : (['requireClaims'] as const);
    for (const name of names) {
      const ran = await run(step, platform, way, given({ [name]: blank }, await inputsOf()));
      expectNothing(ran);
      expect(ran.host.error).toMatchObject({
        code: 'INPUT_INVALID',
        message: `Input "${name}" is blank, and it is there to guard.`,
      });
      expect(ran.asked).toEqual([]);
    }
  });
});

const guardsOfAws = [
  'requireClaims',
  'allowedAccountIds',
  'inlineSessionPolicy',
  'managedSessionPolicies',
  'roleDurationSeconds',
] as const;

describe.each(everyWay.filter(({ step }) => step === awsCredentials))(
  'AWS by $title on $platform',
  ({ way, platform }) => {
    const ask = async (more: Inputs) =>
      run(awsCredentials, platform, way, { ...awsInputs(), ...(await way.start()).inputs, ...more });

    it('delivers nothing, and asks nobody, for an account that is not allowed', async () => {
      const ran = await ask({ allowedAccountIds: '111122223333' });
      expectNothing(ran);
      expect(ran.asked).toEqual([]);
    });

    it.each(['', ',', '1', '123456789012,', ',123456789012'].filter((list) => list !== ''))(
      'delivers nothing, and asks nobody, with the list of accounts %j',
      async (allowedAccountIds) => {
        const ran = await ask({ allowedAccountIds });
        expectNothing(ran);
        expect(ran.asked).toEqual([]);
      },
    );

    it
      .runIf(way === existingWay)
      .each([
        { inlineSessionPolicy: '{"Version":"2012-10-17","Statement":[]}' },
        { managedSessionPolicies: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        { roleDurationSeconds: '900' },
      ])('delivers nothing, and asks nobody, where %j was to narrow them', async (narrowing) => {
      const ran = await ask(narrowing);
      expectNothing(ran);
      expect(ran.asked).toEqual([]);
    });

    it.runIf(way === existingWay)('does not deliver them under another session name than was asked for', async () => {
      const { host } = await ask({ roleSessionName: 'another' });
      expect(host.delivered.join()).toContain('assumed-role/deploy/another');
    });

    const wanted = way.title.startsWith('the role') ? chain.first : role;
    it.runIf(way !== existingWay).each([
      ['another role', { arn: `arn:aws:sts::${wanted.split(':')[4]}:assumed-role/admin/job` }],
      ['another account', { arn: 'arn:aws:sts::111122223333:assumed-role/deploy/job' }],
      ['another session name', { arn: sessionOf(wanted, 'somebody') }],
      ['the past', { expiresAt: Date.now() - 1_000 }],
      ['more than was asked for', { expiresAt: Date.now() + 36 * 3_600_000 }],
      ['no credentials', { key: 'ASIA\ncredential_process = x' }],
    ])('delivers nothing where STS gives %s', async (_what, given) => {
      const action = way.hasIdToken ? 'AssumeRoleWithWebIdentity' : 'AssumeRole';
      await using sts = await answering(stsAnswer(action, wanted, given));
      const ran = await ask({ stsEndpoint: sts.url, roleSessionName: 'job' });
      expectNothing(ran);
      expect(ran.host.error?.code).toMatch(/^(EXCHANGE_REJECTED|ANSWER_MALFORMED)$/);
      expect(sts.asked).toHaveLength(1);
    });
  },
);

function sessionOf(arn: string, name: string): string {
  return `arn:aws:sts::${arn.split(':')[4]}:assumed-role/${arn.split('/').at(-1)}/${name}`;
}

function stsAnswer(
  action: string,
  wanted: string,
  {
    arn = sessionOf(wanted, 'job'),
    expiresAt = Date.now() + 900_000,
    key = 'ASIAEXAMPLE',
  }: { arn?: string; expiresAt?: number; key?: string },
): Answer {
  const body =
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>` +
    `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>` +
    `<Expiration>${new Date(expiresAt).toISOString()}</Expiration></Credentials><AssumedRoleUser><Arn>${arn}</Arn>` +
    `<AssumedRoleId>AROA:job</AssumedRoleId></AssumedRoleUser></${action}Result></${action}Response>`;
  return { body };
}
