import { readFile } from 'node:fs/promises';
import { FedbridgeError, IdToken, isLoopback } from '@fedbridge/core';
import {
  type AwsFormat,
  awsTrust,
  azurePipelinesJob,
  type Cloud,
  connectionJob,
  type EntraFormat,
  type EntraPlace,
  entraTrust,
  evaluateTrustPolicy,
  explainEvaluation,
  explainMatch,
  type FederatedCredential,
  type Finding,
  formatAwsTrust,
  formatEntraTrust,
  gitHubJob,
  jobOf,
  kubernetesJob,
  lintFederatedCredentials,
  lintTrustPolicy,
  MalformedPolicyError,
  type Migration,
  matchFederatedCredential,
  migrateFederatedCredentials,
  migrateTrustPolicy,
  parseTrustPolicy,
  providerAccepts,
  readFederatedCredential,
  rules,
  sarif,
  type TrustedJob,
  type WebIdentityClaims,
  webIdentityRequest,
  withoutScheme,
} from '@fedbridge/trust';
import { Argument, Command, Option } from 'commander';
import { type Cli, exitCodes } from '../cli.ts';
import { jobToken } from '../job-token.ts';

export function trustCommand(cli: Cli): Command {
  return new Command('trust')
    .description('Trust documents: write, check, test and migrate them.')
    .addCommand(writeAwsCommand(cli))
    .addCommand(writeEntraCommand(cli))
    .addCommand(lintCommand(cli))
    .addCommand(testCommand(cli))
    .addCommand(migrateCommand(cli));
}

interface JobOptions {
  readonly github?: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly environment?: string;
  readonly pullRequest?: boolean;
  readonly anyRef?: boolean;
  readonly workflow?: string;
  readonly azurePipelines?: string;
  readonly organizationId?: string;
  readonly pipeline?: string;
  readonly connection?: string;
  readonly serviceAccount?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly fromToken?: boolean;
  readonly fromJob?: boolean;
}

function withJobOptions(command: Command): Command {
  return command
    .option('--github <owner/repository>', 'jobs of a GitHub repository')
    .option('--owner-id <number>', "the owner's id, for immutable subjects")
    .option('--repository-id <number>', "the repository's id, for immutable subjects")
    .option('--branch <name>', 'of that repository')
    .option('--tag <name>', 'of that repository')
    .option('--environment <name>', 'of that repository')
    .option('--pull-request', 'pull requests of that repository')
    .option('--any-ref', 'WIDER: every branch, tag, environment and pull request of that repository; AWS alone')
    .option(
      '--workflow <reference>',
      'a reusable workflow that the job must run, O/R/.github/workflows/W.yml@REF; AWS alone',
    )
    .option('--azure-pipelines <organisation/project>', 'jobs of an Azure Pipelines project')
    .option('--organization-id <guid>', "the organisation's id")
    .option('--pipeline <name>', 'of that project, for jobs without a service connection')
    .option('--connection <name>', 'a service connection of that project, on the Azure DevOps issuer')
    .option('--service-account <namespace/name>', 'pods of a Kubernetes service account; with --issuer')
    .option('--issuer <url>', 'the issuer, to the letter')
    .option(
      '--subject <subject>',
      'with --issuer: a service connection on the Entra issuer, as the connection shows it',
    )
    .option('--audience <audience>', 'another audience than the usual one')
    .option('--from-token', 'the job of the token on standard input')
    .option('--from-job', 'the job that this runs in');
}

async function trustedJob(options: JobOptions, cloud: Cloud, cli: Cli): Promise<TrustedJob> {
  const { github, azurePipelines, serviceAccount, issuer, subject, audience, fromToken, fromJob } = options;
  const ways = [github, azurePipelines, serviceAccount, subject, fromToken, fromJob].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw usage(
      'Say whom to trust with one of --github, --azure-pipelines, --service-account, --subject, --from-token, --from-job.',
    );
  }
  if (github !== undefined) {
    const [owner, repository] = pair(github, '--github');
    return gitHubJob({ ...options, owner, repository, issuer, audience }, cloud);
  }
  if (azurePipelines !== undefined) {
    const [organization, project] = pair(azurePipelines, '--azure-pipelines');
    const { organizationId = needed('--organization-id'), pipeline, connection } = options;
    return azurePipelinesJob({ organization, organizationId, project, pipeline, connection });
  }
  if (serviceAccount !== undefined) {
    const [namespace, name] = pair(serviceAccount, '--service-account');
    return kubernetesJob(issuer ?? needed('--issuer'), namespace, name, cloud, audience);
  }
  if (subject !== undefined) return connectionJob(issuer ?? needed('--issuer'), subject, audience);
  return jobOf((await token(Boolean(fromJob), cloud, cli)).claims);
}

function writeAwsCommand(cli: Cli): Command {
  return withJobOptions(new Command('aws'))
    .description("Write the OIDC provider and a role's trust policy for a job: the narrowest that let it in.")
    .requiredOption('--account <id>', 'the AWS account, twelve digits')
    .option('--role <name>', 'the role', 'deploy')
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
        if (!/^\d{12}$/.test(options.account)) throw usage(`"${options.account}" is not an account, twelve digits.`);
        const audience =
          options.audience ??
          (options.partition === 'aws-cn' && (options.github ?? options.serviceAccount)
            ? 'sts.amazonaws.com.cn'
            : undefined);
        const job = await trustedJob({ ...options, ...(audience ? { audience } : {}) }, 'aws', cli);
        if (job.wider) cli.terminal.log(`WIDER than one kind of job: it lets in ${job.wider}.`);
        cli.terminal.print(formatAwsTrust(awsTrust(job, options), options, options.json ? 'json' : options.format));
      },
    );
}

function writeEntraCommand(cli: Cli): Command {
  return withJobOptions(new Command('entra'))
    .description('Write the federated credential that lets a job in, and no other.')
    .option('--name <name>', "the credential's name", 'fedbridge')
    .option('--application <client id>', 'the application that it is put on', '<client id>')
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
          managedIdentity?: string;
          resourceGroup?: string;
          format: EntraFormat;
          json?: boolean;
        },
      ) => {
        const { managedIdentity, resourceGroup } = options;
        const place: EntraPlace = managedIdentity
          ? { managedIdentity, resourceGroup: resourceGroup ?? needed('--resource-group') }
          : { application: options.application };
        if (!/^[\w-]{3,120}$/.test(options.name))
          throw usage('The name of a credential has 3 to 120 letters, digits, - and _.');
        const credential = entraTrust(await trustedJob(options, 'entra', cli), options.name);
        cli.terminal.print(formatEntraTrust(credential, place, options.json ? 'json' : options.format));
      },
    );
}

function lintCommand(cli: Cli): Command {
  return new Command('lint')
    .description(
      `Find what is wrong with an IAM trust policy or a list of federated credentials. Exit code ${exitCodes.findings} for errors and warnings.`,
    )
    .addArgument(new Argument('[file]', 'JSON; standard input without one'))
    .addOption(new Option('--format <format>').choices(['text', 'json', 'sarif']).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument | fedbridge trust lint
  az ad app federated-credential list --id <client id> | fedbridge trust lint --format sarif >trust.sarif`,
    )
    .action(async (file: string | undefined, { format, json }: { format: string; json?: boolean }) => {
      const source = await textOf(file, cli);
      const document = parseJson(source, file);
      const findings = isPolicy(document) ? lintTrustPolicy(document) : lintFederatedCredentials(document);
      if (format === 'sarif')
        cli.terminal.print(
          JSON.stringify(
            sarif(findings, file ?? 'stdin', (where) => lineOf(source, where)),
            null,
            2,
          ),
        );
      else if (json || format === 'json')
        cli.terminal.print(
          JSON.stringify(
            findings.map((one) => ({ ...one, mend: rules[one.rule].mend })),
            null,
            2,
          ),
        );
      else for (const line of told(findings)) cli.terminal.print(line);
      if (findings.some(({ severity }) => severity !== 'note')) cli.terminal.exitCode = exitCodes.findings;
    });
}

function testCommand(cli: Cli): Command {
  return new Command('test')
    .description(
      `See whether a job gets in: these claims against this document. Exit code ${exitCodes.findings} if it does not.`,
    )
    .requiredOption('--document <file>', 'an IAM trust policy or a list of federated credentials, JSON')
    .option('--claims <file>', 'claims as JSON, or a token; standard input without')
    .option('--provider-audiences <list>', "the OIDC provider's audiences, between commas")
    .option('--context <key=value...>', 'further condition keys, sts:RoleSessionName=deploy for example')
    .option('--at <time>', 'the time, ISO 8601; now without')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust test --document trust.json --claims claims.json
  fedbridge trust test --document trust.json --provider-audiences sts.amazonaws.com <token.txt`,
    )
    .action(
      async ({
        document: file,
        claims: claimsFile,
        providerAudiences,
        context = [],
        at,
        json,
      }: {
        document: string;
        claims?: string;
        providerAudiences?: string;
        context?: readonly string[];
        at?: string;
        json?: boolean;
      }) => {
        const now = at === undefined ? cli.system.now() : Date.parse(at);
        if (Number.isNaN(now)) throw usage(`"${at}" is not a time of ISO 8601.`);
        const others = Object.fromEntries(context.map(keyAndValue));
        const document = parseJson(await textOf(file, cli), file);
        const claims = claimsOf(await textOf(claimsFile, cli));
        const { allowed, why } = isPolicy(document)
          ? testPolicy(
              document,
              claims,
              providerAudiences?.split(',').map((one) => one.trim()),
              now / 1000,
              others,
            )
          : testCredentials(document, claims);
        if (json) cli.terminal.print(JSON.stringify({ allowed, why }));
        else for (const line of [allowed ? 'It gets in.' : 'It does not get in.', ...why]) cli.terminal.print(line);
        if (!allowed) cli.terminal.exitCode = exitCodes.findings;
      },
    );
}

function testPolicy(
  document: object,
  claims: WebIdentityClaims,
  audiences: readonly string[] | undefined,
  now: number,
  others: Readonly<Record<string, string>>,
): { allowed: boolean; why: readonly string[] } {
  if (audiences && !providerAccepts(audiences, claims)) {
    return {
      allowed: false,
      why: [
        `The provider takes ${audiences.join(', ')}; the token is for ${String(claims.aud)}${claims.azp ? ` with azp ${String(claims.azp)}` : ''}.`,
      ],
    };
  }
  try {
    const policy = parseTrustPolicy(document);
    const name = withoutScheme(claims.iss ?? '');
    const provider = policy.statements
      .flatMap(({ federated }) => federated)
      .find((arn) => arn.endsWith(`:oidc-provider/${name}`));
    const isGitHub = /(^|\.)githubusercontent\.com|\.ghe\.com|_services\/token/.test(name) || isHere(claims.iss);
    const arn = provider ?? `arn:aws:iam::000000000000:oidc-provider/${name}`;
    const request = webIdentityRequest(claims, arn, isGitHub, now, others);
    const evaluation = evaluateTrustPolicy(policy, request);
    return { allowed: evaluation.allowed, why: explainEvaluation(evaluation, request) };
  } catch (error) {
    if (error instanceof MalformedPolicyError)
      return { allowed: false, why: [`IAM does not take this document: ${error.message}.`] };
    throw error;
  }
}

const isHere = (issuer = '') => URL.canParse(issuer) && isLoopback(new URL(issuer));

function testCredentials(
  document: unknown,
  { iss = '', sub, aud }: WebIdentityClaims,
): { allowed: boolean; why: readonly string[] } {
  const credentials = credentialsOf(document);
  const assertion = {
    issuer: iss,
    subject: String(sub ?? ''),
    audience: typeof aud === 'string' ? aud : (aud?.[0] ?? ''),
  };
  const match = matchFederatedCredential(credentials, assertion);
  return { allowed: match.matched !== undefined, why: explainMatch(match, credentials, assertion) };
}

interface MigrateOptions {
  readonly github?: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly connection?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly finish: boolean;
  readonly json?: boolean;
}

function migrateCommand(cli: Cli): Command {
  return new Command('migrate')
    .description('Add what a migration needs beside what is there; later, with --finish, remove what it replaced.')
    .addArgument(
      new Argument(
        '[file]',
        'an IAM trust policy or a list of federated credentials, JSON; standard input without one',
      ),
    )
    .option('--github <owner/repository>', 'to immutable subjects (2026-07-15), with the ids')
    .option('--owner-id <number>', "the owner's id")
    .option('--repository-id <number>', "the repository's id")
    .option(
      '--connection <subject>',
      'to the Entra issuer (2027-07-01): the old subject, sc://organisation/project/connection',
    )
    .option('--issuer <url>', 'the new issuer, as the connection shows it')
    .option('--subject <subject>', 'the new subject, as the connection shows it')
    .option('--audience <audience>', 'the new audience')
    .option('--finish', 'remove the old', false)
    .option('--json', 'print a JSON object with document and notes')
    .addHelpText(
      'after',
      `
Example:
  fedbridge trust migrate trust.json --github octo/app --owner-id 65001 --repository-id 724113 >both.json`,
    )
    .action(async (file: string | undefined, options: MigrateOptions) => {
      const document = parseJson(await textOf(file, cli), file);
      const migration = migrationOf(options);
      const result = isPolicy(document)
        ? migrateTrustPolicy(document, migration, options.finish)
        : migrateFederatedCredentials(credentialsOf(document), migration, options.finish);
      if (options.json) return cli.terminal.print(JSON.stringify(result, null, 2));
      for (const note of result.notes) cli.terminal.log(note);
      cli.terminal.print(JSON.stringify(result.document, null, 2));
    });
}

function migrationOf(options: MigrateOptions): Migration {
  const { github, ownerId, repositoryId, connection, issuer, subject, audience } = options;
  if ((github === undefined) === (connection === undefined)) throw usage('Name what moves: --github or --connection.');
  if (connection !== undefined) {
    const to = connectionJob(issuer ?? needed('--issuer'), subject ?? needed('--subject'), audience);
    return { kind: 'entra-issuer', oldSubject: connection, to };
  }
  const [owner, repository] = pair(github ?? '', '--github');
  const ids = { ownerId: ownerId ?? needed('--owner-id'), repositoryId: repositoryId ?? needed('--repository-id') };
  for (const id of Object.values(ids)) if (!/^\d+$/.test(id)) throw usage(`"${id}" is not an id of GitHub, a number.`);
  return { kind: 'immutable-subjects', owner, repository, ...ids };
}

function told(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['Nothing was found.'];
  return findings.flatMap(({ rule, severity, message, where }) => [
    `${severity} ${rule} ${where}: ${rules[rule].title}. ${message}`,
    `  ${rules[rule].mend}`,
  ]);
}

/** Roles as `aws iam get-role` prints them have the policy inside. */
function isPolicy(document: unknown): document is object {
  return typeof document === 'object' && document !== null && 'Statement' in document;
}

function credentialsOf(document: unknown): FederatedCredential[] {
  const listed = Array.isArray(document) ? document : ((document as { value?: unknown } | null)?.value ?? [document]);
  const credentials = (listed as unknown[]).map(readFederatedCredential);
  if (credentials.every((one) => one !== undefined)) return credentials;
  throw usage('The document is neither a trust policy nor a list of federated credentials.');
}

/** A token, or its claims. */
function claimsOf(text: string): WebIdentityClaims {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return IdToken.parse(trimmed).claims;
  return parseJson(trimmed, undefined) as WebIdentityClaims;
}

async function token(fromJob: boolean, cloud: Cloud, cli: Cli): Promise<IdToken> {
  return fromJob ? jobToken(cloud, cli) : IdToken.parse((await cli.terminal.read()).trim());
}

async function textOf(file: string | undefined, { terminal }: Cli): Promise<string> {
  if (file === undefined) return terminal.read();
  return readFile(file, 'utf8').catch((error: { code?: string }) => {
    throw usage(`${file} cannot be read: ${error.code}.`);
  });
}

function parseJson(text: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usage(`${file ?? 'Standard input'} is not JSON.`);
  }
}

/** The line of a statement or of a credential's name, from 1. */
function lineOf(source: string, where: string): number {
  const index = Number(/^Statement\[(\d+)\]$/.exec(where)?.[1] ?? -1);
  const at = index >= 0 ? nthIndexOf(source, '"Effect"', index) : source.indexOf(JSON.stringify(where));
  return source.slice(0, Math.max(0, at)).split('\n').length;
}

function nthIndexOf(text: string, part: string, n: number): number {
  let at = text.indexOf(part);
  for (let count = 0; count < n && at >= 0; count += 1) at = text.indexOf(part, at + 1);
  return at;
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`--context takes key=value, not "${text}".`);
}

function pair(text: string, option: string): [string, string] {
  const [first, second, ...more] = text.split('/');
  if (first && second && more.length === 0) return [first, second];
  throw usage(`${option} takes two names with a slash between them, not "${text}".`);
}

function needed(option: string): never {
  throw usage(`The option ${option} is required here.`);
}

function usage(message: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', message);
}
