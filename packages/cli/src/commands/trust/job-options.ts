import type { IdToken } from '@fedbridge/identity';
import {
  type Cloud,
  changingParts,
  checkJob,
  type JobKind,
  type JobNames,
  kindOptions,
  lastingJobOf,
  namedJob,
  sharedOptions,
  type Target,
  type TrustedJob,
} from '@fedbridge/trust';
import type { Command } from 'commander';
import type { Cli } from '../../command-line.ts';
import { tokenIn } from '../../given-token.ts';
import { jobToken } from '../../job-token.ts';
import { usage } from './usage.ts';

/** The job that is named, by its kind or by a token of its own. */
export interface JobOptions extends JobNames {
  /** The file that has it; true for standard input. */
  readonly fromToken?: string | true;
  readonly fromJob?: boolean;
}

/** Options of every kind of job, and those that name it by its token. */
export function withJobOptions(command: Command): Command {
  return withJobNames(command, Object.keys(kindOptions) as JobKind[])
    .option('--from-token [file]', 'the job of the token in a file; on standard input without, and for -')
    .option('--from-job', 'the job that this runs in');
}

/** Options of some kinds of jobs, without those that are left out. */
export function withJobNames(command: Command, kinds: readonly JobKind[], without: readonly string[] = []): Command {
  const all = [...kinds.map((kind) => kindOptions[kind].own), sharedOptions].flatMap((one) => Object.entries(one));
  for (const [name, [flags, description]] of all) if (!without.includes(name)) command.option(flags, description);
  return command;
}

type Way = JobKind | 'fromToken' | 'fromJob';

/** Each way to say whom to trust. */
const ways = [...Object.keys(kindOptions), 'fromToken', 'fromJob'] as readonly Way[];

/** The options that go with a way. */
function companionsOf(way: Way): readonly string[] {
  if (way === 'fromToken') return [];
  if (way === 'fromJob') return ['audience'];
  const { own, shares } = kindOptions[way];
  return [...Object.keys(own).slice(1), ...shares];
}

/** The job that the options name. @throws FedbridgeError `INPUT_INVALID` for one that no document can allow as well */
export async function trustedJob(options: JobOptions, target: Target, cli: Cli): Promise<TrustedJob> {
  const { cloud, audience } = target;
  const way = wayOf(options, ways);
  if (way !== 'fromToken' && way !== 'fromJob') return namedJob(way, options, target);
  const token =
    way === 'fromToken'
      ? await tokenIn(options.fromToken === true ? undefined : options.fromToken, cli.terminal)
      : await jobToken(cloud, audience, cli, options.audience);
  const job = jobOfToken(token, cloud, cli);
  checkJob(job, cloud);
  return job;
}

function jobOfToken({ claims }: IdToken, cloud: Cloud, { terminal }: Cli): TrustedJob {
  for (const part of changingParts(claims))
    terminal.log(`The ${part} in the subject is another in each run: it may be anything.`);
  return lastingJobOf(claims, cloud);
}

/** The one of some ways in which options say whom to trust. @throws FedbridgeError `INPUT_INVALID` for another number of them */
export function wayOf<One extends Way>(options: JobOptions, among: readonly One[]): One {
  const [way, ...more] = among.filter((name) => options[name] !== undefined);
  if (!way || more.length > 0) throw usage(`Say whom to trust with one of ${among.map(optionName).join(', ')}.`);
  const known = new Set(ways.flatMap(companionsOf));
  const allowed = companionsOf(way);
  const alien = Object.entries(options).find(
    ([name, value]) => value !== undefined && known.has(name) && !allowed.includes(name),
  );
  if (alien) throw usage(`${optionName(alien[0])} does not go with ${optionName(way)}.`);
  return way;
}

/** `ownerId` as it is written on the command line. */
export function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
