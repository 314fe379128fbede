import type { Cloud } from '@fedbridge/trust';
import type { Terminal } from '../../terminal.ts';
import type { Guard } from './guards.ts';
import type { Endpoint, Finding, Presented, Report } from './report.ts';

/** Prints a report for who reads it, in one screen where little is wrong. */
export function printReport(report: Report, terminal: Terminal): void {
  const { here, identity, presented, guards, endpoints, findings } = report;
  const { fedbridge, node, system, platform, tools } = here;
  const row = (name: string, lines: readonly string[]) => {
    for (const [index, line] of lines.entries())
      terminal.print(`${(index === 0 ? name : '').padEnd(width)}${line}`, undefined, ' '.repeat(width));
  };
  row('Here', [
    `fedbridge ${fedbridge ?? '(not a release)'}, Node.js ${node.replace(/^v/, '')}, ${system}`,
    tools.length === 0
      ? 'none of aws, az, gcloud and terraform'
      : tools.map((one) => `${one.name} ${one.version ?? '(version unknown)'}`).join(', '),
    platform ? `a job of ${platform.name}, by ${platform.foundBy}` : 'no job of a CI platform',
  ]);
  row('Identity', identity ? [`${identity.name}, ${identity.why}`, ...connectionOf(identity)] : ['none']);
  row('Presented', presentedLines(presented));
  if (guards.length > 0) row('Guards', guards.map(guardLine));
  const widest = endpoints.reduce((most, { name }) => Math.max(most, name.length), 0);
  row('Endpoints', endpoints.length === 0 ? ['none asked'] : endpoints.map((one) => endpointLine(one, widest)));
  terminal.print('');
  if (findings.length === 0) terminal.print('No problems found.', 'green');
  for (const one of findings) tellFinding(one, terminal);
}

/** Of the names of sections, with a space. */
const width = 11;

const connectionOf = ({ serviceConnection: id }: { readonly serviceConnection?: string | undefined }) =>
  id === undefined ? [] : [`for the service connection ${id}`];

const titles: Readonly<Record<Cloud, string>> = { aws: 'AWS', entra: 'Entra' };

/** Issuer and subject once where both clouds would get the same. */
function presentedLines(presented: readonly Presented[]): readonly string[] {
  const given = presented.flatMap(({ cloud, claims, expires }) => (claims ? [{ cloud, claims, expires }] : []));
  if (given.length === 0) return ['nothing'];
  const isShared = new Set(given.map(({ claims: { iss, sub } }) => JSON.stringify([iss, sub]))).size === 1;
  return given.flatMap(({ cloud, claims, expires }, index) => {
    const { iss, sub, aud, azp } = claims;
    const who = isShared && index > 0 ? [] : [`issuer    ${iss}`, `subject   ${sub}`, `expires   ${expires}`];
    const forWhom = `${[aud].flat().join(', ')}${azp === undefined ? '' : `, azp ${azp}`}`;
    return [...who, `audience  ${forWhom} (for ${titles[cloud]})`];
  });
}

function guardLine({ name, holds, says }: Guard): string {
  const answer = holds === null ? 'not told' : holds ? 'yes' : 'no';
  return `${name.padEnd(11)} ${answer}: ${says}`;
}

function endpointLine({ name, url, proxy, status, ms }: Endpoint, widest: number): string {
  const answer = status === null ? 'no answer' : `answers (HTTP ${status})`;
  return `${name.padEnd(widest)}  ${answer} in ${ms} ms: ${url}${proxy === null ? '' : ` through ${proxy}`}`;
}

const colours = { error: 'red', warning: 'yellow', note: 'dim' } as const satisfies Record<Finding['severity'], string>;

function tellFinding({ severity, code, message, answer, fix }: Finding, terminal: Terminal): void {
  const indent = ' '.repeat(9);
  terminal.print(`${severity.padEnd(9)}${message}${code === null ? '' : ` [${code}]`}`, colours[severity], indent);
  const more = [...(answer === null ? [] : [`answer: ${answer}`]), `fix: ${fix}`];
  for (const line of more.flatMap((one) => one.split('\n'))) terminal.print(`${indent}${line}`, undefined, indent);
}
