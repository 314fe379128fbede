import type { Mine } from '@fedbridge/trust';
import {
  type AccessChange,
  accessChange,
  type ChangeRuleId,
  changeFindings,
  changeRules,
  isOfOthers,
  type SelectedFile,
  type Selection,
} from '@fedbridge/trust-files';
import { filesBefore } from './base.ts';
import type { Repository } from './git.ts';
import { type ReadFiles, type ReadOptions, readFiles } from './read.ts';
import type { LintFinding } from './verdict.ts';

/** The commit that documents are compared with. */
export interface Base {
  readonly repository: Repository;
  readonly commit: string;
}

/** How documents are now. */
export interface Now extends ReadFiles {
  readonly selection: Selection;
  /** By their paths in the folder. */
  readonly files: ReadonlyMap<string, SelectedFile>;
}

export interface CompareOptions extends ReadOptions {
  readonly mine: readonly Mine[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  /** Throws where there is no time for more. */
  readonly onward: () => void;
}

/** What came of a comparison. */
export interface Comparison {
  readonly change: AccessChange;
  readonly commit: string;
  readonly findings: readonly LintFinding[];
  /** Whether others than ours are newly allowed; undefined where it cannot be said. */
  readonly isNew: boolean | undefined;
}

/**
 * Compares documents with how they were. What is not in git has nothing that it could be compared with, as a plan that the job itself made;
 * what cannot be read, or could not, neither: it is reported, and never taken for unchanged.
 *
 * @throws FedbridgeError `CHECK_INCOMPLETE`
 */
export async function compared(
  { files, selection, ...fresh }: Now,
  { repository, commit }: Base,
  options: CompareOptions,
): Promise<Comparison> {
  const { prefix, mine } = options;
  const before = await filesBefore(repository, commit, { selection, now: files });
  const old = await readFiles(before.files, options);
  const ofGit = new Set([
    ...before.files.map(({ name }) => name),
    ...(await committed(repository, files, before.same)),
  ]);
  const faulty = new Set([...fresh.faults, ...old.faults].map(({ file }) => file));
  const unreadable = ({ file }: { readonly file: string }) => faulty.has(file);
  const changed = fresh.documents.filter(({ file }) => !before.same.has(file.slice(prefix.length)));
  const foreign = [...new Set(changed.map(({ file }) => file))].filter((file) => !ofGit.has(file.slice(prefix.length)));
  const isCompared = (one: { readonly file: string }) => !unreadable(one) && !foreign.includes(one.file);
  const change = accessChange(
    { documents: old.documents.filter(isCompared) },
    { documents: changed.filter(isCompared) },
    options,
  );
  const wasFaulty = old.faults.filter(({ file }) => files.has(file.slice(prefix.length)));
  const findings = [
    ...changeFindings(change, mine),
    ...foreign.map((file) => notCompared(file, 'It is not in git: there is nothing to compare it with.', 'note')),
    ...wasFaulty.map(({ file, message }) => notCompared(file, `As it was it cannot be read. ${message}`)),
  ];
  const isUnknown = faulty.size + foreign.length + change.notCompared.length > 0;
  const isNew = change.gained.some(isOfOthers) || (isUnknown ? undefined : false);
  return { change, commit, findings, isNew };
}

/** Which files are in git, of those that were not. */
async function committed(
  repository: Repository,
  files: ReadonlyMap<string, SelectedFile>,
  same: ReadonlySet<string>,
): Promise<readonly string[]> {
  if ([...files.keys()].every((path) => same.has(path))) return [];
  return (await repository.files('HEAD')).map(({ path }) => path);
}

function notCompared(
  file: string,
  message: string,
  severity: LintFinding['severity'] = changeRules['diff/not-compared'].severity,
): LintFinding {
  const rule: ChangeRuleId = 'diff/not-compared';
  return { rule, severity, message, where: '', file, document: '', line: 1, column: 1 };
}
