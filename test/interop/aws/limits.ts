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

const isOfDebian = (client: string) => client.includes('Debian 12');
const isBotocore = (client: string) => client.startsWith('AWS CLI, version 1') || client.startsWith('boto3');

/** Where nothing is in the way of a container's credentials, so that the step needs no profile. */
const plainEnough = [
  'a plain machine',
  'a pod with a role of its own (IRSA)',
  'no HOME (but `aws-profile` is for its files)',
  'keys of an earlier step',
  'keys under the names of old tools',
];

/** The notes of `docs/interop.md`, in its order. A cell that one is about must fail, so that no note outlives its reason. */
export const limits: readonly Limit[] = [
  {
    note:
      'Where the machine has `AWS_DEFAULT_PROFILE`, the AWS CLI 1 and boto3 prefer it to `AWS_PROFILE`. A script that chooses a ' +
      'role sets both, or uses `--profile`. The step says so.',
    applies: ({ client, machine, role }) =>
      isBotocore(client) && role === 'plan' && ['AWS_DEFAULT_PROFILE', 'all of these at once'].includes(machine),
  },
  {
    note:
      'In Azure Pipelines clients from before the end of 2023 have no way to say who they are to the server that keeps ' +
      'credentials fresh: give the step `awsProfile`. The error that they get says so.',
    says: /name a profile in the step \((aws-profile|awsProfile)\)/,
    applies: ({ client, platform, delivery, machine }) =>
      isOfDebian(client) &&
      platform === 'Azure Pipelines' &&
      delivery === '`keep-fresh`' &&
      plainEnough.includes(machine),
  },
  {
    note:
      "The AWS SDK for Java v2 reads no file in which a line has `key: value`; `aws-profile` is for the user's own files, and " +
      'leaves such a line. Write `key = value`.',
    applies: ({ client, delivery, machine }) =>
      client === 'AWS SDK for Java v2' &&
      delivery.startsWith('`aws-profile`') &&
      machine.includes('capitals and colons'),
  },
];
