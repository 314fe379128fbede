import type { FedbridgeError } from '@fedbridge/core';
import {
  type Admitted,
  farthest,
  type Grant,
  kindsOfOwners,
  type Mine,
  parseMine,
  type Reach,
  sentenceOf,
  titleOf,
  whoIsGranted,
  whomOf,
  whyNobody,
  whyNotMine,
} from '@fedbridge/trust';
import { type DocumentInFile, type FileFault, grantsIn, inFile, isBeyond, ofEach } from '@fedbridge/trust-files';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import type { Terminal } from '../../terminal.ts';
import { type DocumentOptions, files, readDocuments, withParameters } from './documents.ts';

/** Who is ours. */
export interface MineOptions {
  readonly mine?: readonly Mine[];
}

/** The option that says who is ours. */
export function withMine(command: Command): Command {
  return command.option(
    '--mine <owner>',
    `an owner of ours, <kind>:<name>, <kind>:<name>@<id> or <kind>:@<id>, of the kinds ${kindsOfOwners.join(', ')}; again for each`,
    (text: string, before: readonly Mine[] | undefined) => {
      const mine = parseMine(text);
      if (!mine) throw new InvalidArgumentError(whyNotMine(text) ?? '');
      return [...(before ?? []), mine];
    },
  );
}

/** `fedbridge trust who`: whom documents allow. */
export function whoCommand(cli: Cli): Command {
  return withMine(withParameters(new Command('who')))
    .description(
      `Tell who is allowed by IAM trust policies and federated credentials: nobody, only what is ours, others by name, anybody with an account, or anybody at all. Exit code ${exitCodes.findings} for others than ours; without --mine, for whoever cannot be named.`,
    )
    .addArgument(new Argument('[files...]', files))
    .option('--token', 'print the claims of one token that is allowed, of somebody else where there is one')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust who trust.json --mine github:octo
  aws iam get-role --role-name deploy | fedbridge trust who --mine github:octo@65001 --mine account:123456789012
  fedbridge trust who infrastructure/ --mine azure-pipelines:contoso --json`,
    )
    .action(async (names: readonly string[], options: WhoOptions) => {
      const now = cli.system.now() / 1000;
      const { mine = [] } = options;
      const { documents: read, faults: unread } = await readDocuments(names, options, cli);
      const documents = ofEach(read, (one) =>
        grantsIn(one, now).map((grant) => withReason(whoIsGranted(grant, mine, now), grant, now)),
      ).map(({ file, document, result, error }) => ({ file, document, admitted: result ?? [], error }));
      const all = documents.flatMap(({ admitted }) => admitted);
      if (options.token) cli.terminal.printJson(tokenOf(all) ?? null, 2);
      else if (options.json) cli.terminal.printJson(answer(all, documents, unread), 2);
      else tell(documents, unread, cli.terminal);
      if (isBeyond(all, mine)) cli.terminal.exitCode = exitCodes.findings;
      else if (isNotAll(documents, unread)) cli.terminal.exitCode = exitCodes.usage;
    });
}

interface WhoOptions extends DocumentOptions, MineOptions {
  readonly token?: boolean;
  readonly json?: boolean;
}

/** Why it is that nobody is allowed, as far as it is known. */
function withReason(admitted: Admitted, grant: Grant, now: number): Admitted {
  const why = admitted.reach === 'nobody' ? whyNobody(grant, { now }) : undefined;
  return why === undefined ? admitted : { ...admitted, why };
}

const tokenOf = (all: readonly Admitted[]) => {
  const reach = farthest(all);
  return (all.find((one) => one.reach === reach && one.witness) ?? all.find(({ witness }) => witness))?.witness?.claims;
};

interface Answered extends DocumentInFile {
  readonly admitted: readonly Admitted[];
  /** Why nothing is known of it. */
  readonly error: FedbridgeError | undefined;
}

/** The version changes when a member that is there changes its meaning or goes, or `reach` has one more value. */
function answer(all: readonly Admitted[], documents: readonly Answered[], unread: readonly FileFault[]) {
  return {
    version: 2,
    reach: farthest(all),
    exact: all.every(({ exact }) => exact) && !isNotAll(documents, unread),
    sentence: sentenceFor(documents, unread),
    notRead: unread.map(({ file, error }) => ({ file, error: error.message })),
    documents: documents.map(({ file, document, admitted, error }) => ({
      file,
      address: document.address,
      ...(error ? { reach: null, error: error.message } : { reach: farthest(admitted), admitted }),
    })),
  };
}

/** Whether something was not read. */
const isNotAll = (documents: readonly Answered[], unread: readonly FileFault[]) =>
  unread.length > 0 || documents.some(({ error }) => error !== undefined);

function tell(documents: readonly Answered[], unread: readonly FileFault[], terminal: Terminal): void {
  terminal.print(sentenceFor(documents, unread));
  for (const { error } of unread) terminal.print(`not read: ${error.message}`, 'yellow');
  for (const { file, document, admitted, error } of documents) {
    if (error) terminal.print(`not read: ${error.message}`, 'yellow');
    const place = documents.length === 1 ? '' : `${inFile(file, document)} `;
    for (const one of admitted) tellOne(one, place, terminal);
  }
}

function sentenceFor(documents: readonly Answered[], unread: readonly FileFault[]): string {
  const sentence = sentenceOf(documents.flatMap(({ admitted }) => admitted));
  return isNotAll(documents, unread) ? `${sentence} Of what was not read nothing is known.` : sentence;
}

/** In which a person reads how far somebody is allowed. */
export const colours = {
  nobody: 'dim',
  'only mine': 'green',
  'named others': 'yellow',
  'any account': 'red',
  anybody: 'red',
} as const satisfies Readonly<Record<Reach, string>>;

/** @param hasExample - whether one of ours is an example too */
export function tellOne(one: Admitted, place: string, terminal: Terminal, hasExample = false): void {
  const { where, issuer, reach, unread, why, witness } = one;
  terminal.print(`${place}${where}, ${titleOf(issuer)}: ${whomOf(one)}`, colours[reach]);
  if (why !== undefined) terminal.print(`  ${why}`);
  for (const { operator, key, values } of unread) terminal.print(`  not read: ${operator} ${key} ${values.join(', ')}`);
  if (!witness || (reach === 'only mine' && !hasExample)) return;
  const { iat: _, nbf: __, exp: ___, ...claims } = witness.claims;
  const rows = Object.entries({ ...claims, ...witness.request });
  const width = Math.max(...rows.map(([name]) => name.length));
  terminal.print('  for example');
  for (const [name, value] of rows) terminal.print(`    ${name.padEnd(width)}  ${String(value)}`);
}
