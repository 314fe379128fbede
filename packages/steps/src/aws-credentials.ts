import { type AwsCredentials, defaultSessionName, existingCredentials, regionalStsEndpoint } from '@fedbridge/aws';
import type { ProfileName } from '@fedbridge/aws/profiles';
import { defineStep, type Host, parseEndpoint, reuseWhileFresh } from '@fedbridge/core';
import { type Acquisition, acquire, acquireAll } from './aws/acquire.ts';
import { deliver } from './aws/deliver.ts';
import { awsInputs } from './aws/inputs.ts';
import { refuseTakenProfiles, removeDeliveredProfiles } from './aws/profiles.ts';
import { sessionTags } from './aws/tags.ts';
import { type WantedRole, wantedRoles } from './aws/wanted.ts';

export const awsCredentials = defineStep({
  name: 'aws-credentials',
  task: { name: 'FedbridgeAwsCredentials', id: 'f9b1b0a2-5f0e-4c0c-9a53-6f1f0f3c7d11' },
  title: 'Fedbridge AWS credentials',
  description: 'Assume AWS roles with the ID token of this job. No stored secret.',
  serviceConnection: 'optional',
  inputs: awsInputs,
  outputs: {
    awsAccountId: {
      description: 'The account of the assumed role. Of a named role: <name>-aws-account-id, and so on.',
    },
    awsExpiration: { description: 'When the credentials end, ISO 8601 in UTC.' },
    authenticatedArn: { description: 'The ARN of the role session.' },
    awsAccessKeyId: { description: 'The access key id, with output-credentials.' },
    awsSecretAccessKey: { description: 'The secret access key, with output-credentials.' },
    awsSessionToken: { description: 'The session token, with output-credentials.' },
  },
  async run({ host, inputs, outbound, source }) {
    const { wanted, region } = wantedRoles(host, inputs);
    if (inputs.maskAwsAccountId) {
      for (const { accountId } of wanted.flatMap(({ path }) => path)) outbound.mask(accountId);
    }
    await refuseTakenProfiles(host, inputs);
    const audience = inputs.audience ?? (source.audience === 'chosen' ? region.partition.audience : undefined);
    const acquisition: Acquisition = {
      endpoint: inputs.stsEndpoint ?? parseEndpoint(regionalStsEndpoint(region), 'the STS endpoint'),
      region: region.name,
      sessionName: inputs.roleSessionName ?? defaultSessionName(host.job),
      inputs,
      tags: sessionTags(host, inputs),
      idToken: reuseWhileFresh(source, audience, outbound.system),
      outbound,
    };
    const one = async (role: WantedRole) => {
      const existing =
        inputs.useExistingCredentials && role.name === undefined
          ? await existingCredentials(role.path.at(-1) ?? role.path[0], acquisition, outbound)
          : undefined;
      return existing ?? acquire(role, acquisition);
    };
    const all = await acquireAll(wanted, one, outbound);
    const acquired = all.map((credentials, index) => ({ name: wanted[index]?.name, credentials }));
    const exported = await deliver(host, acquired, inputs, region.name);
    for (const { name, credentials } of acquired) publish(host, credentials, inputs.outputCredentials, name);
    return {
      identities: all.map(({ role, expiresAt, presented }) => ({ who: role.arn, expiresAt, presented })),
      exported,
    };
  },
  cleanUp: removeDeliveredProfiles,
});

function publish(host: Host, credentials: AwsCredentials, withSecrets: boolean, of?: ProfileName): void {
  const { arn, accountId } = credentials.role;
  host.setOutput('awsAccountId', accountId, of);
  host.setOutput('authenticatedArn', arn, of);
  if (credentials.expiresAt !== undefined) {
    host.setOutput('awsExpiration', new Date(credentials.expiresAt).toISOString(), of);
  }
  if (!withSecrets) return;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  host.setSecretOutput('awsAccessKeyId', accessKeyId, of);
  host.setSecretOutput('awsSecretAccessKey', secretAccessKey, of);
  host.setSecretOutput('awsSessionToken', sessionToken, of);
}
