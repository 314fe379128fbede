import { type CaseResult, type ConformanceCase, countsOf, type ServerReport } from '@fedbridge/conformance';
import type { Terminal } from '../../terminal.ts';

/** Prints the cases, a line each. */
export function printCases(cases: readonly ConformanceCase[], terminal: Terminal): void {
  for (const { id, expected, why } of cases) terminal.print(`${id}: ${expected}. ${why}`, undefined, '  ');
  terminal.print(`${cases.length} cases`);
}

/** Prints what one server decided, and why it matters where it decided otherwise. */
export function printReport(report: ServerReport, terminal: Terminal): void {
  const { title, server, results } = report;
  const counts = countsOf(report);
  const of = (outcome: CaseResult['outcome']) => results.filter((one) => one.outcome === outcome);
  terminal.print(`${title}, ${server ?? "the emulator's"}`);
  terminal.print(
    `  ${counts['as expected']} as expected, ${counts['as documented']} as its documents say, ${counts.otherwise} otherwise, ${counts['not tried']} not tried`,
    counts.otherwise > 0 ? 'yellow' : 'green',
  );
  section('Otherwise than expected:', of('otherwise'), otherwise, terminal);
  section('Otherwise, and documented so:', of('as documented'), documented, terminal);
  const fetched = results.filter((one) => one.fetched);
  section('It fetched an address that a token named which it had not verified:', fetched, ({ id }) => [id], terminal);
  for (const [reason, count] of reasons(of('not tried')))
    terminal.print(`  Not tried, ${count}: ${reason}`, 'dim', '    ');
  terminal.print('');
}

type Tell = (one: CaseResult) => readonly string[];

function section(title: string, results: readonly CaseResult[], tell: Tell, terminal: Terminal): void {
  if (results.length > 0) terminal.print(`  ${title}`);
  for (const one of results) {
    for (const [index, line] of tell(one).entries()) {
      const indent = index === 0 ? '    ' : '      ';
      terminal.print(`${indent}${line}`, undefined, '      ');
    }
  }
}

const otherwise: Tell = ({ id, decided, expected, why, said, source }) => [
  `${id}: ${decided}, expected: ${expected}`,
  why,
  `it said: ${said}`,
  source,
];

const documented: Tell = ({ id, decided, documented: one }) => [`${id}: ${decided}`, one?.why ?? '', one?.source ?? ''];

/** How many cases were not tried for each reason, the most frequent first. */
function reasons(results: readonly CaseResult[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { said } of results) counts.set(said, (counts.get(said) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
