import { inertJson, invalid } from '@fedbridge/core';
import { audiences, type Inspection, inspectClaims } from '@fedbridge/trust';
import { Command, Option } from 'commander';
import type { Cli } from '../command-line.ts';
import { tokenIn } from '../given-token.ts';
import { jobToken } from '../job-token.ts';
import { awsAccount } from '../option-values.ts';
import type { Terminal } from '../terminal.ts';

interface InspectOptions {
  readonly fromJob: boolean;
  readonly cloud: 'aws' | 'entra';
  readonly audience?: string;
  readonly account: string;
  readonly json: boolean;
}

/** `fedbridge inspect`: what a token says, with nothing of it verified. */
export function inspectCommand(cli: Cli): Command {
  return new Command('inspect')
    .description(
      'Tell what an ID token says and what a trust policy and a federated credential for it look like; never the token itself.',
    )
    .argument('[file]', 'has the token; standard input without, and for -')
    .option('--from-job', 'the token of the job that this runs in, in the place of one that is given', false)
    .addOption(
      new Option('--cloud <cloud>', 'whose audience is asked for, with --from-job on GitHub')
        .choices(['aws', 'entra'])
        .default('aws'),
    )
    .option('--audience <audience>', 'another audience, with --from-job; a managed identity needs one, api://…')
    .addOption(
      new Option('--account <id>', 'the AWS account of the trust policy that is shown')
        .argParser(awsAccount)
        .default('123456789012'),
    )
    .option('--json', 'print a JSON object', false)
    .addHelpText(
      'after',
      `
Examples:
  fedbridge inspect --from-job
  fedbridge inspect --json token.txt`,
    )
    .action(async (file: string | undefined, options: InspectOptions) => {
      if (options.fromJob && file !== undefined) throw invalid('Name a file, or --from-job, and not both.');
      const token = options.fromJob
        ? await jobToken(options.cloud, audiences[options.cloud], cli, options.audience)
        : await tokenIn(file, cli.terminal);
      const inspection = inspectClaims(token.claims, options.account, cli.system.now());
      if (options.json) cli.terminal.printJson(inspection, 2);
      else tell(inspection, cli.terminal);
    });
}

function tell(one: Inspection, terminal: Terminal): void {
  const { aws, entra } = one.trust;
  const lines = [
    `platform  ${one.platform}: ${one.form}`,
    `issuer    ${one.issuer}`,
    `subject   ${one.subject}`,
    `audience  ${one.audience}${one.azp ? `, azp ${one.azp}` : ''}`,
    `times     ${one.issued ? `issued ${one.issued}, ` : ''}${one.hasEnded ? 'expired' : 'expires'} ${one.expires}`,
  ];
  for (const line of lines) terminal.print(line, undefined, ' '.repeat(10));
  terminal.print('');
  tellDocument('A trust policy of AWS', 'trustPolicy' in aws ? aws.trustPolicy : aws, terminal);
  terminal.print('');
  tellDocument('A federated credential of Entra', entra, terminal);
}

function tellDocument(what: string, document: object, terminal: Terminal): void {
  const isNone = 'neverMatches' in document;
  terminal.print(`${what} for it:${isNone ? ` none. ${document.neverMatches}` : ''}`);
  if (!isNone) terminal.printDocument(inertJson(document, 2));
}
