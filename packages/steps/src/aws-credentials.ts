import { type AdmittedCredentials, assumeRolePath, type RolePathRequest } from '@fedbridge/aws';
import type { ProfileName } from '@fedbridge/aws/profiles';
import { FedbridgeError } from '@fedbridge/core';
import { reuseWhileFresh } from '@fedbridge/identity';
import { awsAudience } from '@fedbridge/issuers';
import { defineStep, type Host, type Outcome, type StepContext } from '@fedbridge/step';
import { accountIdsIn, failingWithoutAccounts, withoutAccounts } from './aws/account-ids.ts';
import { acquireAll, requestsFor } from './aws/acquire.ts';
import { deliver } from './aws/deliver.ts';
import { formerAwsInputs } from './aws/former-inputs.ts';
import { awsInputs } from './aws/inputs.ts';
import { wantedRoles } from './aws/wanted-roles.ts';

/** The step that assumes AWS roles. */
export const awsCredentials = defineStep({
  name: 'aws-credentials',
  task: { name: 'FedbridgeAwsCredentials', id: 'f9b1b0a2-5f0e-4c0c-9a53-6f1f0f3c7d11' },
  title: 'Fedbridge AWS credentials',
  description: 'Assume AWS roles with the ID token of this job. No stored secret.',
  serviceConnection: 'optional',
  inputs: awsInputs,
  formerInputs: formerAwsInputs,
  outputs: {
    awsAccountId: {
      description: 'The account of the assumed role. Of a named role: {<name>:awsAccountId}, and so on.',
    },
    awsExpiration: { description: 'When the credentials expire, ISO 8601 in UTC.' },
    authenticatedArn: { description: 'The ARN of the role session.' },
    awsAccessKeyId: { description: 'The access key id, with {outputCredentials}.' },
    awsSecretAccessKey: { description: 'The secret access key, with {outputCredentials}.' },
    awsSessionToken: { description: 'The session token, with {outputCredentials}.' },
  },
  hidden: (input) =>
    /^true$/i.test(input('maskAwsAccountId').trim())
      ? Object.keys(awsInputs).flatMap((name) => accountIdsIn(input(name)))
      : [],
  run(context) {
    if (!context.inputs.maskAwsAccountId) return give(context);
    // All of it shows no account: neither that of a connection, nor one that AWS or this machine names.
    const outbound = withoutAccounts(context.outbound);
    return failingWithoutAccounts(outbound, () => give({ ...context, outbound }));
  },
  cleanUp: async () => (await import('./aws/clean-up.ts')).cleanUpAwsCredentials,
});

/** Acquires all, and only then delivers. @throws FedbridgeError of any code */
async function give(context: StepContext<typeof awsInputs>): Promise<Outcome> {
  const { host, inputs, identity, outbound } = context;
  const { wanted, region } = wantedRoles(host, inputs, identity.isAwsCredentials);
  if (inputs.maskAwsAccountId) {
    for (const { accountId } of wanted.flatMap(({ path }) => path)) outbound.mask(accountId);
  }
  const pass = inputs.useExistingCredentials
    ? identity.withoutIdToken('Existing credentials are taken as they are')
    : undefined;
  if (inputs.awsProfile !== undefined) {
    const { refuseUnwritableProfiles } = await import('./aws/profiles.ts');
    await refuseUnwritableProfiles(host, inputs);
  }
  const audience = inputs.audience ?? (identity.audience === 'chosen' ? awsAudience(region.partition.name) : undefined);
  const own = await ownStart(context);
  const start = own ?? reuseWhileFresh(identity, audience, outbound.system);
  const requests = requestsFor(host, inputs, { wanted, region });
  const acquire = async (request: RolePathRequest, index: number) => {
    if (pass !== undefined && wanted[index]?.name === undefined) {
      const { existingCredentials } = await import('@fedbridge/aws/existing-credentials');
      const existing = await existingCredentials({ request, sessionName: inputs.roleSessionName, pass }, outbound);
      if (existing) return existing;
    }
    const assumed = assumeRolePath(request, start, outbound);
    return wanted[index]?.name === undefined ? assumed : assumed.catch(ofNamedRole);
  };
  const all = await acquireAll(requests.map(acquire), outbound);
  const acquired = requests.map((request, index) => ({
    name: wanted[index]?.name,
    request,
    credentials: all[index] as AdmittedCredentials,
  }));
  const { keepAwsFresh } = inputs.keepFresh ? await import('./aws/keep-fresh.ts') : {};
  const kept = await keepAwsFresh?.(context, inputs, { audience, own: own?.own }, acquired);
  const exported = await deliver(
    host,
    {
      acquired,
      region: region.name,
      inEnvironment: inputs.outputEnvCredentials,
      profile: inputs.awsProfile,
      asSecretVariables: inputs.exportCredentials,
      unsetCurrent: inputs.unsetCurrentCredentials,
      kept,
    },
    inputs.overwriteAwsProfile,
  );
  const outputs = acquired.flatMap(({ name, credentials }) =>
    publish(host, credentials, inputs.outputCredentials, name),
  );
  const keptFresh = inputs.keepFresh;
  return {
    identities: all.map(({ role, expiresAt, presented }) => ({ who: role.arn, expiresAt, presented, keptFresh })),
    exported: [...exported, ...outputs],
  };
}

/** What to do about one of several roles names the input that has it. @throws FedbridgeError as it came */
function ofNamedRole(error: unknown): never {
  if (!(error instanceof FedbridgeError)) throw error;
  throw error.with({ hint: error.detail.hint?.replaceAll('{roleToAssume}', '{roles}') });
}

/** AWS credentials that assume the role, where the identity is those. @throws FedbridgeError `INPUT_INVALID` */
async function ownStart({ host, inputs, identity, outbound }: StepContext<typeof awsInputs>) {
  if (!identity.isAwsCredentials) return undefined;
  const pass = identity.withoutIdToken('AWS credentials assume the role');
  const { ownCredentials } = await import('@fedbridge/aws/own-credentials');
  const own = await ownCredentials(host.system.environment, outbound);
  if (own.from !== 'job' || !inputs.keepFresh) return { own, pass };
  throw new FedbridgeError(
    'INPUT_INVALID',
    `Input "${host.inputName('keepFresh')}" is true, and the credentials that the job has cannot be renewed.`,
    { hint: 'Those of a container or of an instance can: unset AWS_ACCESS_KEY_ID and AWS_PROFILE to use them.' },
  );
}

/** Sets the outputs. @returns those with credentials, as the user calls them */
function publish(
  host: Host,
  credentials: AdmittedCredentials,
  withSecrets: boolean,
  of?: ProfileName,
): readonly string[] {
  const { arn, accountId } = credentials.role;
  host.setOutput('awsAccountId', accountId, of);
  host.setOutput('authenticatedArn', arn, of);
  if (credentials.expiresAt !== undefined) {
    host.setOutput('awsExpiration', new Date(credentials.expiresAt).toISOString(), of);
  }
  if (!withSecrets) return [];
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  const secrets = { awsAccessKeyId: accessKeyId, awsSecretAccessKey: secretAccessKey, awsSessionToken: sessionToken };
  return Object.entries(secrets).map(([name, value]) => {
    host.setSecretOutput(name, value, of);
    return `output ${host.outputName(name, of)}`;
  });
}
