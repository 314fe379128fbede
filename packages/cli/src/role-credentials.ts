import {
  type AdmittedCredentials,
  assumeRolePath,
  defaultSessionName,
  parseRegion,
  parseRoleArn,
  parseSessionName,
  type Region,
  type RoleArn,
  regionalStsEndpoint,
  type SessionName,
} from '@fedbridge/aws';
import { type Endpoint, type Outbound, parseEndpoint } from '@fedbridge/core';
import { type Identity, reuseWhileFresh } from '@fedbridge/identity';
import { awsAudience } from '@fedbridge/issuers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { IdentityOptions } from './identity-options.ts';
import { refuseOutsideOfJobs } from './job-token.ts';
import { parsed } from './option-values.ts';

/** Which role is assumed, and how, as the options of a command say. */
export interface RoleOptions {
  readonly roleToAssume?: RoleArn;
  readonly awsRegion?: Region;
  readonly roleSessionName?: SessionName;
  readonly roleDurationSeconds?: number;
  readonly stsEndpoint?: Endpoint;
}

/** The role that is assumed, and where. */
type ChosenRole = RoleOptions & Required<Pick<RoleOptions, 'roleToAssume' | 'awsRegion'>>;

/** The options that say which. @param isRequired - whether there is nothing without a role */
export function withRoleOptions(command: Command, isRequired: boolean): Command {
  const all = [
    new Option('--role-to-assume <arn>', 'the role').makeOptionMandatory(isRequired).argParser(parsed(parseRoleArn)),
    new Option('--aws-region <region>', 'the region whose STS is asked')
      .env('AWS_REGION')
      .makeOptionMandatory(isRequired)
      .argParser(parsed(parseRegion)),
    new Option('--role-session-name <name>', 'the name of the session in CloudTrail; the subject without').argParser(
      parsed(parseSessionName),
    ),
    new Option(
      '--role-duration-seconds <seconds>',
      "how long the credentials live, 900 to the role's own maximum; an hour without",
    ).argParser(duration),
    new Option('--sts-endpoint <url>', 'another address for STS').argParser(
      parsed((text) => parseEndpoint(text, 'the STS endpoint')),
    ),
  ];
  for (const option of all) command.addOption(option);
  return command;
}

/** Credentials of the role that the options name. @throws FedbridgeError what assuming a role throws */
export async function roleCredentials(
  options: IdentityOptions & ChosenRole,
  identity: Identity,
  outbound: Outbound,
): Promise<AdmittedCredentials> {
  const { roleToAssume, awsRegion, stsEndpoint, roleDurationSeconds: durationSeconds } = options;
  if (options.identity === 'auto') refuseOutsideOfJobs(identity, options.audience);
  const usual = identity.audience === 'chosen' ? awsAudience(awsRegion.partition.name) : undefined;
  const idToken = reuseWhileFresh(identity, options.audience ?? usual, outbound.system);
  const { subject: project } = await idToken();
  const request = {
    endpoint: stsEndpoint ?? parseEndpoint(regionalStsEndpoint(awsRegion), 'the STS endpoint'),
    region: awsRegion.name,
    path: [roleToAssume] as const,
    sessionName: options.roleSessionName ?? defaultSessionName({ platform: identity.kind, project, runId: '' }),
    durationSeconds,
    plainSecret: false,
  };
  return assumeRolePath(request, idToken, outbound);
}

function duration(text: string): number {
  if (/^\d{3,5}$/.test(text) && Number(text) >= 900 && Number(text) <= 43_200) return Number(text);
  throw new InvalidArgumentError('expected a number of seconds, 900 to 43200.');
}
