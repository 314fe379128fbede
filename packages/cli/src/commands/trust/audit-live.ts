import type { TextFile } from '@fedbridge/trust-files';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../../command-line.ts';
import { awsExports, azureExports } from '../../live/exports.ts';
import { usage } from './usage.ts';

const clouds = ['aws', 'azure'] as const;
type Cloud = (typeof clouds)[number];

/** Of which clouds, and what of them, the tools of this machine are asked; without `live` of none. */
export interface LiveOptions {
  readonly live?: readonly Cloud[];
  readonly profile?: readonly string[];
  readonly region?: string;
  readonly organization?: boolean;
  readonly subscription?: readonly string[];
}

/** The options that say what the tools of this machine are asked for. */
export function withLive(command: Command): Command {
  return command
    .option(
      '--live <cloud>',
      `ask "aws" or "az", signed in as they are, for what is audited; ${clouds.join(' or ')}, again for both`,
      (text: string, before: readonly Cloud[] = []) => {
        const cloud = clouds.find((one) => one === text);
        if (!cloud) throw new InvalidArgumentError(`it is ${clouds.join(' or ')}.`);
        return [...before, cloud];
      },
    )
    .option('--profile <name>', 'with --live aws: a profile of the AWS CLI; again for each account', collected)
    .option('--region <region>', 'with --live aws: the region whose partition is asked')
    .option('--organization', 'with --live aws: ask for the accounts of the organization too, which are ours')
    .option('--subscription <name>', 'with --live azure: a subscription; again for each', collected);
}

const collected = (text: string, before: readonly string[] = []) => [...before, text];

/** @throws FedbridgeError `INPUT_INVALID` for an option of a tool that is not to be asked */
export function checkLive({ live = [], profile, region, organization, subscription }: LiveOptions): void {
  const given = { profile, region, organization, subscription };
  for (const [name, value] of Object.entries(given)) {
    const cloud = name === 'subscription' ? 'azure' : 'aws';
    if (value !== undefined && !live.includes(cloud)) throw usage(`--${name} goes with --live ${cloud}.`);
  }
}

/** What the tools print, and nothing where none is to be asked. @throws FedbridgeError `UNAVAILABLE` */
export async function* liveFiles(
  { live = [], profile, region, organization = false, subscription }: LiveOptions,
  cli: Cli,
): AsyncGenerator<TextFile> {
  if (live.includes('aws'))
    yield* awsExports({ profiles: profile ?? [undefined], region, withOrganization: organization }, cli);
  if (live.includes('azure')) yield* azureExports({ subscriptions: subscription ?? [undefined] }, cli);
}
