import type { FedbridgeError } from '@fedbridge/core';
import { awsAudience } from '@fedbridge/issuers';
import {
  credentialsVerdict,
  isKeyOfRequest,
  MalformedPolicyError,
  type Presentation,
  parseTrustPolicy,
  policyVerdict,
  refuseDuplicates,
  type TrustDocument,
  type Verdict,
  verdictOnSigned,
  type WebIdentityClaims,
} from '@fedbridge/trust';
import { type DocumentInFile, federatedCredentials, inFile, ofEach, resolvedDocument } from '@fedbridge/trust-files';
import { Argument, Command } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import type { Terminal } from '../../terminal.ts';
import { claimsOf, type DocumentOptions, files, readDocuments, withParameters } from './documents.ts';
import { usage } from './usage.ts';

interface TestOptions extends DocumentOptions {
  readonly document?: string;
  readonly claims?: string;
  readonly providerAudiences?: string;
  readonly role?: string;
  readonly context?: readonly string[];
  readonly at?: string;
  readonly json?: boolean;
}

/** `fedbridge trust test`: whether a token is allowed, and why not. */
export function testCommand(cli: Cli): Command {
  return withParameters(new Command('test'))
    .description(
      `Test whether a job is allowed: its claims against documents. Exit code ${exitCodes.findings} if it is denied by all, ${exitCodes.usage} if by all that could be tested.`,
    )
    .addArgument(new Argument('[files...]', `${files}, for the claims`))
    .option('--document <file>', 'the same as a file without an option')
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
  fedbridge trust test trust.json --claims claims.json
  aws iam list-roles | fedbridge trust test - --claims token.txt
  fedbridge trust test trust.json --provider-audiences ${awsAudience('aws')} <token.txt`,
    )
    .action(async (names: readonly string[], options: TestOptions) => {
      const tested = await testOf(names, options, cli);
      const { documents: read, faults: unread } = await readDocuments(namesOf(names, options), options, cli);
      const documents = [
        ...unread.map(({ file, error }) => ({ file, place: file, address: '', verdict: notTested(error), error })),
        ...ofEach(read, tested).map(({ file, document, result, error }) => ({
          ...{ file, place: inFile(file, document), address: document.address },
          ...{ verdict: result ?? notTested(error), error },
        })),
      ];
      const verdicts = documents.map(({ verdict }) => verdict.allowed);
      const allowed = verdicts.includes(true) || (verdicts.includes(null) ? null : false);
      const [first] = documents;
      if (options.json && documents.length === 1) cli.terminal.printJson(first?.verdict);
      else if (options.json)
        cli.terminal.printJson({
          allowed,
          documents: documents.map(({ file, address, verdict }) => ({ file, address, ...verdict })),
        });
      else
        for (const { place, verdict, error } of documents)
          tell(
            verdict,
            `${documents.length === 1 ? '' : `${place}: `}${error ? 'Not tested.' : wordFor(verdict)}`,
            cli.terminal,
          );
      if (!allowed) cli.terminal.exitCode = allowed === null ? exitCodes.usage : exitCodes.findings;
    });
}

/** Of a document of which something is not known. */
function notTested({ message, detail }: FedbridgeError): Verdict {
  return { allowed: null, why: [message, ...(detail.hint ? [detail.hint] : [])] };
}

const wordFor = ({ allowed }: Verdict) => (allowed === null ? 'Not decided.' : allowed ? 'Allowed.' : 'Denied.');

function tell({ allowed, why }: Verdict, word: string, terminal: Terminal): void {
  terminal.print(word, allowed === null ? 'yellow' : allowed ? 'green' : 'red');
  for (const line of why) terminal.print(line);
}

function namesOf(names: readonly string[], { document, claims }: TestOptions): readonly string[] {
  const all = document === undefined ? names : [document, ...names];
  if (all.length === 0) throw usage('Name the file of a document, or - for standard input.');
  if (all.includes('-') && (claims ?? '-') === '-')
    throw usage('With the document on standard input, --claims names a file.');
  return all;
}

/** Reads the claims, and gives the test of a document. */
async function testOf(
  names: readonly string[],
  options: TestOptions,
  cli: Cli,
): Promise<(one: DocumentInFile) => Verdict> {
  const { claims: file, providerAudiences, role, context = [], at } = options;
  const now = at === undefined ? cli.system.now() : Date.parse(at);
  if (Number.isNaN(now)) throw usage(`"${at}" is not a time of ISO 8601.`);
  const others = Object.fromEntries(context.map(keyAndValue));
  namesOf(names, options);
  const given = await cli.terminal.readFile(file);
  const claims = claimsOf(given, (file ?? '-') === '-' ? 'stdin' : (file ?? ''));
  const presented: Presentation = {
    now: now / 1000,
    clientIds: providerAudiences?.split(',').map((one) => one.trim()),
    // What somebody writes down of a job has no times.
    isWhole: !given.trim().startsWith('{'),
  };
  return (one) => {
    const { policy } = resolvedDocument(one);
    if (!policy) return verdictOnSigned(credentialsVerdict(federatedCredentials(one), claims, presented), claims);
    // What prints a role says which one it is.
    const named = one.document.address.startsWith('arn:') ? one.document.address : undefined;
    return testPolicy(policy, one.document, claims, { ...presented, role: role ?? named }, others);
  };
}

function testPolicy(
  document: object,
  source: TrustDocument,
  claims: WebIdentityClaims,
  presented: Presentation,
  others: Readonly<Record<string, string>>,
): Verdict {
  try {
    refuseDuplicates(source);
    return verdictOnSigned(policyVerdict(parseTrustPolicy(document), claims, presented, others), claims);
  } catch (error) {
    if (error instanceof MalformedPolicyError)
      return { allowed: false, why: [`IAM rejects this document: ${error.message}.`] };
    throw error;
  }
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw usage(`--context takes key=value, not "${text}".`);
  const key = text.slice(0, at);
  if (!isKeyOfRequest(key))
    throw usage(`--context takes keys that come with a token, aws:SourceIp for example: not "${key}".`);
  return [key, text.slice(at + 1)];
}
