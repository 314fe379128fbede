import { setFlagsFromString } from 'node:v8';
import {
  type AuditEntry,
  type AuditRuleId,
  audit,
  auditRules,
  type FindingInFile,
  hasAccounts,
  hasProviders,
  oursIn,
} from '@fedbridge/trust';
import {
  type DocumentInFile,
  documentsIn,
  fileFinding,
  grantsIn,
  isBeyond,
  notReadFinding,
  type TextFile,
} from '@fedbridge/trust-files';
import { Argument, Command, Option } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import { checkLive, type LiveOptions, liveFiles, withLive } from './audit-live.ts';
import { type AuditFormat, auditFormats, exitCodeOf, printAudit } from './audit-print.ts';
import { type DocumentOptions, files, withParameters } from './documents.ts';
import { textFiles } from './files.ts';
import { usage } from './usage.ts';
import { type MineOptions, withMine } from './who.ts';

interface AuditOptions extends DocumentOptions, MineOptions, LiveOptions {
  readonly format: AuditFormat;
  readonly json?: boolean;
}

/** Of a file, in bytes: all of a large account is in one. */
const mostInput = 256 * 1024 * 1024;

/** `fedbridge trust audit`: who is allowed by all roles and identities of accounts. */
export function auditCommand(cli: Cli): Command {
  return withLive(withMine(withParameters(new Command('audit'))))
    .description(
      `Tell who is allowed by every role and identity of an account or a tenant, what that is worth, what is wrong and what stops on a day. Exit code ${exitCodes.findings} for others than ours (without --mine, for whoever cannot be named) and for errors.`,
    )
    .addArgument(new Argument('[files...]', files))
    .addOption(new Option('--format <format>').choices(auditFormats).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  aws iam get-account-authorization-details >account.json
  aws iam list-open-id-connect-providers >providers.json
  fedbridge trust audit account.json providers.json --mine github:octo --mine account:123456789012
  fedbridge trust audit exports/ plans/ --mine github:octo --format sarif >audit.sarif
  fedbridge trust audit --live aws --profile prod --profile staging --mine github:octo --format html >audit.html
  fedbridge trust audit --live azure --subscription ci --mine github:octo`,
    )
    .action(async (names: readonly string[], options: AuditOptions) => {
      checkLive(options);
      // Else V8 keeps what a question needs for a moment where it seldom looks: of ten thousand roles a third of the memory.
      setFlagsFromString('--no-allocation-site-pretenuring');
      const now = cli.system.now() / 1000;
      const sourceNames: string[] = [];
      const { sources, documents, faults, pages } = await documentsIn(filesOf(names, options, sourceNames, cli), {
        parameter: options.parameter,
        isOfUse: (source) => hasProviders(source) || hasAccounts(source),
      });
      // Nor is room to be made for what is thrown away at once: it grows with the largest file that was read, and stays.
      setFlagsFromString('--semi-space-growth-factor=1');
      const [first] = faults;
      if (first && documents.length === 0) throw first.error;
      if (documents.length === 0) throw usage('No role and no identity is in these files.');
      const mine = [...(options.mine ?? []), ...oursIn(sources)];
      const gaps = [...faults.map(notReadFinding), ...pages.map(incomplete)];
      let decided = 0;
      const grantsOf = (one: DocumentInFile) => {
        decided += 1;
        cli.terminal.progress(`${decided} of ${documents.length} roles and identities`);
        return grantsIn(one, now);
      };
      const found = audit(documents, { sources, mine, now, gaps, grantsOf });
      if (found.areClientIdsUnused)
        cli.terminal.log(
          'Of several accounts it is not known whose audiences these are: those of providers are not used.',
        );
      const format = options.json ? 'json' : options.format;
      const isBeyondMine = ({ admitted }: AuditEntry) => isBeyond(admitted, mine);
      printAudit(found, { format, mine, now, sourceNames, isBeyond: isBeyondMine }, cli.terminal);
      const code = exitCodeOf(found, isBeyondMine);
      if (code !== undefined) cli.terminal.exitCode = code;
    });
}

/** A list of which more was to be read: whoever is in the rest may be allowed as well. */
function incomplete(file: string): FindingInFile<AuditRuleId> {
  const rule = 'audit/incomplete';
  const message = 'The list ends before its end, so that nothing is known of the rest.';
  return fileFinding({ rule, severity: auditRules[rule].severity, message, file });
}

/** What is named, and what tools print; standard input where it is neither. @param sourceNames - to which is added what was read */
async function* filesOf(
  names: readonly string[],
  options: AuditOptions,
  sourceNames: string[],
  cli: Cli,
): AsyncGenerator<TextFile> {
  if (names.length > 0 || !options.live) {
    sourceNames.push(...(names.length === 0 ? ['-'] : names).map((name) => (name === '-' ? 'standard input' : name)));
    yield* textFiles(names, cli, { mostInput });
  }
  for await (const file of liveFiles(options, cli)) {
    sourceNames.push(file.name);
    yield file;
  }
}
