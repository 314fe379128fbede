import {
  type Audit,
  type AuditEntry,
  auditFindings,
  auditRules,
  auditSarif,
  formatMine,
  type Mine,
  reachOfEntry,
  sentenceOf,
} from '@fedbridge/trust';
import { exitCodes } from '../../command-line.ts';
import type { Terminal } from '../../terminal.ts';
import { auditPage } from './audit-page/audit-page.ts';
import { summaryOf, tellAudit } from './audit-text.ts';
import { printSarif } from './print-sarif.ts';

/** In what an audit can be printed. */
export const auditFormats = ['text', 'json', 'sarif', 'html'] as const;
/** One of `auditFormats`. */
export type AuditFormat = (typeof auditFormats)[number];

/** Whether an entry allows others than ours. */
type IsBeyond = (entry: AuditEntry) => boolean;

interface Printing {
  readonly format: AuditFormat;
  readonly mine: readonly Mine[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  readonly isBeyond: IsBeyond;
  /** What was read, as it was named. */
  readonly sourceNames: readonly string[];
}

/** Prints an audit as somebody, a program or a browser reads it. */
export function printAudit(found: Audit, { format, ...printing }: Printing, terminal: Terminal): void {
  const { mine, now, isBeyond, sourceNames: sources } = printing;
  if (format === 'sarif') printSarif(auditSarif(found, isBeyond), terminal);
  else if (format === 'json') terminal.printJson(answer(found, isBeyond), 2);
  else if (format === 'text') tellAudit(found, { mine, now }, terminal);
  else {
    const summary = summaryOf(found.entries, mine);
    terminal.printDocument(auditPage(found, { summary, sources, mine: mine.map(formatMine), now, isBeyond }));
  }
}

/** Undefined where all is well. */
export function exitCodeOf({ entries, findings, gaps }: Audit, isBeyond: IsBeyond): number | undefined {
  const isWrong = findings.some(({ severity }) => severity === 'error');
  if (isWrong || entries.some(isBeyond)) return exitCodes.findings;
  return gaps.length > 0 || entries.some(({ error }) => error) ? exitCodes.usage : undefined;
}

/** The version changes when a member that is there changes its meaning or goes, or `reach` has one more value. */
function answer(found: Audit, isBeyond: IsBeyond) {
  const { entries, endings } = found;
  return {
    version: 2,
    entries: entries.map(entryInJson),
    findings: auditFindings(found, isBeyond).map((one) => ({ ...one, fix: auditRules[one.rule].fix })),
    deprecations: endings.map(({ document, ...ending }) => ({ ...ending, address: document.address })),
  };
}

function entryInJson(entry: AuditEntry) {
  const { file, document, access, unknown, admitted, services, missingPolicies, missingProviders, error } = entry;
  const { line, column } = document.positionOf([]);
  return {
    ...{ file, line, column, address: document.address, access, unknown, missingPolicies, missingProviders },
    ...(error
      ? { reach: null, error: error.message }
      : {
          reach: reachOfEntry(entry),
          exact: admitted.every(({ exact }) => exact),
          sentence: sentenceOf(admitted),
          admitted,
          services,
        }),
  };
}
