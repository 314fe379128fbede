import type { Region } from '@fedbridge/aws';
import type { JobNames } from '@fedbridge/trust';
import type { Command } from 'commander';
import { withJobNames } from '../trust/job-options.ts';

/** Where jobs run, by how a command line names them, and the option that names the repository or project. */
export const platformKinds = { github: 'github', 'azure-pipelines': 'azurePipelines', gitlab: 'gitlab' } as const;

/** One of them. */
export type Platform = keyof typeof platformKinds;

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
  readonly platform?: Platform;
  readonly cloud?: string;
  readonly file?: string;
  readonly force?: boolean;
  readonly planOnly?: boolean;
  readonly terraform?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Options that name the jobs, as `fedbridge trust` has them; a job of a reusable workflow has its steps there. */
export function withJobs(command: Command): Command {
  return withJobNames(command, Object.values(platformKinds), ['workflow']);
}
