import {
  type Audit,
  type AuditEntry,
  audit,
  auditFindings,
  auditRules,
  auditSarif,
  formatMine,
  hasProviders,
  type Mine,
  reachOfEntry,
  sentenceOf,
} from '@fedbridge/trust';
import { grantsIn, isBeyond } from '@fedbridge/trust-files';
import { Argument, Command, Option } from 'commander';
import { type Cli, exitCodes } from '../../program.ts';
import type { Terminal } from '../../terminal.ts';
import { auditPage } from './audit-page/audit-page.ts';
import { summaryOf, tellAudit } from './audit-text.ts';
import { type DocumentOptions, files, trustSources, withParameters } from './documents.ts';
import { printSarif } from './print-sarif.ts';
import { usage } from './usage.ts';
import { type MineOptions, withMine } from './who.ts';

interface AuditOptions extends DocumentOptions, MineOptions {
  readonly format: string;
  readonly json?: boolean;
}

/** Of a file, in bytes: all of a large account is in one. */
const mostInput = 256 * 1024 * 1024;

export function auditCommand(cli: Cli): Command {
  return withMine(withParameters(new Command('audit')))
    .description(
      `Tell who is allowed by every role and identity of an account or a tenant, what that is worth, what is wrong and what stops on a day. Exit code ${exitCodes.findings} for others than ours and for errors.`,
    )
    .addArgument(new Argument('[files...]', files))
    .addOption(new Option('--format <format>').choices(['text', 'json', 'sarif', 'html']).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  aws iam get-account-authorization-details >account.json
  aws iam list-open-id-connect-providers >providers.json
  fedbridge trust audit account.json providers.json --mine github:octo --mine account:123456789012
  fedbridge trust audit exports/ plans/ --mine github:octo --format sarif >audit.sarif`,
    )
    .action(async (names: readonly string[], options: AuditOptions) => {
      const now = cli.system.now() / 1000;
      const { mine = [] } = options;
      const { sources, documents } = await trustSources(names, { ...options, mostInput }, cli, hasProviders);
      if (documents.length === 0) throw usage('No role and no identity is in these files.');
      const found = audit(documents, { sources, mine, now, grantsOf: (one) => grantsIn(one, now) });
      if (found.areClientIdsUnused)
        cli.terminal.log(
          'Of several accounts it is not known whose audiences these are: those of providers are not used.',
        );
      const isBeyondMine = ({ admitted }: AuditEntry) => isBeyond(admitted, mine);
      const sourceNames = (names.length === 0 ? ['-'] : names).map((name) => (name === '-' ? 'standard input' : name));
      print(
        found,
        { format: options.json ? 'json' : options.format, mine, now, isBeyondMine, sourceNames },
        cli.terminal,
      );
      const code = exitCodeOf(found, isBeyondMine);
      if (code !== undefined) cli.terminal.exitCode = code;
    });
}

type IsBeyond = (entry: AuditEntry) => boolean;

interface Printing {
  readonly format: string;
  readonly mine: readonly Mine[];
  readonly now: number;
  readonly isBeyondMine: IsBeyond;
  /** What was read, as it was named. */
  readonly sourceNames: readonly string[];
}

function print(found: Audit, { format, mine, now, isBeyondMine, sourceNames }: Printing, terminal: Terminal): void {
  if (format === 'sarif') printSarif(auditSarif(found, isBeyondMine), terminal);
  else if (format === 'json') terminal.printJson(answer(found, isBeyondMine), 2);
  else if (format === 'html') {
    const of = { summary: summaryOf(found.entries, mine), mine: mine.map(formatMine), now, isBeyond: isBeyondMine };
    terminal.printDocument(auditPage(found, { ...of, sources: sourceNames }));
  } else tellAudit(found, { mine, now }, terminal);
}

function exitCodeOf({ entries, findings }: Audit, isBeyondMine: IsBeyond): number | undefined {
  const isWrong = findings.some(({ severity }) => severity === 'error');
  if (isWrong || entries.some(isBeyondMine)) return exitCodes.findings;
  return entries.some(({ error }) => error) ? exitCodes.usage : undefined;
}

/** The version changes when a member that is there changes its meaning or goes. */
function answer(found: Audit, isBeyondMine: IsBeyond) {
  const { entries, endings } = found;
  return {
    version: 1,
    entries: entries.map(entryInJson),
    findings: auditFindings(found, isBeyondMine).map((one) => ({ ...one, fix: auditRules[one.rule].fix })),
    deprecations: endings.map(({ document, ...ending }) => ({ ...ending, address: document.address })),
  };
}

function entryInJson(entry: AuditEntry) {
  const { file, document, access, admitted, services, missingPolicies, missingProviders, error } = entry;
  const { line, column } = document.positionOf([]);
  return {
    ...{ file, line, column, address: document.address, access, missingPolicies, missingProviders },
    ...(error
      ? { reach: null, error: error.message }
      : {
          reach: reachOfEntry(entry),
          exact: admitted.every(({ exact }) => exact),
          sentence: sentenceOf(admitted),
          admitted,
          services,
        }),
  };
}
