import { type FindingInFile, rules, type Severity, sarif } from '@fedbridge/trust';
import { type DocumentInFile, findingsIn, notReadFinding } from '@fedbridge/trust-files';
import { Argument, Command, Option } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import type { Terminal } from '../../terminal.ts';
import { type DocumentOptions, files, readDocuments, withParameters } from './documents.ts';
import { fixFile } from './fixed-file.ts';
import { printSarif } from './print-sarif.ts';
import { usage } from './usage.ts';

interface LintOptions extends DocumentOptions {
  readonly format: string;
  readonly json?: boolean;
  readonly skipUnrelated?: boolean;
  readonly fix?: boolean;
}

/** `fedbridge trust lint`: what is wrong with trust documents, and fixes where there are some. */
export function lintCommand(cli: Cli): Command {
  return withParameters(new Command('lint'))
    .description(
      `Find what is wrong with IAM trust policies and federated credentials. Exit code ${exitCodes.findings} for errors and warnings.`,
    )
    .addArgument(new Argument('[files...]', files))
    .addOption(new Option('--format <format>').choices(['text', 'json', 'sarif']).default('text'))
    .option('--json', 'the same as --format json')
    .option(
      '--skip-unrelated',
      'skip files that have nothing to do with trust, as in folders, also where they are named',
    )
    .option(
      '--fix',
      'write files that hold one document of JSON anew, with all fixed that needs no decision; tell the rest',
    )
    .addHelpText(
      'after',
      `
Examples:
  aws iam get-role --role-name deploy | fedbridge trust lint
  az ad app federated-credential list --id <client id> | fedbridge trust lint --format sarif >trust.sarif
  terraform show -json plan.out | fedbridge trust lint
  fedbridge trust lint --fix trust.json
  fedbridge trust lint infrastructure/ --parameter AWS::AccountId=123456789012`,
    )
    .action(async (names: readonly string[], options: LintOptions) => {
      const now = cli.system.now() / 1000;
      const areUnrelated = options.skipUnrelated ?? false;
      if (options.fix && (names.length === 0 || names.includes('-'))) throw usage('--fix takes files: name them.');
      const readAll = () => readDocuments(names, { ...options, areUnrelated }, cli);
      if (options.fix) await fixFiles((await readAll()).documents, cli.terminal);
      const { documents, faults } = await readAll();
      const findings = [...faults.map(notReadFinding), ...documents.flatMap((one) => findingsIn(one, now))];
      if (options.format === 'sarif') printSarif(sarif(findings), cli.terminal);
      else if (options.json || options.format === 'json')
        cli.terminal.printJson(
          findings.map((one) => ({ ...one, fix: rules[one.rule].fix })),
          2,
        );
      else tell(findings, options.skipUnrelated || documents.length + faults.length > 1, cli.terminal);
      if (findings.some(({ severity }) => severity !== 'note')) cli.terminal.exitCode = exitCodes.findings;
    });
}

async function fixFiles(documents: readonly DocumentInFile[], terminal: Terminal): Promise<void> {
  for (const name of new Set(documents.map(({ file }) => file))) {
    const own = documents.filter(({ file }) => file === name).map(({ document }) => document);
    const { fixes = [], why } = (await fixFile(name, own)) ?? {};
    if (why !== undefined) terminal.log(`${name} is not changed: ${why}.`);
    for (const { where, what, widens } of fixes)
      terminal.log(`fixed ${name} ${where}: ${what}${widens ? ' It may allow more.' : ''}`);
  }
}

const colours = { error: 'red', warning: 'yellow', note: 'dim' } as const satisfies Record<Severity, string>;

/** @param isOfMany - whether it must be said which document a finding is about */
function tell(findings: readonly FindingInFile[], isOfMany: boolean, terminal: Terminal): void {
  if (findings.length === 0) terminal.print('No problems found.');
  for (const { rule, severity, message, where, file, document, line, column } of findings) {
    const place = [...(isOfMany ? [`${file}:${line}:${column}`, document === where ? '' : document] : []), where]
      .filter(Boolean)
      .join(' ');
    terminal.print(`${severity} ${rule} ${place}: ${rules[rule].title}. ${message}`, colours[severity]);
    terminal.print(`  ${rules[rule].fix}`);
  }
}
