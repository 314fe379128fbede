import type { Region, RoleArn } from '@fedbridge/aws';
import { type ProfileName, parseProfileName } from '@fedbridge/aws/profiles';
import { Command, Option } from 'commander';
import type { Cli } from '../command-line.ts';
import { credentialForms } from '../credential-forms.ts';
import { chooseIdentity, type IdentityOptions, outbounds, withIdentityOptions } from '../identity-options.ts';
import { parsed } from '../option-values.ts';
import { type RoleOptions, roleCredentials, withRoleOptions } from '../role-credentials.ts';
import { ownProgram } from '../standalone.ts';

interface AwsCredentialsOptions extends IdentityOptions, RoleOptions {
  readonly roleToAssume: RoleArn;
  readonly awsRegion: Region;
  readonly profile: ProfileName;
  readonly format: keyof typeof credentialForms;
}

const timeoutMs = 120_000;

/** `fedbridge aws-credentials`: credentials of an AWS role, in the form that is asked for. */
export function awsCredentialsCommand(cli: Cli): Command {
  return withRoleOptions(withIdentityOptions(new Command('aws-credentials')), true)
    .description('Print AWS credentials of a role that trusts this job, pod or machine.')
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
      const outbound = outbounds(cli)(timeoutMs);
      const identity = await chooseIdentity(options, cli, outbound);
      const credentials = await roleCredentials(options, identity, outbound);
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
