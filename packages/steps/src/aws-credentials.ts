import {
  type AwsCredentials,
  assumeRoleWithWebIdentity,
  defaultSessionName,
  parseRegion,
  parseRoleArn,
  parseSessionName,
  regionalStsEndpoint,
  renderProfile,
} from '@fedbridge/aws';
import { defineStep, type Host, parseEndpoint, reuseWhileFresh, writeSecretFiles } from '@fedbridge/core';
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
    const audience = inputs.audience ?? (source.audience === 'chosen' ? region.partition.audience : undefined);
    const idToken = reuseWhileFresh(source, audience, outbound.system);
    const credentials = await assumeRoleWithWebIdentity(
      {
        endpoint: inputs.stsEndpoint ?? parseEndpoint(regionalStsEndpoint(region), 'the STS endpoint'),
        region: region.name,
        role: inputs.roleToAssume,
        sessionName: inputs.roleSessionName ?? defaultSessionName(host.job),
        durationSeconds: inputs.roleDurationSeconds,
      },
      idToken,
      outbound,
    );
    if (inputs.outputEnvCredentials) await deliver(host, credentials, region.name);
    publish(host, credentials, inputs.outputCredentials);
    tellIdentity(host, credentials.role.arn, credentials.expiresAt, credentials.presented);
  },
});

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
