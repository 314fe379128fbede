import {
  parseAccountIds,
  parseExternalId,
  parsePolicyArns,
  parseRegion,
  parseRoleArn,
  parseRoleArns,
  parseSessionName,
  parseSessionPolicy,
  parseSessionTags,
} from '@fedbridge/aws';
import { parseNamedRoles, parseProfileName } from '@fedbridge/aws/profiles';
import { parseEndpoint, parseLines } from '@fedbridge/core';
import { awsAudience } from '@fedbridge/issuers';
import type { InputDefinition, InputValues } from '@fedbridge/step';
import { audienceInput, keepFreshInputs } from '../shared-inputs.ts';

/** The step's inputs. */
export const awsInputs = {
  awsConnection: {
    type: 'text',
    label: 'AWS connection',
    decides: true,
    only: 'azure-pipelines',
    // As the extension contributes it.
    connection: 'FedbridgeAws',
    description: 'A service connection of type "AWS role (Fedbridge)", which holds a role and a region and no secret.',
  },
  roleToAssume: {
    type: 'text',
    label: 'Role to assume',
    decides: true,
    parse: parseRoleArn,
    description:
      'The ARN of the IAM role to assume, for example arn:aws:iam::123456789012:role/deploy. Needed unless there are {roles}.',
    on: { 'azure-pipelines': 'An AWS connection has one, too.' },
  },
  awsRegion: {
    type: 'text',
    label: 'AWS region',
    decides: true,
    parse: parseRegion,
    description: 'The region whose STS is asked and which later steps use, for example eu-central-1.',
    on: { 'azure-pipelines': 'Needed unless an AWS connection has one.' },
  },
  roles: {
    type: 'text',
    label: 'Named roles',
    group: 'session',
    decides: true,
    multiline: true,
    parse: parseNamedRoles,
    description:
      'Further roles, all assumed at once with one ID token, "name = arn" a line, for example ' +
      '"prod = arn:aws:iam::123456789012:role/deploy". Each becomes a profile of that name, in files of this job that also ' +
      "have the user's own profiles, and with {outputCredentials} outputs that begin with it. {roleToAssume} is a profile " +
      'then too, so that a script which sets AWS_PROFILE to a name has that role.',
  },
  awsProfile: {
    type: 'text',
    label: 'AWS profile',
    group: 'delivery',
    decides: true,
    parse: parseProfileName,
    description:
      'Write the credentials as a profile of this name to the shared files of the AWS CLI and SDKs, and let later steps ' +
      'use it, instead of environment variables or files of this job. It is removed when the job ends.',
  },
  overwriteAwsProfile: {
    type: 'boolean',
    label: 'Overwrite the profile',
    group: 'delivery',
    default: false,
    description: 'With {awsProfile}, replace profiles of the same names. Without it the step fails if there is one.',
  },
  roleSessionName: {
    type: 'text',
    label: 'Role session name',
    group: 'session',
    decides: true,
    parse: parseSessionName,
    description:
      'The name of the role session, as CloudTrail shows it: 2 to 64 letters, digits or any of _+=,.@-. ' +
      'By default it says who ran it: platform, repository or project, run id.',
  },
  roleDurationSeconds: {
    type: 'integer',
    label: 'Session duration in seconds',
    group: 'session',
    guards: true,
    minimum: 900,
    maximum: 43_200,
    description:
      "How long the credentials live, in seconds: 900 up to the role's own maximum. Without it, AWS gives one hour.",
  },
  audience: audienceInput(`${awsAudience('aws')} (${awsAudience('aws-cn')} in China)`),
  stsEndpoint: {
    type: 'text',
    label: 'STS endpoint',
    group: 'endpoints',
    decides: true,
    parse: (text: string) => parseEndpoint(text, 'the STS endpoint'),
    description: 'Another address for STS, for example that of a VPC endpoint. HTTPS; http:// on loopback alone.',
  },
  roleChain: {
    type: 'text',
    label: 'Role chain',
    group: 'session',
    decides: true,
    multiline: true,
    parse: parseRoleArns,
    description:
      'Roles to assume one after another after the first, an ARN a line. The credentials of the last are delivered. ' +
      'AWS gives a chained role one hour at most.',
  },
  roleExternalId: {
    type: 'text',
    label: 'External id',
    group: 'session',
    decides: true,
    parse: parseExternalId,
    description: 'The external id that the roles of {roleChain} ask for.',
  },
  customTags: {
    type: 'text',
    label: 'Session tags',
    group: 'session',
    decides: true,
    multiline: true,
    parse: parseSessionTags,
    description:
      'Tags for the sessions of {roleChain}, "key = value" a line or a JSON object, beside the default ones: ' +
      'repository, workflow or pipeline, run, actor, commit and branch.',
    on: { github: 'And action, event, base and head branch, job and who started it.' },
  },
  roleSkipSessionTagging: {
    type: 'boolean',
    label: 'No default tags',
    group: 'session',
    default: false,
    description: 'Leave the default tags out, for roles whose trust policy does not allow sts:TagSession.',
  },
  transitiveTagKeys: {
    type: 'text',
    label: 'Transitive tag keys',
    group: 'session',
    decides: true,
    multiline: true,
    parse: parseLines,
    description: 'Keys of tags that go on along {roleChain}, a line each.',
  },
  inlineSessionPolicy: {
    type: 'text',
    label: 'Inline session policy',
    group: 'session',
    guards: true,
    multiline: true,
    parse: parseSessionPolicy,
    description:
      'An IAM policy as JSON, at most 2,048 characters: the session may do only what this and the role both allow.',
  },
  managedSessionPolicies: {
    type: 'text',
    label: 'Managed session policies',
    group: 'session',
    guards: true,
    multiline: true,
    parse: parsePolicyArns,
    description:
      'ARNs of at most ten managed policies, a line each, for example arn:aws:iam::aws:policy/ReadOnlyAccess: the ' +
      'session may do only what these and the role both allow.',
  },
  allowedAccountIds: {
    type: 'text',
    label: 'Allowed account ids',
    group: 'checks',
    guards: true,
    parse: parseAccountIds,
    description:
      'Accounts whose credentials may be delivered, twelve digits each, separated by commas. A role of any other ' +
      'account is denied before a request is made.',
  },
  maskAwsAccountId: {
    type: 'boolean',
    label: 'Mask the account id',
    group: 'delivery',
    decides: true,
    default: false,
    description: 'Hide the account id in the log.',
    on: { github: 'GitHub then also drops outputs of the job that hold it.' },
  },
  specialCharactersWorkaround: {
    type: 'boolean',
    label: 'Secrets of letters and digits alone',
    group: 'delivery',
    default: false,
    description:
      'Ask for credentials until the secret access key has letters and digits alone, for tools that cannot take others.',
  },
  outputCredentials: {
    type: 'boolean',
    label: 'Credentials as outputs',
    group: 'delivery',
    default: false,
    description: 'Also give the credentials as (secret) outputs of this step.',
  },
  outputEnvCredentials: {
    type: 'boolean',
    label: 'Credentials for later steps',
    group: 'delivery',
    decides: true,
    default: true,
    description:
      'Give the credentials of {roleToAssume} to the later steps of this job. What the machine has and a tool would take ' +
      'first is emptied until the job ends.',
    on: {
      github:
        'They are environment variables, or a profile in a file of this job where {roles} are given, or AWS_PROFILE with {awsProfile}.',
      'azure-pipelines': 'They are a profile in a file that only the agent can read, or AWS_PROFILE with {awsProfile}.',
    },
  },
  exportCredentials: {
    type: 'boolean',
    label: 'Credentials as secret variables',
    group: 'delivery',
    only: 'azure-pipelines',
    default: false,
    description:
      'Also set the secret variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, which a later step ' +
      'maps into its env.',
  },
  unsetCurrentCredentials: {
    type: 'boolean',
    label: 'Unset current credentials',
    group: 'delivery',
    default: false,
    description:
      'Empty the AWS variables that the job has already (keys, session token, region, container and web identity), so ' +
      'that later steps find nothing but what this step gives.',
  },
  useExistingCredentials: {
    type: 'boolean',
    label: 'Use existing credentials',
    group: 'delivery',
    default: false,
    description:
      'Keep the session credentials that the job has, from an earlier step, if STS still takes them and they are of ' +
      'this very role. One request, and no ID token, instead of two.',
  },
  ...keepFreshInputs,
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** The values of the step's inputs. */
export type AwsInputs = InputValues<typeof awsInputs>;
