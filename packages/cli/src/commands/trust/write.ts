import { type CloudName, cloudNames, clouds } from '@fedbridge/entra';
import { awsAudience } from '@fedbridge/issuers';
import {
  type AwsFormat,
  awsTrust,
  type EntraFormat,
  type EntraPlace,
  entraTrust,
  flexibleTrust,
  formatAwsTrust,
  formatEntraTrust,
  needsExpression,
  parseCredentialName,
  parseRoleName,
  type TrustedJob,
} from '@fedbridge/trust';
import { Command, Option } from 'commander';
import type { Cli } from '../../command-line.ts';
import { awsAccount, parsed } from '../../option-values.ts';
import { type JobOptions, trustedJob, withJobOptions } from './job-options.ts';
import { needed } from './usage.ts';

/** `fedbridge trust aws`: the trust policy for a job. */
export function writeAwsCommand(cli: Cli): Command {
  return withJobOptions(new Command('aws'))
    .description("Write the OIDC provider and a role's trust policy for a job: the narrowest that allow it.")
    .addOption(
      new Option('--account <id>', 'the AWS account, twelve digits').makeOptionMandatory().argParser(awsAccount),
    )
    .option(
      '--azp <client id>',
      'the application that asks for the tokens of --subject: of a managed identity its client id',
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
        const job = await trustedJob(options, { cloud: 'aws', audience: awsAudience(options.partition) }, cli);
        sayWider(job, cli);
        cli.terminal.printDocument(
          formatAwsTrust(awsTrust(job, options), options, options.json ? 'json' : options.format),
        );
      },
    );
}

interface EntraOptions extends JobOptions {
  readonly name?: string;
  readonly application: string;
  readonly uniqueName?: string;
  readonly managedIdentity?: string;
  readonly resourceGroup?: string;
  readonly cloud: CloudName;
  readonly format: EntraFormat;
  readonly beside?: string;
  readonly json?: boolean;
}

/** `fedbridge trust entra`: the federated credential for a job. */
export function writeEntraCommand(cli: Cli): Command {
  return withJobOptions(new Command('entra'))
    .description('Write the federated credential that allows a job, and no other.')
    .addOption(
      new Option('--name <name>', "the credential's name; made of the job without").argParser(
        parsed(parseCredentialName),
      ),
    )
    .option('--application <client id>', 'the application that it is put on', '<client id>')
    .option('--unique-name <name>', "the application's unique name, which Bicep knows it by; with --format bicep")
    .option('--managed-identity <name>', 'the managed identity that it is put on; with --resource-group')
    .option('--resource-group <name>', 'of the managed identity')
    .addOption(
      new Option('--cloud <cloud>', 'the cloud, by which the audience is').choices(cloudNames).default('azurecloud'),
    )
    .addOption(new Option('--format <format>').choices(['json', 'az', 'terraform', 'bicep']).default('json'))
    .option('--beside <file>', 'those that are there already, as az lists them, to be counted; - for standard input')
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust entra --github octo/app --environment production --application <client id> --format az
  fedbridge trust entra --github octo/app --owner-id 65001 --repository-id 724113 --any-ref --format json
  fedbridge trust entra --service-account agents/azp --issuer https://… --managed-identity agents --resource-group ci --format bicep`,
    )
    .action(async (options: EntraOptions) => {
      const place = entraPlace(options);
      if (options.cloud === 'azureusgovernment' && options.format === 'az') cli.terminal.log(ofDefense);
      const job = await trustedJob(options, { cloud: 'entra', audience: clouds[options.cloud].audience }, cli);
      sayWider(job, cli);
      const credential = needsExpression(job) ? flexibleTrust(job, options.name) : entraTrust(job, options.name);
      if (options.beside !== undefined) {
        const { roomBeside } = await import('./room-beside.ts');
        cli.terminal.log(roomBeside(credential, await cli.terminal.readFile(options.beside)));
      }
      cli.terminal.printDocument(formatEntraTrust(credential, place, options.json ? 'json' : options.format));
    });
}

/** Source: Microsoft Learn, "Microsoft Graph national cloud deployments", read 2026-11-25. */
const ofDefense =
  'In the cloud of the Department of Defense Microsoft Graph is https://dod-graph.microsoft.us, which az rest wants as --resource too.';

function entraPlace(options: EntraOptions): EntraPlace {
  const { managedIdentity, resourceGroup, application, uniqueName, cloud, format } = options;
  if (managedIdentity !== undefined)
    return { managedIdentity, resourceGroup: resourceGroup ?? needed('--resource-group') };
  const { graph } = clouds[cloud].resources;
  return { application, graph, uniqueName: uniqueName ?? (format === 'bicep' ? needed('--unique-name') : undefined) };
}

function sayWider({ wider }: TrustedJob, { terminal }: Cli): void {
  if (wider !== undefined) terminal.log(`WIDER than one kind of job: it allows ${wider}.`);
}
