import { OtherShape } from './facts.ts';

/** Facts that a vendor publishes and that the project has as well. */
export interface Source {
  readonly title: string;
  readonly address: Address;
  /** The vendor's answer as it was last taken, in the repository. */
  readonly copy: string;
  /** @throws OtherShape */
  readonly read: (answer: string) => readonly string[];
  /** The facts that the project has. */
  readonly ours: () => readonly string[];
  /** Where they are to be changed. */
  readonly held: string;
  /** Facts in which the two differ on purpose, each with the reason. */
  readonly apart?: Readonly<Record<string, string>>;
}

/** A URL, or a file in the newest release of a repository on GitHub; without a file, the address of that release. */
export type Address = { readonly url: string } | { readonly newestRelease: string; readonly file?: string };

/** How a source stands to the project, a row of the report. */
export interface Drift {
  readonly source: Source;
  /** What the vendor has alone, and what the project has alone, sorted. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** Why nothing was read. */
  readonly unread?: string;
  readonly answer?: string;
}

/**
 * Compares what a vendor answers with what the project has. It does not throw.
 *
 * @param answerOf - finds the answer; whatever it throws is why nothing was read
 */
export async function driftOf(source: Source, answerOf: (source: Source) => Promise<string>): Promise<Drift> {
  try {
    const answer = await answerOf(source);
    const theirs = source.read(answer);
    const ours = source.ours();
    const without = (some: readonly string[], others: readonly string[]) =>
      [...new Set(some)].filter((one) => !others.includes(one) && !Object.hasOwn(source.apart ?? {}, one)).sort();
    return { source, added: without(theirs, ours), gone: without(ours, theirs), answer };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const unread = error instanceof OtherShape ? `another shape: ${problem}` : problem;
    return { source, added: [], gone: [], unread };
  }
}

/** Whether a fact has moved. */
export const hasMoved = ({ added, gone }: Drift): boolean => added.length + gone.length > 0;

/** 3 where a fact has moved, else 1 where something was not read, else 0. */
export function exitCodeOf(drifts: readonly Drift[]): 0 | 1 | 3 {
  if (drifts.some(hasMoved)) return 3;
  return drifts.some(({ unread }) => unread !== undefined) ? 1 : 0;
}

/** A table of Markdown, a source a row. */
export function tableOf(drifts: readonly Drift[]): string {
  const rows = drifts.map((drift) => {
    const { source, added, gone, unread } = drift;
    const state = unread !== undefined ? `not read: ${code(unread)}` : hasMoved(drift) ? '**moved**' : 'as here';
    return `| ${source.title} | ${state} | ${cell(added)} | ${cell(gone)} | ${source.held} |`;
  });
  return ['| source | state | new there | gone there | here |', '| --- | --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}

/** A pull request's body has a limit, and further ones are in its changes. */
const most = 20;

function cell(facts: readonly string[]): string {
  const more = facts.length > most ? [`and ${facts.length - most} more`] : [];
  return [...facts.slice(0, most).map(code), ...more].join('<br>');
}

/** A text that somebody else wrote: nothing of it is Markdown, a mention or the end of a cell. */
function code(text: string): string {
  const line = text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|');
  return `\`${line.length > 100 ? `${line.slice(0, 100)}…` : line}\``;
}
