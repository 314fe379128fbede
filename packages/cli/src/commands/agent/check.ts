import { type AgentFinding, checkAgents, type Demand, type Organization } from '@fedbridge/agent';
import { azureDevOpsHost } from '@fedbridge/issuers';
import { Command } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import { organizationOption, type SetUpOptions, setUpIdentity, withSetUpOptions } from '../../set-up-identity.ts';
import {
  agentIdentity,
  setupTokens,
  type TargetOptions,
  trustedAccounts,
  withTargetOptions,
} from './identity-target.ts';
import { demandOption, poolOption } from './pool-options.ts';

interface CheckCommandOptions extends SetUpOptions, TargetOptions {
  readonly url: Organization;
  readonly pool: string;
  readonly demand: readonly Demand[];
  readonly json: boolean;
}

/** `fedbridge agent check`. */
export function checkCommand(cli: Cli): Command {
  const command = new Command('check')
    .description('Say why no job starts: pool, agents, demands, waiting jobs, identity, role, federated credentials.')
    .addOption(organizationOption())
    .addOption(poolOption());
  return withSetUpOptions(
    withTargetOptions(command).addOption(demandOption('what the scaler is told that its agents satisfy')),
  )
    .option('--json', 'print the findings as JSON', false)
    .addHelpText(
      'after',
      `
Nothing is changed. The exit code is 0 where no problems were found, and 3
where some were.

Example:
  fedbridge agent check --url https://${azureDevOpsHost}/contoso --pool kubernetes --keda \\
    --managed-identity $(az identity show -g ci -n agents --query id -o tsv) \\
    --issuer $(az aks show -g ci -n cluster --query oidcIssuerProfile.issuerUrl -o tsv)`,
    )
    .action((options: CheckCommandOptions) => check(options, cli));
}

async function check(options: CheckCommandOptions, cli: Cli): Promise<void> {
  const { url: organization, pool, demand: demands, json } = options;
  const { terminal } = cli;
  const identity = await setUpIdentity(options, cli);
  const accounts = trustedAccounts(options, identity);
  const checked = { organization, pool, demands, accounts, identity: agentIdentity(options, identity) };
  const findings = await checkAgents(checked, setupTokens(identity), () => identity.outbound(30_000));
  const problems = findings.filter(({ state }) => state !== 'ok').length;
  if (json) terminal.printJson({ problems, findings });
  else {
    for (const finding of findings) print(finding, cli);
    terminal.print(problems === 0 ? 'No problems found.' : `${problems} ${problems === 1 ? 'problem' : 'problems'}.`);
  }
  if (problems > 0) terminal.exitCode = exitCodes.findings;
}

const colours = { ok: 'green', problem: 'red', unknown: 'yellow' } as const;

function print({ check: what, state, detail, fix }: AgentFinding, { terminal }: Cli): void {
  terminal.print(`${state.padEnd(8)} ${what}: ${detail}`, colours[state], ' '.repeat(9));
  if (fix !== undefined) terminal.print(`         ${fix}`, undefined, ' '.repeat(9));
}
