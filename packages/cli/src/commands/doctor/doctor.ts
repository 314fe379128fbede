import { parseRegion } from '@fedbridge/aws';
import { parseEndpoint } from '@fedbridge/core';
import type { Cloud } from '@fedbridge/trust';
import { Command, InvalidArgumentError, Option } from 'commander';
import { withAuthorityOptions } from '../../command-identity.ts';
import { type Cli, exitCodes } from '../../command-line.ts';
import { withIdentityOptions } from '../../identity-options.ts';
import { parsed } from '../../option-values.ts';
import type { DoctorOptions } from './options.ts';

const clouds: readonly Cloud[] = ['aws', 'entra'];

/** `fedbridge doctor`: what of this machine or job would keep a step from working. */
export function doctorCommand(cli: Cli): Command {
  return withAuthorityOptions(withIdentityOptions(new Command('doctor')))
    .description(
      'Tell what is here: platform, tools, the identity and what a cloud would be presented, which endpoints answer, and what shadows it. ' +
        `No token is shown. Exit code ${exitCodes.findings} for errors.`,
    )
    .addOption(
      new Option('--cloud <cloud>', 'what this is for; again for both, as without').choices(clouds).argParser(cloud),
    )
    .addOption(
      new Option('--aws-region <region>', 'the region whose STS is asked')
        .env('AWS_REGION')
        .argParser(parsed(parseRegion)),
    )
    .addOption(
      new Option('--sts-endpoint <url>', 'another address for STS').argParser(
        parsed((text) => parseEndpoint(text, 'the STS endpoint')),
      ),
    )
    .option('--json', 'print a JSON object', false)
    .addHelpText(
      'after',
      `
Examples:
  fedbridge doctor
  fedbridge doctor --cloud aws --aws-region eu-central-1
  fedbridge doctor --json >doctor.json`,
    )
    .action(async (options: DoctorOptions) => {
      const { examine } = await import('./examine.ts');
      const report = await examine(options, options.cloud ?? clouds, cli);
      if (options.json) cli.terminal.printJson(report, 2);
      else (await import('./print.ts')).printReport(report, cli.terminal);
      if (report.findings.some(({ severity }) => severity === 'error')) cli.terminal.exitCode = exitCodes.findings;
    });
}

function cloud(text: string, before: readonly Cloud[] = []): readonly Cloud[] {
  const named = clouds.find((one) => one === text);
  if (named) return [...new Set([...before, named])];
  throw new InvalidArgumentError(`it is ${clouds.join(' or ')}.`);
}
