import { FedbridgeError, type Outbound } from '@fedbridge/core';
import { clouds } from '@fedbridge/entra';
import type { Identity, IdToken } from '@fedbridge/identity';
import { awsAudience } from '@fedbridge/issuers';
import { platforms } from '@fedbridge/platforms';
import { type Cloud, inspectClaims } from '@fedbridge/trust';
import { type Cli, withOptionNames } from '../../command-line.ts';
import { chooseIdentity } from '../../identity-options.ts';
import { cloudToken } from '../../job-token.ts';
import type { DoctorOptions } from './options.ts';
import type { Finding, FoundIdentity, Presented } from './report.ts';

/** Who this acts as, and what each cloud would be presented. */
export interface Examined {
  readonly identity: FoundIdentity | null;
  /** Whether its tokens are in files that variables name. */
  readonly isInFiles: boolean;
  readonly presented: readonly Presented[];
  readonly findings: readonly Finding[];
}

/** @param outbound - whose log is empty yet */
export async function examineIdentity(
  options: DoctorOptions,
  wanted: readonly Cloud[],
  outbound: Outbound,
  cli: Cli,
): Promise<Examined> {
  try {
    const why: string[] = [];
    const identity = await chooseIdentity(options, cli, { ...outbound, log: (line) => why.push(line) });
    const found = { name: identity.kind, why: why.join(' ').replace(/^Identity: [\w-]+, (.*?)\.?$/, '$1') };
    const connection = identity.connectionId;
    const acting = connection === undefined ? found : { ...found, serviceConnection: connection };
    if (identity.machine && options.audience === undefined) return await ofMachine(identity, acting, options, wanted);
    const presented = await presentedBy(identity, options, wanted, cli.system.now());
    return { identity: acting, isInFiles: identity.isInFiles, ...presented };
  } catch (error) {
    return { identity: null, isInFiles: false, presented: [], findings: [findingOf(error, 'identity', 'error')] };
  }
}

async function presentedBy(
  identity: Identity,
  options: DoctorOptions,
  wanted: readonly Cloud[],
  now: number,
): Promise<Omit<Examined, 'identity' | 'isInFiles'>> {
  const audiences: Readonly<Record<Cloud, string>> = {
    aws: awsAudience(options.awsRegion?.partition.name ?? 'aws'),
    entra: clouds[options.environment].audience,
  };
  const asked = await Promise.allSettled(
    wanted.map((cloud) => cloudToken(cloud, audiences[cloud], identity, options.audience)),
  );
  const isNone = asked.every(({ status }) => status === 'rejected');
  // A job that is for one cloud has what that takes; who names a cloud wants it.
  const severity = isNone || options.cloud ? 'error' : 'note';
  const presented: Presented[] = [];
  const findings: Finding[] = [];
  for (const [index, cloud] of wanted.entries()) {
    const one = asked[index];
    const token = one?.status === 'fulfilled' ? one.value : undefined;
    const expires = token ? new Date(token.expiresAt).toISOString() : null;
    presented.push({ cloud, claims: token?.claims ?? null, expires });
    if (one?.status === 'rejected') findings.push(findingOf(one.reason, 'presented', severity, titles[cloud]));
    if (token) findings.push(...neverAllowed(token, cloud, options.cloud ? 'error' : 'note', now));
  }
  // What is wrong for both is said once.
  return { presented, findings: isNone && areAlike(findings) ? withoutTitle(findings) : findings };
}

const titles: Readonly<Record<Cloud, string>> = { aws: 'AWS', entra: 'Entra' };

/** That no trust policy and no federated credential can allow a token. */
function neverAllowed(
  { claims }: IdToken,
  cloud: Cloud,
  severity: Finding['severity'],
  now: number,
): readonly Finding[] {
  const document = inspectClaims(claims, '123456789012', now).trust[cloud];
  if (!('neverMatches' in document)) return [];
  const fix = 'Use this token for what can trust it, or another identity: in Azure Pipelines, a service connection.';
  const message = `${titles[cloud]}: nothing can be set up that allows this token. ${document.neverMatches}`;
  return [{ severity, about: 'presented', code: null, message, answer: null, names: [], fix }];
}

/** A machine's own identity gives access tokens of Entra with nothing to present. @param acting - who it is, if it is there */
async function ofMachine(
  identity: Identity,
  acting: FoundIdentity,
  options: DoctorOptions,
  wanted: readonly Cloud[],
): Promise<Examined> {
  const presented = wanted.map((cloud) => ({ cloud, claims: null, expires: null }));
  const isInFiles = false;
  try {
    await identity.getMachineToken(clouds[options.environment].resources.arm);
  } catch (error) {
    const found = findingOf(error, 'identity', 'error');
    return {
      identity: null,
      isInFiles,
      presented,
      findings: [options.identity === 'auto' ? { ...found, ...nobody } : found],
    };
  }
  const message = 'The machine gives access tokens of Entra itself: there is no ID token, and nothing is presented.';
  const fix = 'For AWS, or another application of Entra, name an audience of the tenant: --audience api://…';
  const note: Finding = {
    ...{ severity: 'note', about: 'presented', code: null, answer: null, names: [] },
    ...{ message, fix },
  };
  return { identity: acting, isInFiles, presented, findings: [note] };
}

const nobody = {
  message: `There is no identity here: no job of ${platforms.map(({ name }) => name).join(', ')}, no pod with a token file, no machine with a managed identity.`,
  fix: 'Run it where there is one: in the job, or as one with "fedbridge emulator run --job github -- fedbridge doctor".',
};

function findingOf(error: unknown, about: Finding['about'], severity: Finding['severity'], title?: string): Finding {
  if (!(error instanceof FedbridgeError)) throw error;
  const { code, message, detail } = withOptionNames(error);
  const { answer = null, hint = 'Try again; --help has the options that lead elsewhere.', document } = detail;
  const fix = document === undefined ? hint : `${hint}\n${document}`;
  return { severity, about, code, message: title ? `${title}: ${message}` : message, answer, names: [], fix };
}

const withoutTitle = (findings: readonly Finding[]) =>
  findings.slice(0, 1).map((one) => ({ ...one, message: one.message.replace(/^(AWS|Entra): /, '') }));

function areAlike(findings: readonly Finding[]): boolean {
  return new Set(findings.map(({ message, fix }) => message.replace(/^(AWS|Entra): /, '') + fix)).size === 1;
}
