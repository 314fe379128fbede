import { isLoopback } from '@fedbridge/core';
import {
  awsAudience,
  type ConditionKey,
  conditionKeysOf,
  conditionPrefix,
  credentialAudience,
  gitHub,
  gitHubIssuer,
} from '@fedbridge/issuers';
import {
  type AnyFederatedCredential,
  assertionProblem,
  evaluateTrustPolicy,
  explainEvaluation,
  explainMatch,
  JsonDocument,
  MalformedPolicyError,
  matchFederatedCredential,
  parseTrustPolicy,
  providerArn,
  refuseDuplicates,
  type WebIdentityClaims,
  webIdentityProblem,
  webIdentityRequest,
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
        const source = await textOf(file, cli);
        const { policy, credentials } = trustDocument(parseJson(source, file));
        const given = await textOf(claimsFile, cli);
        const presented: Presented = {
          claims: claimsOf(given),
          now: now / 1000,
          clientIds: providerAudiences?.split(',').map((one) => one.trim()),
          // What somebody writes down of a job has no times.
          isWhole: !given.trim().startsWith('{'),
        };
        const { allowed, why } = policy
          ? testPolicy(policy, JsonDocument.parse(source), presented, others)
          : testCredentials(credentials.map(federatedCredential), presented);
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

interface Presented {
  readonly claims: WebIdentityClaims;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  readonly clientIds: readonly string[] | undefined;
  readonly isWhole: boolean;
}

interface Outcome {
  readonly allowed: boolean;
  readonly why: readonly string[];
}

function testPolicy(
  document: object,
  source: JsonDocument,
  { claims, ...presented }: Presented,
  others: Readonly<Record<string, string>>,
): Outcome {
  const problem = webIdentityProblem(claims, presented);
  if (problem !== undefined) return { allowed: false, why: [problem] };
  try {
    refuseDuplicates(source);
    const policy = parseTrustPolicy(document);
    const name = conditionPrefix(claims.iss ?? '');
    const provider = policy.statements
      .flatMap(({ federated }) => federated)
      .find((arn) => arn.endsWith(`:oidc-provider/${name}`));
    const arn = provider ?? providerArn(name, '000000000000', 'aws');
    const request = webIdentityRequest(claims, arn, keysOf(claims), presented.now, others);
    const evaluation = evaluateTrustPolicy(policy, request);
    return { allowed: evaluation.allowed, why: explainEvaluation(evaluation, request) };
  } catch (error) {
    if (error instanceof MalformedPolicyError)
      return { allowed: false, why: [`IAM does not take this document: ${error.message}.`] };
    throw error;
  }
}

/** An emulator's issuer, which AWS does not know, stands for GitHub's where its subjects are GitHub's. */
function keysOf({ iss = '', sub }: WebIdentityClaims): readonly ConditionKey[] {
  const isHere = URL.canParse(iss) && isLoopback(new URL(iss));
  return conditionKeysOf(isHere && gitHub.parseSubject(String(sub)) ? gitHubIssuer : iss);
}

function testCredentials(credentials: readonly AnyFederatedCredential[], { claims, ...presented }: Presented): Outcome {
  const problem = assertionProblem(claims, presented);
  if (problem !== undefined) return { allowed: false, why: [problem] };
  const { iss = '', sub, aud } = claims;
  const assertion = {
    issuer: iss,
    subject: String(sub ?? ''),
    audience: credentialAudience(typeof aud === 'string' ? aud : (aud?.[0] ?? ''), iss),
    claims,
  };
  const match = matchFederatedCredential(credentials, assertion);
  return { allowed: match.matched !== undefined, why: explainMatch(match, credentials, assertion) };
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`--context takes key=value, not "${text}".`);
}
