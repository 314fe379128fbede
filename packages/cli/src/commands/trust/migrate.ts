import { azureDevOpsIssuerEnds, immutableSubjectsSince, parseRepositoryName } from '@fedbridge/issuers';
import { connectionJob, type Migration, migrateFederatedCredentials, migrateTrustPolicy } from '@fedbridge/trust';
import { Argument, Command } from 'commander';
<<<<<<< HEAD
import type { Cli } from '../../cli.ts';
import {
  type DocumentInFile,
  type DocumentOptions,
  federatedCredential,
  files,
  inFile,
  resolvedDocument,
  trustDocuments,
  withParameters,
} from './documents.ts';
import { needed, pair, usage } from './usage.ts';
=======
import { type Cli, exitCodes } from '../../cli.ts';
import { parseJson, textOf, trustDocument } from './documents.ts';
import { exactNumbers } from './exact-numbers.ts';
import { needed, usage } from './usage.ts';
>>>>>>> 0fe7078 (wip)

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
<<<<<<< HEAD
    .option('--json', 'print a JSON object with document and notes; a list of them for several documents')
=======
    .option('--json', 'print a JSON object with document, notes and notCovered')
>>>>>>> 0fe7078 (wip)
    .addHelpText(
      'after',
      `
Example:
  fedbridge trust migrate trust.json --github octo/app --owner-id 65001 --repository-id 724113 >both.json

Exit code ${exitCodes.findings} if something could not be migrated: standard error, or notCovered, says what and why.`,
    )
<<<<<<< HEAD
    .action(async (names: readonly string[], options: MigrateOptions) => {
      const documents = await trustDocuments(names, options, cli);
      const migration = migrationOf(options);
      const all = documents.map((one) => ({ ...one, result: migrated(one, migration, options.finish) }));
      const isOne = all.length === 1;
      if (!options.json)
        for (const { file, document, result } of all)
          for (const note of result.notes) cli.terminal.log(isOne ? note : `${inFile(file, document)}: ${note}`);
      const printed = all.map(({ file, document, result }) => {
        const { notes, document: after } = result;
        const place = isOne ? {} : { file, address: document.address };
        return { ...place, document: after, ...(options.json ? { notes } : {}) };
      });
      const [first] = printed;
      cli.terminal.printJson(isOne ? (options.json ? first : first?.document) : printed, 2);
=======
    .action(async (file: string | undefined, options: MigrateOptions) => {
      const { text, print } = exactNumbers(await textOf(file, cli));
      const { policy, credentials } = trustDocument(parseJson(text, file));
      const migration = migrationOf(options);
      const { document, notes, notCovered } = policy
        ? migrateTrustPolicy(policy, migration, options.finish)
        : migrateFederatedCredentials(credentials as readonly object[], migration, options.finish);
      for (const note of options.json ? [] : notes) cli.terminal.log(note);
      for (const { where, reason } of options.json ? [] : notCovered)
        cli.terminal.log(`Not covered: ${where}. ${reason}`);
      cli.terminal.printDocument(print(options.json ? { document, notes, notCovered } : document, 2));
      if (notCovered.length > 0) cli.terminal.exitCode = exitCodes.findings;
>>>>>>> 0fe7078 (wip)
    });
}

function migrated(one: DocumentInFile, migration: Migration, finish: boolean) {
  const { policy, credentials } = resolvedDocument(one);
  return policy
    ? migrateTrustPolicy(policy, migration, finish)
    : migrateFederatedCredentials(credentials.map(federatedCredential), migration, finish);
}

function migrationOf(options: MigrateOptions): Migration {
  const { github, ownerId, repositoryId, connection, issuer, subject, audience } = options;
  if ((github === undefined) === (connection === undefined)) throw usage('Name what moves: --github or --connection.');
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
