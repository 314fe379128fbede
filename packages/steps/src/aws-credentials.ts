import { type AdmittedCredentials, assumeRolePath, existingCredentials, type RolePathRequest } from '@fedbridge/aws';
import type { ProfileName } from '@fedbridge/aws/profiles';
import { reuseWhileFresh } from '@fedbridge/identity';
import { defineStep, type Host } from '@fedbridge/step';
import { acquireAll, requestsFor } from './aws/acquire.ts';
import { cleanUpAwsCredentials } from './aws/clean-up.ts';
import { deliver } from './aws/deliver.ts';
import { formerAwsInputs } from './aws/former-inputs.ts';
import { awsInputs } from './aws/inputs.ts';
import { keepAwsFresh } from './aws/keep-fresh.ts';
import { refuseUnwritableProfiles } from './aws/profiles.ts';
import { wantedRoles } from './aws/wanted.ts';

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
  async run(context) {
    const { host, inputs, outbound, identity } = context;
    const { wanted, region } = wantedRoles(host, inputs);
    if (inputs.maskAwsAccountId) {
      for (const { accountId } of wanted.flatMap(({ path }) => path)) outbound.mask(accountId);
    }
    const pass = inputs.useExistingCredentials
      ? identity.withoutIdToken('Existing credentials are taken as they are')
      : undefined;
    await refuseUnwritableProfiles(host, inputs);
    const audience = inputs.audience ?? (identity.audience === 'chosen' ? region.partition.audience : undefined);
    const idToken = reuseWhileFresh(identity, audience, outbound.system);
    const requests = requestsFor(host, inputs, { wanted, region });
    const acquire = async (request: RolePathRequest, index: number) => {
      const keeps = pass !== undefined && wanted[index]?.name === undefined;
      const sessionName = inputs.roleSessionName;
      const existing = keeps ? await existingCredentials({ request, sessionName, pass }, outbound) : undefined;
      return existing ?? assumeRolePath(request, idToken, outbound);
    };
    const all = await acquireAll(requests.map(acquire), outbound);
    const acquired = requests.map((request, index) => ({
      name: wanted[index]?.name,
      request,
      credentials: all[index] as AdmittedCredentials,
    }));
    const kept = inputs.keepFresh ? await keepAwsFresh(context, inputs, audience, acquired) : undefined;
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
    for (const { name, credentials } of acquired) publish(host, credentials, inputs.outputCredentials, name);
    return {
      identities: all.map(({ role, expiresAt, presented }) => ({
        who: role.arn,
        expiresAt,
        presented,
        keptFresh: inputs.keepFresh,
      })),
      exported,
    };
  },
  cleanUp: cleanUpAwsCredentials,
});

function publish(host: Host, credentials: AdmittedCredentials, withSecrets: boolean, of?: ProfileName): void {
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
