import { awsAudience } from '@fedbridge/issuers';
import {
  type AwsFormat,
  awsTrust,
  type EntraFormat,
  type EntraPlace,
  entraTrust,
  formatAwsTrust,
  formatEntraTrust,
} from '@fedbridge/trust';
import { Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { awsAccount, parsed } from '../../option.ts';
import { type JobOptions, trustedJob, withJobOptions } from './job-options.ts';
import { needed, usage } from './usage.ts';

export function writeAwsCommand(cli: Cli): Command {
  return withJobOptions(new Command('aws'))
    .description("Write the OIDC provider and a role's trust policy for a job: the narrowest that let it in.")
    .addOption(
      new Option('--account <id>', 'the AWS account, twelve digits').makeOptionMandatory().argParser(awsAccount),
    )
    .addOption(new Option('--role <name>', 'the role').argParser(parsed(parseRoleName)).default('deploy'))
    .addOption(
      new Option('--partition <name>', 'the partition').choices(['aws', 'aws-cn', 'aws-us-gov']).default('aws'),
    )
    .addOption(new Option('--format <format>').choices(['json', 'aws', 'terraform', 'cloudformation']).default('json'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust aws --github octo/app --branch main --account 123456789012 --format terraform
  fedbridge trust aws --azure-pipelines contoso/web --organization-id <guid> --pipeline release --account 123456789012
  fedbridge trust aws --from-job --account 123456789012`,
    )
    .action(
      async (
        options: JobOptions & { account: string; role: string; partition: string; format: AwsFormat; json?: boolean },
      ) => {
        const audience =
          options.audience ??
          (options.partition === 'aws-cn' && (options.github ?? options.serviceAccount)
            ? awsAudience(options.partition)
            : undefined);
        const job = await trustedJob({ ...options, ...(audience ? { audience } : {}) }, 'aws', cli);
        if (job.wider) cli.terminal.log(`WIDER than one kind of job: it lets in ${job.wider}.`);
        cli.terminal.printDocument(
          formatAwsTrust(awsTrust(job, options), options, options.json ? 'json' : options.format),
        );
      },
    );
}

export function writeEntraCommand(cli: Cli): Command {
  return withJobOptions(new Command('entra'))
    .description('Write the federated credential that lets a job in, and no other.')
    .option('--name <name>', "the credential's name", 'fedbridge')
    .option('--application <client id>', 'the application that it is put on', '<client id>')
    .option('--unique-name <name>', "the application's unique name, which Bicep knows it by; with --format bicep")
    .option('--managed-identity <name>', 'the managed identity that it is put on; with --resource-group')
    .option('--resource-group <name>', 'of the managed identity')
    .addOption(new Option('--format <format>').choices(['json', 'az', 'terraform', 'bicep']).default('json'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust entra --github octo/app --environment production --application <client id> --format az
  fedbridge trust entra --service-account agents/azp --issuer https://… --managed-identity agents --resource-group ci --format bicep`,
    )
    .action(
      async (
        options: JobOptions & {
          name: string;
          application: string;
          uniqueName?: string;
          managedIdentity?: string;
          resourceGroup?: string;
          format: EntraFormat;
          json?: boolean;
        },
      ) => {
        const { managedIdentity, resourceGroup } = options;
        const uniqueName =
          options.uniqueName ?? (options.format === 'bicep' && !managedIdentity ? needed('--unique-name') : undefined);
        const place: EntraPlace = managedIdentity
          ? { managedIdentity, resourceGroup: resourceGroup ?? needed('--resource-group') }
          : { application: options.application, uniqueName };
        if (!/^[\w-]{3,120}$/.test(options.name))
          throw usage('The name of a credential has 3 to 120 letters, digits, - and _.');
        const credential = entraTrust(await trustedJob(options, 'entra', cli), options.name);
        cli.terminal.printDocument(formatEntraTrust(credential, place, options.json ? 'json' : options.format));
      },
    );
}

/** Source: IAM API Reference, "CreateRole". */
function parseRoleName(text: string): string {
  if (/^[\w+=,.@-]{1,64}$/.test(text)) return text;
  throw usage('The name of a role has 1 to 64 letters, digits and +=,.@-_');
}
