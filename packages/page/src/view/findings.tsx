import { type PlacedFinding, rules, type Severity } from '@fedbridge/trust';
import type { Problem } from '../engine/source.ts';

interface FindingsProps {
  readonly findings: readonly PlacedFinding[];
  readonly onReveal: (line: number, column: number) => void;
}

const severities: readonly Severity[] = ['error', 'warning', 'note'];
/** As many as a person looks through. */
const most = 100;

/** What is wrong with documents, the worst first, each with its place. */
export function Findings({ findings, onReveal }: FindingsProps) {
  const sorted = severities.flatMap((severity) => findings.filter((one) => one.severity === severity));
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">{findings.length === 0 ? 'No problems found' : `Problems: ${countsOf(findings)}`}</h2>
      <ol class="findings">
        {sorted.slice(0, most).map(({ rule, severity, message, where, position: { line, column } }, index) => (
          <li key={index} class={severity}>
            <p>
              <span class="severity">{severity}</span> <strong>{rules[rule].title}</strong>{' '}
              <button type="button" class="place" onClick={() => onReveal(line, column)}>
                line {line}
                <span class="hidden">, column {column}, show it</span>
              </button>
            </p>
            <p>
              <code class="where">{where}</code> {message}
            </p>
            <p class="fix">{rules[rule].fix}</p>
            <p class="rule">{rule}</p>
          </li>
        ))}
      </ol>
      {findings.length > most && <p>And {findings.length - most} more.</p>}
    </section>
  );
}

/** `2 errors, 1 note`. */
export function countsOf(findings: readonly PlacedFinding[]): string {
  return severities
    .map((severity) => ({ severity, count: findings.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');
}

/** The worst of each line. @param problem - why nothing is read */
export function marksOf(findings: readonly PlacedFinding[], problem?: Problem): ReadonlyMap<number, Severity> {
  const marks = new Map<number, Severity>();
  if (problem?.position) marks.set(problem.position.line, 'error');
  for (const severity of [...severities].reverse())
    for (const one of findings) if (one.severity === severity) marks.set(one.position.line, severity);
  return marks;
}
