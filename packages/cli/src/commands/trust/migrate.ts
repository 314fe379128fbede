import type { FedbridgeError } from '@fedbridge/core';
import { azureDevOpsIssuerEnds, immutableSubjectsSince, parseRepositoryName } from '@fedbridge/issuers';
import {
  connectionJob,
  MalformedPolicyError,
  type Migration,
  migrateFederatedCredentials,
  migrateTrustPolicy,
  refuseDuplicates,
  type TrustDocument,
} from '@fedbridge/trust';
import { type DocumentInFile, federatedCredentials, inFile, ofEach, resolvedDocument } from '@fedbridge/trust-files';
import { Argument, Command } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import { type DocumentOptions, files, readDocuments, withParameters } from './documents.ts';
import { printExactly, withExactNumbers } from './exact-numbers.ts';
import { needed, usage } from './usage.ts';

interface MigrateOptions extends DocumentOptions {
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

/** `fedbridge trust migrate`: documents for immutable subjects of GitHub, or for the Entra issuer of a service connection. */
export function migrateCommand(cli: Cli): Command {
  return withParameters(new Command('migrate'))
    .description('Add what a migration needs beside what is there; later, with --finish, remove what it replaced.')
    .addArgument(new Argument('[files...]', files))
    .option('--github <owner/repository>', `to immutable subjects (${immutableSubjectsSince}), with the ids`)
    .option('--owner-id <number>', "the owner's id")
    .option('--repository-id <number>', "the repository's id")
    .option(
      '--connection <subject>',
      `to the Entra issuer (${azureDevOpsIssuerEnds}): the old subject, sc://organisation/project/connection`,
    )
    .option('--issuer <url>', 'the new issuer, as the connection shows it')
    .option('--subject <subject>', 'the new subject, as the connection shows it')
    .option('--audience <audience>', 'the new audience')
    .option('--finish', 'remove the old', false)
    .option('--json', 'print a JSON object with document, notes and notCovered; a list of them for several documents')
    .addHelpText(
      'after',
      `
Example:
  fedbridge trust migrate trust.json --github octo/app --owner-id 65001 --repository-id 724113 >both.json

Exit code ${exitCodes.findings} if something could not be migrated: standard error, or notCovered, says what and why.`,
    )
    .action(async (names: readonly string[], options: MigrateOptions) => {
      const { documents, faults: unread } = await readDocuments(
        names,
        { ...options, jsonValue: withExactNumbers },
        cli,
      );
      const migration = migrationOf(options);
      const whole = ofEach(documents, wholeDocument);
      const all = [
        ...unread.map(({ file, error }) => ({ file, place: file, address: '', result: notRead(error) })),
        ...whole.map(({ file, document, error }) => {
          const result = error ? notRead(error) : migrated(document, migration, options.finish);
          return { file, place: inFile(file, document), address: document.address, result };
        }),
      ];
      const isOne = all.length === 1;
      for (const { place, result } of options.json ? [] : all) {
        const lines = [...result.notes, ...result.notCovered.map((one) => `Not covered: ${one.where}. ${one.reason}`)];
        for (const line of lines) cli.terminal.log(isOne ? line : `${place}: ${line}`);
      }
      const printed = all.map(({ file, address, result }) => {
        const { notes, notCovered, document: after } = result;
        const place = isOne ? {} : { file, address };
        return { ...place, document: after, ...(options.json ? { notes, notCovered } : {}) };
      });
      const [first] = printed;
      cli.terminal.printDocument(printExactly(isOne ? (options.json ? first : first?.document) : printed, 2));
      if (unread.length > 0) cli.terminal.exitCode = exitCodes.usage;
      else if (all.some(({ result }) => result.notCovered.length > 0)) cli.terminal.exitCode = exitCodes.findings;
    });
}

/** @throws FedbridgeError `INPUT_INVALID` for a document of which something is not known */
function wholeDocument(one: DocumentInFile): void {
  // What is printed is to be deployed as it is.
  resolvedDocument(one, () => true);
  federatedCredentials(one);
  // Of a member that stands twice what is printed would hold the last alone: without a condition, say.
  try {
    refuseDuplicates(one.document);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw usage(`${inFile(one.file, one.document)}: it is no document to migrate: ${error.message}.`);
  }
}

function migrated(document: TrustDocument, migration: Migration, finish: boolean) {
  if (document.policy) return migrateTrustPolicy(document.policy, migration, finish);
  const { document: list, ...found } = migrateFederatedCredentials(document.written, migration, finish);
  return { ...found, document: document.enclosing(list) };
}

/** What is not read in full is not printed: what is not known of it would be missing. */
function notRead({ message }: FedbridgeError) {
  return { document: null, notes: [], notCovered: [{ where: 'All of it', reason: message }] };
}

function migrationOf(options: MigrateOptions): Migration {
  const { github, ownerId, repositoryId, connection, issuer, subject, audience } = options;
  if ((github === undefined) === (connection === undefined))
    throw usage('Name one of what is migrated: --github or --connection.');
  if (connection !== undefined) {
    const to = connectionJob(issuer ?? needed('--issuer'), subject ?? needed('--subject'), audience);
    return { kind: 'entra-issuer', oldSubject: connection, to };
  }
  const { owner, repository } = parseRepositoryName(github ?? '') ?? {};
  if (owner === undefined || repository === undefined)
    throw usage(`--github takes owner/repository or the address of a repository, not "${github}".`);
  const ids = { ownerId: ownerId ?? needed('--owner-id'), repositoryId: repositoryId ?? needed('--repository-id') };
  for (const id of Object.values(ids)) if (!/^\d+$/.test(id)) throw usage(`"${id}" is not an id of GitHub, a number.`);
  return { kind: 'immutable-subjects', owner, repository, ...ids };
}
