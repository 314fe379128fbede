import type { Region } from '@fedbridge/aws';
import { jobFiles } from '@fedbridge/platforms';
import type { JobNames } from '@fedbridge/trust';
import type { Command } from 'commander';
import { withJobNames } from '../trust/job-options.ts';

/** What the AWS side is told. */
interface AwsOptions {
  /** Twelve digits. */
  readonly account?: string;
  readonly role?: string;
  readonly policyArn?: readonly string[];
  readonly awsRegion?: Region;
  /** Of the AWS CLI. */
  readonly profile?: string;
}

/** What the Azure side is told. */
interface AzureOptions {
  /** GUIDs. */
  readonly tenantId?: string;
  readonly subscriptionId?: string;
  /** A client id. */
  readonly application?: string;
  readonly displayName?: string;
  readonly roleAssignment?: readonly WantedRole[];
  readonly serviceConnection?: string;
}

/** A role that was asked for. */
export interface WantedRole {
  /** Its name, or its GUID. */
  readonly role: string;
  /** `/subscriptions/…` */
  readonly scope: string;
}

/** All that `fedbridge init` is told. */
export interface InitOptions extends JobNames, AwsOptions, AzureOptions {
  /** As users write it. */
  readonly platform?: string;
  readonly cloud?: string;
  readonly file?: string;
  readonly force?: boolean;
  readonly planOnly?: boolean;
  readonly terraform?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What names jobs of the platforms: the option for the repository or project. */
export const kinds = jobFiles.map(({ kind }) => kind);

/** Options that name the jobs, as `fedbridge trust` has them; a job of a reusable workflow has its steps there. */
export function withJobs(command: Command): Command {
  return withJobNames(command, kinds, ['workflow']);
}
