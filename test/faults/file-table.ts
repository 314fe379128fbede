import { type FileCell, isNeeded, isOpen, type Phase, phases } from './file-cells.ts';
import { type FileFault, fileFaults, isPossible, type Place, places } from './file-faults.ts';

/** What has to come of each cell, by place and fault: Markdown, with counts. */
export function fileMarkdown(cells: readonly FileCell[]): string {
  const figure = (place: Place, fault: FileFault, phase: Phase) => {
    const of = cells.filter((one) => one.place === place && one.fault === fault && one.phase === phase);
    if (of.length === 0) return '—';
    const told = of.filter(isNeeded).length;
    if (told === 0) return `ok (${of.length})`;
    const figure = `\`${fault.errno}\` in ${told} of ${of.length}`;
    return of.some(isOpen) ? `ok, or ${figure}` : figure;
  };
  const rows = (Object.keys(places) as Place[]).flatMap((place) =>
    fileFaults
      .filter((fault) => isPossible(place, fault))
      .map((fault) => [`\`${place}\``, fault.title, ...phases.map((phase) => figure(place, fault, phase))]),
  );
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return [
    line(['place', 'what is wrong with it', 'the step', 'the clean-up', 'the clean-up of a canceled step']),
    line(['---', '---', '---', '---', '---']),
    ...rows.map(line),
    '',
    `${cells.length} cells; in each, one error has path and errno, or nothing is left of the step; all the rest is cleaned up.`,
  ].join('\n');
}
