import {
  cases as allCases,
  type ConformanceCase,
  type Connection,
  countsOf,
  type Profile,
  profileNames,
  profileOf,
  runCases,
  type ServerReport,
  SuiteIssuers,
  setUpFor,
  trusts,
} from '@fedbridge/conformance';
import { FedbridgeError, HttpClient, invalid } from '@fedbridge/core';
import { type Cli, exitCodes } from '../../command-line.ts';
import type { ConformanceOptions } from './options.ts';
import { printCases, printReport } from './print.ts';

/** Tries servers, or prints what they are tried with. @throws FedbridgeError */
export async function tryServers(options: ConformanceOptions, cli: Cli): Promise<void> {
  const { terminal } = cli;
  const cases = chosen(options.case);
  if (options.list) {
    if (options.json) terminal.printJson(cases.map(withTrust), 2);
    else printCases(cases, terminal);
    return;
  }
  const profiles = await profilesOf(options);
  const http = new HttpClient(cli.system.environment);
  try {
    if (options.printSetup) return await printSetUp(options, profiles, cases, http, cli);
    const reports: ServerReport[] = [];
    await terminal.interruptible(async (stop) => {
      for (const profile of profiles) {
        if (stop.aborted) return;
        reports.push(await report({ profile, cases, options, http, stop }, cli));
      }
    });
    if (options.json) terminal.printJson({ servers: reports.map((one) => ({ ...one, counts: countsOf(one) })) }, 2);
    else for (const one of reports) printReport(one, terminal);
    if (reports.some((one) => countsOf(one).otherwise > 0)) terminal.exitCode = exitCodes.findings;
  } finally {
    http.close();
  }
}

function chosen(wanted: ConformanceOptions['case']): readonly ConformanceCase[] {
  if (wanted === undefined) return allCases;
  for (const one of wanted) {
    if (!allCases.some(({ id }) => isOf(id, one)))
      throw new FedbridgeError('INPUT_INVALID', `No case is ${one}, and none begins so.`, {
        hint: 'See them with --list.',
      });
  }
  return allCases.filter(({ id }) => wanted.some((one) => isOf(id, one)));
}

const isOf = (id: string, wanted: string) => id === wanted || (wanted.endsWith('/') && id.startsWith(wanted));

/** A case as others can use it: with what its trust is. */
const withTrust = (one: ConformanceCase) => ({
  ...one,
  platform: trusts[one.trust].platform,
  trust: { name: one.trust, ...trusts[one.trust] },
});

async function profilesOf({ against, server, printSetup, tokenFile }: ConformanceOptions): Promise<readonly Profile[]> {
  const named = await Promise.all((against ?? profileNames).map(profileOf));
  const profiles = against ? named : named.filter(({ isEmulated }) => isEmulated);
  const [first] = profiles;
  if ((server !== undefined || printSetup) && profiles.length !== 1)
    throw invalid(
      `${printSetup ? '--print-setup' : '--server'} is about one server: name it, and no other, with --against.`,
    );
  const alone = profiles.find(({ secretVariable }) => secretVariable === undefined);
  if (tokenFile !== undefined && alone)
    throw invalid(`${alone.title} is set up without a token: --token-file is not for it.`);
  if (printSetup && !first?.setUp) throw invalid(`${first?.title} needs no set-up: this command does it.`);
  return profiles;
}

async function connectionTo(
  profile: Profile,
  { server, tokenFile }: ConformanceOptions,
  http: HttpClient,
  cli: Cli,
): Promise<Connection> {
  const { secretVariable } = profile;
  const given =
    tokenFile === undefined
      ? secretVariable && cli.system.environment[secretVariable]
      : await cli.terminal.readFile(tokenFile);
  const secret = given?.trim() || undefined;
  if (secret !== undefined) cli.terminal.mask(secret);
  return { server, secret, send: (request) => http.send(request) };
}

async function printSetUp(
  options: ConformanceOptions,
  profiles: readonly Profile[],
  cases: readonly ConformanceCase[],
  http: HttpClient,
  cli: Cli,
): Promise<void> {
  const [profile] = profiles;
  if (!profile) return;
  if (options.issuer === undefined)
    throw new FedbridgeError(
      'INPUT_MISSING',
      'A set-up names the issuer: say by which address the server reaches it, --issuer.',
    );
  await using issuers = await issuersOf(options);
  const connection = await connectionTo(profile, options, http, cli);
  cli.terminal.printJson(setUpFor({ profile, cases, issuers, connection }), 2);
}

interface OneRun {
  readonly profile: Profile;
  readonly cases: readonly ConformanceCase[];
  readonly options: ConformanceOptions;
  readonly http: HttpClient;
  readonly stop: AbortSignal;
}

async function report({ profile, cases, options, http, stop }: OneRun, cli: Cli): Promise<ServerReport> {
  const { terminal, system } = cli;
  const connection = await connectionTo(profile, options, http, cli);
  await using issuers = await issuersOf(options);
  // Awaited here: the issuer is there until the last case is done.
  return await runCases({
    ...{ profile, cases, issuers, connection, stop },
    now: () => system.now(),
    sleep: (ms) => system.sleep(ms),
    progress: (done, of) => terminal.progress(`${profile.title}: ${done} of ${of} cases`),
  });
}

async function issuersOf({ listen, issuer }: ConformanceOptions): Promise<SuiteIssuers> {
  try {
    return await SuiteIssuers.start({ ...listen, url: issuer });
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw invalid(`The issuer cannot listen on ${listen.host}:${listen.port}: ${code}.`);
  }
}
