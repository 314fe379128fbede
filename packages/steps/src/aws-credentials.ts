import {
  type AwsCredentials,
  assumeChainedRole,
  assumeRoleWithWebIdentity,
  defaultSessionName,
  parseAccountIds,
  parseExternalId,
  parsePolicyArns,
  parseRegion,
  parseRoleArn,
  parseRoleArns,
  parseSessionName,
  parseSessionPolicy,
  parseSessionTags,
  regionalStsEndpoint,
  renderProfile,
  untilPlain,
} from '@fedbridge/aws';
import {
  defineStep,
  exportVariables,
  type Host,
  parseEndpoint,
  parseLines,
  reuseWhileFresh,
  writeSecretFiles,
} from '@fedbridge/core';
import { rolePath } from './aws/role-path.ts';
import { sessionTags } from './aws/tags.ts';
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
    roleChain: {
      type: 'text',
      label: 'Role chain',
      multiline: true,
      parse: parseRoleArns,
      description:
        'Roles to assume one after another after the first, an ARN a line. The credentials of the last are delivered. ' +
        'AWS gives a chained role one hour at most.',
    },
    roleExternalId: {
      type: 'text',
      label: 'External id',
      parse: parseExternalId,
      description: 'The external id that the roles of role-chain ask for.',
    },
    customTags: {
      type: 'text',
      label: 'Session tags',
      multiline: true,
      parse: parseSessionTags,
      description:
        'Tags for the sessions of role-chain, "key = value" a line or a JSON object, beside the default ones: ' +
        'repository, workflow or pipeline, run, actor, commit and branch.',
    },
    roleSkipSessionTagging: {
      type: 'boolean',
      label: 'No default tags',
      default: false,
      description: 'Leave the default tags out, for roles whose trust policy does not allow sts:TagSession.',
    },
    transitiveTagKeys: {
      type: 'text',
      label: 'Transitive tag keys',
      multiline: true,
      parse: parseLines,
      description: 'Keys of tags that go on along role-chain, a line each.',
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
    const path = rolePath(host, inputs);
    if (inputs.maskAwsAccountId) for (const { accountId } of path) host.mask(accountId);
    const { tags, transitive } = sessionTags(host, inputs);

    const region = inputs.awsRegion;
    const audience = inputs.audience ?? (source.audience === 'chosen' ? region.partition.audience : undefined);
    const place = {
      endpoint: inputs.stsEndpoint ?? parseEndpoint(regionalStsEndpoint(region), 'the STS endpoint'),
      region: region.name,
      sessionName: inputs.roleSessionName ?? defaultSessionName(host.job),
    };
    const narrowed = {
      durationSeconds: inputs.roleDurationSeconds,
      inlinePolicy: inputs.inlineSessionPolicy,
      managedPolicies: inputs.managedSessionPolicies,
    };
    const idToken = reuseWhileFresh(source, audience, outbound.system);
    const [first, ...chain] = path;
    const acquire = async () => {
      // Only the last session is narrowed: the ones before it must still assume the next.
      const own = chain.length === 0 ? narrowed : {};
      let credentials = await assumeRoleWithWebIdentity({ ...place, role: first, ...own }, idToken, outbound);
      for (const [index, role] of chain.entries()) {
        const request = {
          ...place,
          role,
          ...(index === chain.length - 1 ? narrowed : {}),
          externalId: inputs.roleExternalId,
          // Tags that go on by themselves must not be set again.
          tags: index === 0 ? tags : tags.filter(({ key }) => !transitive.includes(key)),
          transitiveTagKeys: index === 0 ? transitive : [],
        };
        credentials = await assumeChainedRole(request, credentials, outbound);
      }
      return credentials;
    };
    const credentials = await (inputs.specialCharactersWorkaround ? untilPlain(acquire, outbound) : acquire());
    if (inputs.outputEnvCredentials) await deliver(host, credentials, region.name);
    publish(host, credentials, inputs.outputCredentials);
    tellIdentity(host, credentials.role.arn, credentials.expiresAt, credentials.presented);
  },
});

async function deliver(host: Host, credentials: AwsCredentials, region: string): Promise<void> {
  if (host.secretVariablesReachScripts) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
    exportVariables(host, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_DEFAULT_REGION: region,
      AWS_REGION: region,
    });
  } else {
    const paths = await writeSecretFiles(host, { ...renderProfile(profile, credentials, region) });
    exportVariables(host, {
      AWS_PROFILE: profile,
      AWS_SHARED_CREDENTIALS_FILE: paths.credentials,
      AWS_CONFIG_FILE: paths.config,
      AWS_REGION: region,
    });
  }
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
