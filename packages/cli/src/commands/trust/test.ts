import { awsAudience } from '@fedbridge/issuers';
import {
  credentialsVerdict,
  JsonDocument,
  MalformedPolicyError,
  type Presentation,
  parseTrustPolicy,
  policyVerdict,
  refuseDuplicates,
  type Verdict,
  type WebIdentityClaims,
} from '@fedbridge/trust';
import { Command } from 'commander';
import { type Cli, exitCodes } from '../../cli.ts';
import { claimsOf, federatedCredential, parseJson, textOf, trustDocument } from './documents.ts';
import { usage } from './usage.ts';

export function testCommand(cli: Cli): Command {
  return new Command('test')
    .description(
      `Test whether a job is allowed: its claims against a document. Exit code ${exitCodes.findings} if it is denied.`,
    )
    .requiredOption('--document <file>', 'an IAM trust policy or a list of federated credentials, JSON')
    .option('--claims <file>', 'claims as JSON, or a token; standard input without')
    .option('--provider-audiences <list>', "the OIDC provider's audiences, between commas")
    .option('--role <arn>', "the role's ARN, for tokens that say which roles they are for")
    .option('--context <key=value...>', 'further condition keys, sts:RoleSessionName=deploy for example')
    .option('--at <time>', 'the time, ISO 8601, for a token that has expired; now without')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust test --document trust.json --claims claims.json
  fedbridge trust test --document trust.json --provider-audiences ${awsAudience('aws')} <token.txt`,
    )
    .action(
      async ({
        document: file,
        claims: claimsFile,
        providerAudiences,
        role,
        context = [],
        at,
        json,
      }: {
        document: string;
        claims?: string;
        providerAudiences?: string;
        role?: string;
        context?: readonly string[];
        at?: string;
        json?: boolean;
      }) => {
        const now = at === undefined ? cli.system.now() : Date.parse(at);
        if (Number.isNaN(now)) throw usage(`"${at}" is not a time of ISO 8601.`);
        const others = Object.fromEntries(context.map(keyAndValue));
        const source = await textOf(file, cli);
        const { policy, credentials } = trustDocument(parseJson(source, file));
        const given = await textOf(claimsFile, cli);
        const claims = claimsOf(given);
        const presented: Presentation = {
          now: now / 1000,
          clientIds: providerAudiences?.split(',').map((one) => one.trim()),
          role,
          // What somebody writes down of a job has no times.
          isWhole: !given.trim().startsWith('{'),
        };
        const { allowed, why } = policy
          ? testPolicy(policy, JsonDocument.parse(source), claims, presented, others)
          : credentialsVerdict(credentials.map(federatedCredential), claims, presented);
        if (json) cli.terminal.printJson({ allowed, why });
        else {
          const { terminal } = cli;
          if (allowed) terminal.print('Allowed.', 'green');
          else terminal.print('Denied.', 'red');
          for (const line of why) terminal.print(line);
        }
        if (!allowed) cli.terminal.exitCode = exitCodes.findings;
      },
    );
}

function testPolicy(
  document: object,
  source: JsonDocument,
  claims: WebIdentityClaims,
  presented: Presentation,
  others: Readonly<Record<string, string>>,
): Verdict {
  try {
    refuseDuplicates(source);
    return policyVerdict(parseTrustPolicy(document), claims, presented, others);
  } catch (error) {
    if (error instanceof MalformedPolicyError)
      return { allowed: false, why: [`IAM does not take this document: ${error.message}.`] };
    throw error;
  }
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`--context takes key=value, not "${text}".`);
}
