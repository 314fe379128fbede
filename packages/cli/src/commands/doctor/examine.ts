import { regionalStsEndpoint } from '@fedbridge/aws';
import { FedbridgeError, parseEndpoint, version } from '@fedbridge/core';
import { platforms } from '@fedbridge/platforms';
import type { Cloud } from '@fedbridge/trust';
import { authorityOf } from '../../command-identity.ts';
import type { Cli } from '../../command-line.ts';
import { outbounds } from '../../identity-options.ts';
import { type Asked, endpointAt } from './endpoints.ts';
import { guardsOf } from './guards.ts';
import { type Examined, examineIdentity } from './identity.ts';
import type { DoctorOptions } from './options.ts';
import { type Finding, type Here, type Report, severities } from './report.ts';
import { shadowsHere } from './shadows.ts';
import { toolsHere } from './tools.ts';

/** For all attempts of one question: who waits longer learns nothing more. */
const timeoutMs = 10_000;

/** Looks at all of it. Nothing is changed, and nothing secret is sent but to the platform that gave it. */
export async function examine(options: DoctorOptions, wanted: readonly Cloud[], cli: Cli): Promise<Report> {
  const { terminal } = cli;
  const outbound = () => ({ ...outbounds(cli)(timeoutMs), maxAttempts: 1, log: () => {} });
  terminal.progress('Looking for tools, an identity and what shadows it');
  const [tools, examined] = await Promise.all([toolsHere(cli), examineIdentity(options, wanted, outbound(), cli)]);
  const { identity, presented } = examined;
  terminal.progress('Asking the endpoints');
  const { asked, findings } = endpointsOf(options, wanted, examined, cli);
  const endpoints = await Promise.all(asked.map((one) => endpointAt(one, outbound())));
  const shadows = await shadowsHere(cli.system.environment, examined.isInFiles);
  const all = [...examined.findings, ...findings, ...endpoints.flatMap((one) => one.findings), ...shadows];
  return {
    version: 1,
    here: { ...here(cli), tools },
    identity,
    presented,
    guards: presented
      .flatMap(({ claims }) => claims ?? [])
      .slice(0, 1)
      .flatMap(guardsOf),
    endpoints: endpoints.map(({ endpoint }) => endpoint),
    findings: all.map((one) => hidden(one, cli)).sort(bySeverity),
  };
}

function here({ system: { environment } }: Cli): Omit<Here, 'tools'> {
  const platform = platforms.find((one) => one.isHere(environment));
  return {
    fedbridge: version,
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    platform: platform ? { name: platform.name, foundBy: platform.foundBy } : null,
  };
}

/** Those that commands with these options ask, and the issuers that a cloud does. */
function endpointsOf(
  options: DoctorOptions,
  wanted: readonly Cloud[],
  { presented }: Examined,
  { system }: Cli,
): { readonly asked: readonly Asked[]; readonly findings: readonly Finding[] } {
  const asked: Asked[] = [];
  const findings: Finding[] = [];
  const add = (endpoint: () => Asked) => {
    try {
      asked.push(endpoint());
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      const { code, message, detail } = error;
      findings.push({ ...ofEndpoint, severity: 'error', code, message, fix: detail.hint ?? 'Name another.' });
    }
  };
  const { awsRegion, stsEndpoint, tenantId = 'organizations' } = options;
  const sts = stsEndpoint ?? (awsRegion && parseEndpoint(regionalStsEndpoint(awsRegion), 'the STS endpoint'));
  if (wanted.includes('aws') && sts)
    add(() => ({ name: 'STS', address: sts, path: '/?Action=GetCallerIdentity&Version=2011-06-15', asks: 'this' }));
  else if (wanted.includes('aws')) findings.push(noRegion);
  const discovery = '/.well-known/openid-configuration';
  if (wanted.includes('entra'))
    add(() => {
      const { authority: address } = authorityOf(options, system);
      return { name: 'Entra', address, path: `/${encodeURIComponent(tenantId)}/v2.0${discovery}`, asks: 'this' };
    });
  for (const iss of new Set(presented.flatMap(({ claims }) => claims?.iss ?? [])))
    add(() => ({ name: 'issuer', address: parseEndpoint(iss, 'The issuer'), path: discovery, asks: 'the cloud' }));
  return { asked, findings };
}

const ofEndpoint = { about: 'endpoint', answer: null, names: [] } as const;

const noRegion: Finding = {
  ...ofEndpoint,
  ...{ severity: 'note', code: null, names: ['AWS_REGION'] },
  message: 'No region is named, so that no STS was asked.',
  fix: 'Set AWS_REGION, or give --aws-region.',
};

/** Without what is masked: a proxy or a service may repeat what it was sent. */
function hidden(finding: Finding, { terminal }: Pick<Cli, 'terminal'>): Finding {
  const { severity, about, code, message, answer, names, fix } = finding;
  return {
    ...{ severity, about, code },
    message: terminal.hide(message),
    answer: answer === null ? null : terminal.hide(answer),
    names,
    fix: terminal.hide(fix),
  };
}

const bySeverity = (one: Finding, other: Finding) =>
  severities.indexOf(one.severity) - severities.indexOf(other.severity);
