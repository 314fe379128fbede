import type { FormerInput, FormerInputs } from '@fedbridge/step';

const keys: FormerInput = {
  is: 'a secret',
  instead: (shown) =>
    `Remove it, and name the role in "${shown('roleToAssume')}": the job's ID token is enough. To go on from one role to another, name ` +
    `the others in "${shown('roleChain')}".`,
};

const script: FormerInput = {
  is: 'something else',
  instead: () => 'This step runs no script: put it in a step after this one, which finds the credentials.',
};

/** Source: action.yml of aws-actions/configure-aws-credentials v6; task.json of the tasks of the AWS Toolkit for Azure DevOps. */
export const formerAwsInputs: FormerInputs = {
  awsAccessKeyId: keys,
  awsSecretAccessKey: keys,
  awsSessionToken: keys,
  roleChaining: {
    is: 'an identity',
    instead: (shown) =>
      `Name all roles in one step: the first in "${shown('roleToAssume')}", the others in "${shown('roleChain')}".`,
  },
  webIdentityTokenFile: {
    is: 'an identity',
    instead: (shown) =>
      `Set "${shown('identity')}" to kubernetes, which takes the file that AWS_WEB_IDENTITY_TOKEN_FILE names.`,
  },
  awsCredentials: {
    is: 'an identity',
    instead: (shown, { hasServiceConnections }) =>
      hasServiceConnections
        ? `Name the role in "${shown('roleToAssume')}", or a service connection of type "AWS role (Fedbridge)" in "${shown('awsConnection')}".`
        : `Name the role in "${shown('roleToAssume')}".`,
  },
  forceSkipOidc: {
    is: 'an identity',
    instead: (shown) =>
      `To assume the role with the AWS credentials of the machine, set "${shown('identity')}" to aws.`,
  },
  awsCommand: script,
  inlineScript: script,
  filePath: script,
  regionName: { is: 'something else', instead: (shown) => `The region is input "${shown('awsRegion')}".` },
};
