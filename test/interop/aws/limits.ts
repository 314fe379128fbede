import type { Journey } from '../../harness/journeys.ts';

/** Where a cell is, by titles. */
interface Place {
  readonly client: string;
  readonly delivery: string;
  readonly platform: Journey['platform'];
  readonly machine: string;
  readonly role: string;
}

/** What a user must know, since nothing that a step does can make it work. */
export interface Limit {
  readonly note: string;
  /** What the client's error says of it, where it does. */
  readonly says?: RegExp;
  applies(place: Place): boolean;
}

const isOldBotocore = (client: string) => /^(AWS CLI|boto3).* of Debian 12/.test(client);
const isBotocore = (client: string) => client.startsWith('AWS CLI, version 1') || client.startsWith('boto3');

const isRuby = (client: string) => client.startsWith('AWS SDK for Ruby');
const isAsyncAws = (client: string) => client.startsWith('AsyncAws');

const pod = 'a pod with a role of its own (IRSA)';
const everything = 'all of these at once';

/** Where the user's own files are not where they usually are. */
const otherFiles = ['$HOME in AWS_SHARED_CREDENTIALS_FILE', '~ in AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE'];

/** Where nothing is in the way of a container's credentials, so that the step needs no profile. */
const plainEnough = [
  'a plain machine',
  'no HOME (but `aws-profile` is for its files)',
  'keys of an earlier step',
  'keys under the names of old tools',
];

/** Whether later steps have keys in their environment. */
const hasKeys = ({ platform, delivery }: Place) =>
  delivery === '`export-credentials`' || (delivery === 'default' && platform === 'GitHub Actions');

/** The notes of `docs/interop.md`, in its order. A cell that one is about must fail, so that no note outlives its reason. */
export const limits: readonly Limit[] = [
  {
    note:
      'Where the machine has `AWS_DEFAULT_PROFILE`, the AWS CLI 1 and boto3 prefer it to `AWS_PROFILE`. A script that chooses a ' +
      'role sets both, or uses `--profile`. The step says so.',
    applies: ({ client, machine, role }) =>
      isBotocore(client) && role === 'plan' && ['AWS_DEFAULT_PROFILE', everything].includes(machine),
  },
  {
    note:
      'In Azure Pipelines clients from before the end of 2023 have no way to say who they are to the server that keeps ' +
      'credentials fresh: give the step `awsProfile`. The error that they get says so.',
    says: /name a profile in the step \((aws-profile|awsProfile)\)/,
    applies: ({ client, platform, delivery, machine }) =>
      isOldBotocore(client) &&
      platform === 'Azure Pipelines' &&
      delivery === '`keep-fresh`' &&
      plainEnough.includes(machine),
  },
  {
    note:
      'The AWS SDKs for Java v2 and for Rust read no file in which a line has `key: value`; `aws-profile` is for the ' +
      "user's own files, and leaves such a line. Write `key = value`.",
    applies: ({ client, delivery, machine }) =>
      ['AWS SDK for Java v2', 'AWS SDK for Rust'].includes(client) &&
      delivery.startsWith('`aws-profile`') &&
      machine.includes('capitals and colons'),
  },
  {
    note:
      'In a pod with a role of its own the AWS SDK for Ruby takes the empty `AWS_WEB_IDENTITY_TOKEN_FILE` for a file before it looks ' +
      'for a profile, and fails: name the profile in code, `Aws::S3::Client.new(profile: ENV["AWS_PROFILE"])`.',
    says: /MissingWebIdentityTokenFile/,
    applies: (place) => isRuby(place.client) && [pod, everything].includes(place.machine) && !hasKeys(place),
  },
  {
    note:
      'The AWS SDK for Ruby of Debian 12 does not know `AWS_CONTAINER_CREDENTIALS_FULL_URI` yet: give the step `aws-profile`. ' +
      'Newer ones do.',
    says: /MissingCredentialsError/,
    applies: ({ client, platform, delivery, machine }) =>
      isRuby(client) &&
      delivery === '`keep-fresh`' &&
      (plainEnough.includes(machine) || (platform === 'GitHub Actions' && machine.includes('at a full URI'))),
  },
  {
    note: 'AsyncAws 1.18 reads neither a container at a full URI nor a `credential_process`: it has no credentials that are kept fresh.',
    says: /MissingAuthenticationToken/,
    applies: ({ client, delivery }) => isAsyncAws(client) && delivery.includes('`keep-fresh`'),
  },
  {
    note:
      'AsyncAws takes `AWS_ROLE_ARN` for a role to assume with the keys of the environment: in a pod with a role of its own, ' +
      'give the step `aws-profile`.',
    says: /MissingAuthenticationToken/,
    applies: ({ client, platform, delivery, machine }) =>
      isAsyncAws(client) && platform === 'GitHub Actions' && delivery === 'default' && machine === pod,
  },
  {
    note:
      's3cmd reads keys of the environment, and those that `AWS_PROFILE` names in `~/.aws/credentials`, and nothing else: give the step ' +
      '`aws-profile` without `keep-fresh`.',
    applies: (place) =>
      place.client === 's3cmd' &&
      !hasKeys(place) &&
      (place.delivery !== '`aws-profile`' || [everything, ...otherFiles].includes(place.machine)),
  },
];
