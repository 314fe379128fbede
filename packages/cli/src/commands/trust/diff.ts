import { relative } from 'node:path';
import {
  type AccessChange,
  accessChange,
  type ChangedAccess,
  changeInMarkdown,
  type DocumentInFile,
  type DocumentState,
  headingsOf,
  isBeyond,
  placeBy,
} from '@fedbridge/trust-files';
import { Command } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import type { Terminal } from '../../terminal.ts';
import { type DocumentOptions, trustDocuments, withParameters } from './documents.ts';
import { type MineOptions, tellOne, withMine } from './who.ts';

interface DiffOptions extends DocumentOptions, MineOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** `fedbridge trust diff`: who is newly allowed, and who no more. */
export function diffCommand(cli: Cli): Command {
  return withMine(withParameters(new Command('diff')))
    .description(
      `Tell who is allowed by new documents and was not by old ones, and who no longer is. Exit code ${exitCodes.findings} where others than ours are new; without --mine, whoever cannot be named.`,
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
      const { mine = [] } = options;
      const [old, fresh] = [await trustDocuments([before], options, cli), await trustDocuments([after], options, cli)];
      // Two documents that stand alone are each other's, whatever they are called.
      const isOne = old.length === 1 && fresh.length === 1;
      const inFolder = (name: string) => placeBy((file) => (name === '-' ? '' : relative(name, file)));
      const state = (name: string, documents: readonly DocumentInFile[]): DocumentState => ({
        documents,
        placeOf: isOne ? () => '' : inFolder(name),
      });
      const change = accessChange(state(before, old), state(after, fresh), { mine, now });
      const [unread] = change.notCompared;
      if (unread && change.notCompared.length === old.length + fresh.length) throw unread.error;
      if (options.json) cli.terminal.printJson(answer(change), 2);
      else if (options.markdown) cli.terminal.printDocument(changeInMarkdown(change));
      else tell(change, cli.terminal);
      const gained = change.gained.map(({ admitted }) => admitted);
      if (isBeyond(gained, mine)) cli.terminal.exitCode = exitCodes.findings;
      else if (unread) cli.terminal.exitCode = exitCodes.usage;
    });
}

/** The version changes when a member that is there changes its meaning or goes, or `reach` has one more value. */
function answer({ gained, lost, notCompared }: AccessChange) {
  return {
    version: 2,
    gained: gained.map(placed),
    lost: lost.map(placed),
    notCompared: notCompared.map(({ file, document, error }) => ({
      file,
      address: document.address,
      error: error.message,
    })),
  };
}

const placed = ({ place, admitted }: ChangedAccess) => ({
  ...admitted,
  where: [place, admitted.where].filter(Boolean).join(' '),
});

function tell(change: AccessChange, terminal: Terminal): void {
  const { gained, lost, notCompared } = change;
  const headings = headingsOf(change);
  terminal.print(headings.gained + (gained.length === 0 ? '' : ':'));
  for (const one of gained) tellOne(placed(one), '', terminal, true);
  terminal.print(headings.lost + (lost.length === 0 ? '' : ':'));
  for (const one of lost) tellOne(placed(one), '', terminal, true);
  for (const { error } of notCompared) terminal.print(`not compared: ${error.message}`, 'yellow');
}
