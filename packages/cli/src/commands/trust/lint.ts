import { type Finding, lintFederatedCredentials, lintTrustPolicy, rules, type Severity, sarif } from '@fedbridge/trust';
import { Argument, Command, Option } from 'commander';
import { type Cli, exitCodes } from '../../cli.ts';
import type { Terminal } from '../../terminal.ts';
import { parseJson, textOf, trustDocument } from './documents.ts';

export function lintCommand(cli: Cli): Command {
  return new Command('lint')
    .description(
      `Find what is wrong with an IAM trust policy or a list of federated credentials. Exit code ${exitCodes.findings} for errors and warnings.`,
    )
    .addArgument(new Argument('[file]', 'JSON; standard input without one'))
    .addOption(new Option('--format <format>').choices(['text', 'json', 'sarif']).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Examples:
  aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument | fedbridge trust lint
  az ad app federated-credential list --id <client id> | fedbridge trust lint --format sarif >trust.sarif`,
    )
    .action(async (file: string | undefined, { format, json }: { format: string; json?: boolean }) => {
      const source = await textOf(file, cli);
      const { policy, credentials } = trustDocument(parseJson(source, file));
      const findings = policy ? lintTrustPolicy(policy) : lintFederatedCredentials(credentials);
      if (format === 'sarif')
        cli.terminal.printJson(
          sarif(findings, file ?? 'stdin', (where) => lineOf(source, where)),
          2,
        );
      else if (json || format === 'json')
        cli.terminal.printJson(
          findings.map((one) => ({ ...one, mend: rules[one.rule].mend })),
          2,
        );
      else tell(findings, cli.terminal);
      if (findings.some(({ severity }) => severity !== 'note')) cli.terminal.exitCode = exitCodes.findings;
    });
}

const colours = { error: 'red', warning: 'yellow', note: 'dim' } as const satisfies Record<Severity, string>;

function tell(findings: readonly Finding[], terminal: Terminal): void {
  if (findings.length === 0) terminal.print('Nothing was found.');
  for (const { rule, severity, message, where } of findings) {
    terminal.print(`${severity} ${rule} ${where}: ${rules[rule].title}. ${message}`, colours[severity]);
    terminal.print(`  ${rules[rule].mend}`);
  }
}

/** The line of a statement or of a credential's name, from 1. */
function lineOf(source: string, where: string): number {
  const index = Number(/^Statement\[(\d+)\]$/.exec(where)?.[1] ?? -1);
  const at = index >= 0 ? nthIndexOf(source, '"Effect"', index) : source.indexOf(JSON.stringify(where));
  return source.slice(0, Math.max(0, at)).split('\n').length;
}

function nthIndexOf(text: string, part: string, n: number): number {
  let at = text.indexOf(part);
  for (let count = 0; count < n && at >= 0; count += 1) at = text.indexOf(part, at + 1);
  return at;
}
