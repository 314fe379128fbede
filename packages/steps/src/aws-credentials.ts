import {
  type AwsCredentials,
  assumeRoleUntilPlain,
  assumeRoleWithWebIdentity,
  defaultSessionName,
  parseAccountIds,
  parsePolicyArns,
  parseRegion,
  parseRoleArn,
  parseSessionName,
  parseSessionPolicy,
  type Region,
  type RoleArn,
  regionalStsEndpoint,
  renderProfile,
} from '@fedbridge/aws';
import {
  defineStep,
  FedbridgeError,
  type Host,
  parseEndpoint,
  reuseWhileFresh,
  writeSecretFiles,
} from '@fedbridge/core';
import { audienceInput } from './shared-inputs.ts';
import { tellIdentity } from './tell.ts';

/** The profile that later scripts of an Azure Pipelines job find credentials under. */
const profile = 'fedbridge';

export const awsCredentials = defineStep({
  name: 'aws-credentials',
  task: { name: 'FedbridgeAwsCredentials', id: 'f9b1b0a2-5f0e-4c0c-9a53-6f1f0f3c7d11' },
  title: 'Fedbridge AWS credentials',
  description: 'Assume an AWS role with the ID token of this job. No stored secret.',
  serviceConnection: 'optional',
  inputs: {
    roleToAssume: {
      type: 'text',
      label: 'Role to assume',
      required: true,
      parse: parseRoleArn,
      description: 'The ARN of the IAM role to assume, for example arn:aws:iam::123456789012:role/deploy.',
    },
    awsRegion: {
      type: 'text',
      label: 'AWS region',
      required: true,
      parse: parseRegion,
      description: 'The region whose STS is asked and which later steps use, for example eu-central-1.',
    },
    roleSessionName: {
      type: 'text',
      label: 'Role session name',
      parse: parseSessionName,
      description:
        'The name of the role session, as CloudTrail shows it: 2 to 64 letters, digits or any of _+=,.@-. ' +
        'By default it says who ran it: platform, repository or project, run id.',
    },
    roleDurationSeconds: {
      type: 'integer',
      label: 'Session duration in seconds',
      minimum: 900,
      maximum: 43_200,
      description:
        "How long the credentials live, in seconds: 900 up to the role's own maximum. Without it, AWS gives one hour.",
    },
    audience: audienceInput('sts.amazonaws.com (sts.amazonaws.com.cn in China)'),
    stsEndpoint: {
      type: 'text',
      label: 'STS endpoint',
      parse: (text: string) => parseEndpoint(text, 'the STS endpoint'),
      description: 'Another address for STS, for example that of a VPC endpoint. HTTPS; http:// on loopback alone.',
    },
    inlineSessionPolicy: {
      type: 'text',
      label: 'Inline session policy',
      multiline: true,
      parse: parseSessionPolicy,
      description:
        'An IAM policy as JSON, at most 2,048 characters: the session may do only what this and the role both allow.',
    },
    managedSessionPolicies: {
      type: 'text',
      label: 'Managed session policies',
      multiline: true,
      parse: parsePolicyArns,
      description:
        'ARNs of at most ten managed policies, a line each, for example arn:aws:iam::aws:policy/ReadOnlyAccess: the ' +
        'session may do only what these and the role both allow.',
    },
    allowedAccountIds: {
      type: 'text',
      label: 'Allowed account ids',
      parse: parseAccountIds,
      description:
        'Accounts whose credentials may be delivered, twelve digits each, separated by commas. A role of any other ' +
        'account is refused before a request is made.',
    },
    maskAwsAccountId: {
      type: 'boolean',
      label: 'Mask the account id',
      default: false,
      description: 'Hide the account id in the log. GitHub then also drops outputs of the job that hold it.',
    },
    specialCharactersWorkaround: {
      type: 'boolean',
      label: 'Secrets of letters and digits alone',
      default: false,
      description:
        'Ask for credentials until the secret access key has letters and digits alone, for tools that cannot take others.',
    },
    outputCredentials: {
      type: 'boolean',
      label: 'Credentials as outputs',
      default: false,
      description: 'Also give the credentials as (secret) outputs of this step.',
    },
    outputEnvCredentials: {
      type: 'boolean',
      label: 'Credentials for later steps',
      default: true,
      description:
        'Give the credentials to the later steps of this job: by environment variables on GitHub, by a profile in a ' +
        'file that only the agent can read on Azure Pipelines.',
    },
  },
  outputs: {
    awsAccountId: { description: 'The account of the assumed role.' },
    awsExpiration: { description: 'When the credentials end, ISO 8601 in UTC.' },
    authenticatedArn: { description: 'The ARN of the role session.' },
    awsAccessKeyId: { description: 'The access key id, with output-credentials.' },
    awsSecretAccessKey: { description: 'The secret access key, with output-credentials.' },
    awsSessionToken: { description: 'The session token, with output-credentials.' },
  },
  async run({ host, inputs, outbound, source }) {
    const region = inputs.awsRegion;
    const role = inputs.roleToAssume;
    if (inputs.maskAwsAccountId) host.mask(role.accountId);
    checkRole(host, role, region, inputs.allowedAccountIds);
    const audience = inputs.audience ?? (source.audience === 'chosen' ? region.partition.audience : undefined);
    const idToken = reuseWhileFresh(source, audience, outbound.system);
    const assume = inputs.specialCharactersWorkaround ? assumeRoleUntilPlain : assumeRoleWithWebIdentity;
    const credentials = await assume(
      {
        endpoint: inputs.stsEndpoint ?? parseEndpoint(regionalStsEndpoint(region), 'the STS endpoint'),
        region: region.name,
        role,
        sessionName: inputs.roleSessionName ?? defaultSessionName(host.job),
        durationSeconds: inputs.roleDurationSeconds,
        inlinePolicy: inputs.inlineSessionPolicy,
        managedPolicies: inputs.managedSessionPolicies,
      },
      idToken,
      outbound,
    );
    if (inputs.outputEnvCredentials) await deliver(host, credentials, region.name);
    publish(host, credentials, inputs.outputCredentials);
    tellIdentity(host, credentials.role.arn, credentials.expiresAt, credentials.presented);
  },
});

/** What is wrong with a role whatever its cloud would say. @throws FedbridgeError `INPUT_INVALID` */
function checkRole(host: Host, role: RoleArn, region: Region, allowed: ReadonlySet<string> | undefined): void {
  const shown = host.inputName('roleToAssume');
  if (role.partition !== region.partition.name) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      `Input "${shown}" is in partition ${role.partition}, and ${region.name} is in ${region.partition.name}.`,
      { hint: 'Name a region of the partition that the role is in.' },
    );
  }
  if (allowed && !allowed.has(role.accountId)) {
    throw new FedbridgeError(
      'INPUT_INVALID',
      `Input "${shown}" is in account ${role.accountId}, which "${host.inputName('allowedAccountIds')}" does not list.`,
    );
  }
}

async function deliver(host: Host, credentials: AwsCredentials, region: string): Promise<void> {
  if (host.secretVariablesReachScripts) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
    host.exportVariable('AWS_ACCESS_KEY_ID', accessKeyId);
    host.exportVariable('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    host.exportVariable('AWS_SESSION_TOKEN', sessionToken);
    host.exportVariable('AWS_DEFAULT_REGION', region);
  } else {
    const files = renderProfile(profile, credentials, region);
    const paths = await writeSecretFiles(host, { ...files });
    host.exportVariable('AWS_PROFILE', profile);
    host.exportVariable('AWS_SHARED_CREDENTIALS_FILE', paths.credentials);
    host.exportVariable('AWS_CONFIG_FILE', paths.config);
  }
  host.exportVariable('AWS_REGION', region);
}

function publish(host: Host, credentials: AwsCredentials, withSecrets: boolean): void {
  const { arn, accountId } = credentials.role;
  host.setOutput('awsAccountId', accountId);
  host.setOutput('authenticatedArn', arn);
  host.setOutput('awsExpiration', new Date(credentials.expiresAt).toISOString());
  if (!withSecrets) return;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  host.setSecretOutput('awsAccessKeyId', accessKeyId);
  host.setSecretOutput('awsSecretAccessKey', secretAccessKey);
  host.setSecretOutput('awsSessionToken', sessionToken);
}
