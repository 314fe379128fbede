import { jobFiles } from '@fedbridge/platforms';
import { Command, Option } from 'commander';
import { type Cli, exitCodes } from '../../command-line.ts';
import { SignedIn } from '../../live/signed-in-tool.ts';
import { optionName, wayOf } from '../trust/job-options.ts';
import { needed, usage } from '../trust/usage.ts';
import { aws } from './aws.ts';
import { azure } from './azure.ts';
import type { CloudSetUp } from './cloud.ts';
import { jobFileStep } from './job-file.ts';
import { complete, jobFileOf, jobNeeds } from './need.ts';
import { type InitOptions, kinds, withJobs } from './options.ts';
import { isDone, type Plan, type PlanStep, perform, printPlan } from './plan.ts';

/** Those that it sets up, by the name of `--cloud`. */
const clouds: Readonly<Record<string, CloudSetUp>> = { aws, azure };

/** `fedbridge init`: a job that has an identity in a cloud. */
export function initCommand(cli: Cli): Command {
  const command = new Command('init')
    .description(
      'Let jobs of a repository or project into a cloud: shows what is there and what it will create, does it with your own "aws" or "az", and writes the workflow or pipeline. Run again, it does what is missing.',
    )
    .addOption(
      new Option('--platform <platform>', 'where the jobs run').choices(jobFiles.map(({ platform }) => platform)),
    );
  withJobs(command).addOption(
    new Option('--cloud <cloud>', 'where they are to be allowed').choices(Object.keys(clouds)),
  );
  for (const { options } of Object.values(clouds)) for (const option of options) command.addOption(option);
  return command
    .option('--file <path>', 'the workflow or pipeline to write; by default where the platform looks for it')
    .option('--force', 'replace that file')
    .option('--plan-only', 'show what would be done, and do nothing')
    .addOption(
      new Option('--terraform', 'print it as Terraform, and do nothing').conflicts([
        'planOnly',
        'yes',
        'json',
        'force',
        'file',
      ]),
    )
    .addOption(new Option('--yes', 'do it without asking').conflicts('planOnly'))
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
At a terminal it asks for what is not given, and before it does anything.

Examples:
  fedbridge init
  fedbridge init --github octo/app --branch main --cloud aws --account 123456789012 --role deploy --aws-region eu-central-1 --plan-only
  fedbridge init --github octo/app --branch main --cloud azure --tenant-id <guid> --subscription-id <guid> --plan-only
  fedbridge init --azure-pipelines contoso/web --service-connection azure-prod --cloud azure --tenant-id <guid> --subscription-id <guid>
  fedbridge init --azure-pipelines contoso/web --organization-id <guid> --pipeline release --cloud aws --account 123456789012 --role deploy --aws-region eu-central-1 --terraform`,
    )
    .action((options: InitOptions) => init(options, command, cli));
}

async function init(given: InitOptions, command: Command, cli: Cli): Promise<void> {
  const options = await complete(given, needsOf, command, cli);
  const kind = wayOf(options, kinds);
  const jobFile = jobFileOf(options) ?? needed('--platform');
  if (options.platform !== undefined && options.platform !== jobFile.platform)
    throw usage(`${optionName(kind)} is not of --platform ${options.platform}.`);
  const cloud = clouds[options.cloud ?? ''] ?? aws;
  refuseAlien(cloud, options);
  const target = cloud.target(options);
  const { wider } = target.job ?? {};
  if (wider !== undefined) cli.terminal.log(`WIDER than one kind of job: it allows ${wider}.`);
  if (options.terraform) {
    cli.terminal.printDocument(target.terraform());
    return;
  }
  const tool = new SignedIn(cli, target.as);
  const ofCloud = await target.plan(tool, cli.system.now() / 1000);
  const file = await jobFileStep(jobFile, options, target.jobStep);
  await carryOut({ ...ofCloud, steps: [...ofCloud.steps, file] }, tool, options, cli);
}

function needsOf(options: InitOptions) {
  const cloud = Object.hasOwn(clouds, options.cloud ?? '') ? clouds[options.cloud ?? ''] : undefined;
  if (cloud) return cloud.needs(options);
  const names = Object.entries(clouds).map(([name, { title }]) =>
    name === title.toLowerCase() ? name : `${name} (${title})`,
  );
  const which = { option: 'cloud', question: `Which cloud: ${names.join(', ')}?` } as const;
  return jobFileOf(options) === undefined ? [...jobNeeds(options), which] : [which];
}

function refuseAlien(cloud: CloudSetUp, options: InitOptions): void {
  const own = new Set(cloud.options.map((one) => one.attributeName()));
  for (const [name, other] of Object.entries(clouds)) {
    const alien = other.options.map((one) => one.attributeName()).find((one) => !own.has(one) && one in options);
    if (alien !== undefined) throw usage(`${optionName(alien)} goes with --cloud ${name}.`);
  }
}

async function carryOut(plan: Plan, tool: SignedIn, options: InitOptions, cli: Cli): Promise<void> {
  const { terminal } = cli;
  if (!options.json) printPlan(plan, terminal);
  const isWanted = isDone(plan) || options.planOnly ? false : options.yes || (!options.json && (await isAgreed(cli)));
  const done: PlanStep[] = [];
  if (isWanted) {
    if (!options.json) terminal.print('');
    await perform(plan, tool, (step) => {
      done.push(step);
      if (!options.json) terminal.print(`done    ${step.title}`, 'green', '        ');
    });
  }
  if (options.json) terminal.printJson(answer(plan, done), 2);
  if (isDone(plan) || options.planOnly || isWanted) return;
  terminal.log(
    `Nothing was done.${terminal.canAsk && !options.json ? '' : ' --yes does it without asking, --plan-only shows it alone.'}`,
  );
  terminal.exitCode = exitCodes.failed;
}

const isAgreed = async ({ terminal }: Cli) => terminal.canAsk && /^y(es)?$/i.test(await terminal.ask('Do this? [y/N]'));

/** The version changes when a member that is there changes its meaning or goes. */
function answer({ about, steps }: Plan, done: readonly PlanStep[]) {
  return {
    version: 1,
    about: Object.fromEntries(about.map(([name, what]) => [name.toLowerCase(), what])),
    steps: steps.map((step) => {
      const { title, state, notes = [], text, command } = step;
      return {
        title,
        state,
        notes,
        ...(text === undefined ? {} : { text }),
        ...(command ? { command } : {}),
        done: state === 'exists' || done.includes(step),
      };
    }),
  };
}
