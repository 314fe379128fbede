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
import { type ProfileName, parseProfileName } from '@fedbridge/aws/profiles';
import { type Endpoint, parseEndpoint } from '@fedbridge/core';
import { reuseWhileFresh } from '@fedbridge/identity';
import { awsAudience } from '@fedbridge/issuers';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../command-line.ts';
import { credentialForms } from '../credential-forms.ts';
import { chooseIdentity, type IdentityOptions, outbounds, withIdentityOptions } from '../identity-options.ts';
import { refuseOutsideOfJobs } from '../job-token.ts';
import { parsed } from '../option-values.ts';
import { ownProgram } from '../standalone.ts';

interface AwsCredentialsOptions extends IdentityOptions {
  readonly roleToAssume: RoleArn;
  readonly awsRegion: Region;
  readonly roleSessionName?: SessionName;
  readonly roleDurationSeconds?: number;
  readonly stsEndpoint?: Endpoint;
  readonly profile: ProfileName;
  readonly format: keyof typeof credentialForms;
}

const timeoutMs = 120_000;

/** `fedbridge aws-credentials`: credentials of an AWS role, in the form that is asked for. */
export function awsCredentialsCommand(cli: Cli): Command {
  return withIdentityOptions(new Command('aws-credentials'))
    .description('Print AWS credentials of a role that trusts this job, pod or machine.')
    .addOption(new Option('--role-to-assume <arn>', 'the role').makeOptionMandatory().argParser(parsed(parseRoleArn)))
    .addOption(
      new Option('--aws-region <region>', 'the region whose STS is asked')
        .env('AWS_REGION')
        .makeOptionMandatory()
        .argParser(parsed(parseRegion)),
    )
    .addOption(
      new Option('--role-session-name <name>', 'the name of the session in CloudTrail; the subject without').argParser(
        parsed(parseSessionName),
      ),
    )
    .addOption(
      new Option(
        '--role-duration-seconds <seconds>',
        "how long the credentials live, 900 to the role's own maximum; an hour without",
      ).argParser(duration),
    )
    .addOption(
      new Option('--sts-endpoint <url>', 'another address for STS').argParser(
        parsed((text) => parseEndpoint(text, 'the STS endpoint')),
      ),
    )
    .addOption(
      new Option('--format <format>', 'as what they are printed').choices(Object.keys(credentialForms)).default('env'),
    )
    .addOption(
      new Option('--profile <name>', 'the name of the profile, with --format profile')
        .argParser(parsed(parseProfileName))
        .default(parseProfileName('fedbridge')),
    )
    .addHelpText(
      'after',
      `
Examples:
  credentials=$(fedbridge aws-credentials --role-to-assume arn:aws:iam::123456789012:role/deploy --aws-region eu-central-1)
  eval "$credentials"
  fedbridge aws-credentials --role-to-assume … --aws-region … --format profile >>~/.aws/config`,
    )
    .action(async (options: AwsCredentialsOptions) => {
      const credentials = await acquire(options, cli);
      const region = options.awsRegion.name;
      const { environment } = cli.system;
      // The options as they were given, guards among them; of one that is given twice the last counts.
      const again = [
        ...ownProgram(process.execPath, process.argv[1] ?? ''),
        ...process.argv.slice(2),
        '--aws-region',
        region,
        '--format',
        'credential-process',
      ];
      const form = credentialForms[options.format];
      cli.terminal.printDocument(form(credentials, { region, environment, profile: options.profile, again }));
    });
}

async function acquire(options: AwsCredentialsOptions, cli: Cli): Promise<AdmittedCredentials> {
  const outbound = outbounds(cli)(timeoutMs);
  const identity = await chooseIdentity(options, cli, outbound);
  const { roleToAssume, awsRegion, stsEndpoint, roleDurationSeconds: durationSeconds } = options;
  if (options.identity === 'auto') refuseOutsideOfJobs(identity, options.audience);
  const usual = identity.audience === 'chosen' ? awsAudience(awsRegion.partition.name) : undefined;
  const idToken = reuseWhileFresh(identity, options.audience ?? usual, cli.system);
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
