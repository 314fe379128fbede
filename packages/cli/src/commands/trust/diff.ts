import { relative } from 'node:path';
import { type Admitted, type Grant, titleOf, whoIsNew, whomOf } from '@fedbridge/trust';
import { Command } from 'commander';
import { type Cli, exitCodes } from '../../cli.ts';
import { type DocumentInFile, type DocumentOptions, trustDocuments, withParameters } from './documents.ts';
import { grantsIn, isBeyond, type MineOptions, tellOne, withMine } from './who.ts';

interface DiffOptions extends DocumentOptions, MineOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function diffCommand(cli: Cli): Command {
  return withMine(withParameters(new Command('diff')))
    .description(
      `Tell who is allowed by new documents and was not by old ones, and who no longer is. Exit code ${exitCodes.findings} where others than ours are new.`,
    )
    .argument('<old>', 'a file, a folder, or - for standard input')
    .argument('<new>', 'the same')
    .option('--json', 'print a JSON object')
    .option('--markdown', 'print Markdown, for a comment on a review')
    .addHelpText(
      'after',
      `
Examples:
  fedbridge trust diff before.json after.json --mine github:octo
  git show main:trust.json | fedbridge trust diff - trust.json --markdown`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const now = cli.system.now() / 1000;
      const grants = async (name: string) => grantsByPlace(name, await trustDocuments([name], options, cli), now);
      const [old, fresh] = onePlace(await grants(before), await grants(after));
      const { mine = [] } = options;
      const isNew = (from: Grants, to: Grants) =>
        [...to].flatMap(([place, all]) => whoIsNew(from.get(place) ?? [], all, mine, now));
      const [gained, lost] = [isNew(old, fresh), isNew(fresh, old)];
      if (options.json) cli.terminal.printJson({ version: 1, gained, lost }, 2);
      else if (options.markdown) cli.terminal.printDocument(markdown(gained, lost));
      else {
        cli.terminal.print(gained.length === 0 ? 'Nobody is newly allowed.' : 'Newly allowed:');
        for (const one of gained) tellOne(one, '', cli.terminal);
        cli.terminal.print(lost.length === 0 ? 'Nobody is denied who was allowed.' : 'No longer allowed:');
        for (const one of lost) tellOne(one, '', cli.terminal);
      }
      if (isBeyond(gained, mine)) cli.terminal.exitCode = exitCodes.findings;
    });
}

/** What each document allows, by its file in a folder and its address in that. */
type Grants = ReadonlyMap<string, readonly Grant[]>;

function grantsByPlace(name: string, documents: readonly DocumentInFile[], now: number): Grants {
  return new Map(
    documents.map((one) => {
      const file = name === '-' ? '' : relative(name, one.file);
      const place = [file, one.document.address].filter(Boolean).join(' ');
      const grants = grantsIn(one, now);
      if (documents.length === 1) return [place, grants] as const;
      return [place, grants.map((grant) => ({ ...grant, where: `${place} ${grant.where}` }))] as const;
    }),
  );
}

/** Two documents that stand alone are each other's, whatever they are called. */
function onePlace(old: Grants, fresh: Grants): readonly [Grants, Grants] {
  if (old.size !== 1 || fresh.size !== 1) return [old, fresh];
  return [new Map([['', [...old.values()].flat()]]), new Map([['', [...fresh.values()].flat()]])];
}

function markdown(gained: readonly Admitted[], lost: readonly Admitted[]): string {
  return [
    gained.length === 0 ? '**Nobody is newly allowed.**' : '**Newly allowed**',
    ...table(gained),
    '',
    lost.length === 0 ? '**Nobody is denied who was allowed.**' : '**No longer allowed**',
    ...table(lost),
  ].join('\n');
}

function table(all: readonly Admitted[]): readonly string[] {
  if (all.length === 0) return [];
  const rows = all.map((one) =>
    [one.where, titleOf(one.issuer), whomOf(one), String(one.witness?.claims.sub ?? '')].map(cell).join(' | '),
  );
  return ['', '| Where | Issuer | Who | For example |', '|---|---|---|---|', ...rows.map((row) => `| ${row} |`)];
}

/** What came from a document, as text of a table and as nothing else. */
const cell = (text: string) =>
  text === '' ? '' : `<code>${text.replace(/[&<>|`\\\r\n[\]*_@]/g, (one) => `&#${one.charCodeAt(0)};`)}</code>`;
