import { isLoopback } from '@fedbridge/core';
import {
  awsAudience,
  type ConditionKey,
  conditionKeysOf,
  conditionPrefix,
  credentialAudience,
  gitHubIssuer,
} from '@fedbridge/issuers';
import {
  evaluateTrustPolicy,
  explainEvaluation,
  explainMatch,
  type FederatedCredential,
  MalformedPolicyError,
  matchFederatedCredential,
  parseTrustPolicy,
  providerAccepts,
  providerArn,
  type WebIdentityClaims,
  webIdentityRequest,
} from '@fedbridge/trust';
import { Command } from 'commander';
import { type Cli, exitCodes } from '../../cli.ts';
import { claimsOf, federatedCredential, parseJson, textOf, trustDocument } from './documents.ts';
import { usage } from './usage.ts';

export function testCommand(cli: Cli): Command {
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
        const { policy, credentials } = trustDocument(parseJson(await textOf(file, cli), file));
        const claims = claimsOf(await textOf(claimsFile, cli));
        const { allowed, why } = policy
          ? testPolicy(
              policy,
              claims,
              providerAudiences?.split(',').map((one) => one.trim()),
              now / 1000,
              others,
            )
          : testCredentials(credentials.map(federatedCredential), claims);
        if (json) cli.terminal.printJson({ allowed, why });
        else {
          const { terminal } = cli;
          if (allowed) terminal.print('It gets in.', 'green');
          else terminal.print('It does not get in.', 'red');
          for (const line of why) terminal.print(line);
        }
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
    const name = conditionPrefix(claims.iss ?? '');
    const provider = policy.statements
      .flatMap(({ federated }) => federated)
      .find((arn) => arn.endsWith(`:oidc-provider/${name}`));
    const arn = provider ?? providerArn(name, '000000000000', 'aws');
    const request = webIdentityRequest(claims, arn, keysOf(claims.iss), now, others);
    const evaluation = evaluateTrustPolicy(policy, request);
    return { allowed: evaluation.allowed, why: explainEvaluation(evaluation, request) };
  } catch (error) {
    if (error instanceof MalformedPolicyError)
      return { allowed: false, why: [`IAM does not take this document: ${error.message}.`] };
    throw error;
  }
}

/** The emulator's issuers, which AWS does not know, have the keys of GitHub's. */
function keysOf(issuer = ''): readonly ConditionKey[] {
  const isHere = URL.canParse(issuer) && isLoopback(new URL(issuer));
  return conditionKeysOf(isHere ? gitHubIssuer : issuer);
}

function testCredentials(
  credentials: readonly FederatedCredential[],
  { iss = '', sub, aud }: WebIdentityClaims,
): { allowed: boolean; why: readonly string[] } {
  const assertion = {
    issuer: iss,
    subject: String(sub ?? ''),
    audience: credentialAudience(typeof aud === 'string' ? aud : (aud?.[0] ?? '')),
  };
  const match = matchFederatedCredential(credentials, assertion);
  return { allowed: match.matched !== undefined, why: explainMatch(match, credentials, assertion) };
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`--context takes key=value, not "${text}".`);
}
