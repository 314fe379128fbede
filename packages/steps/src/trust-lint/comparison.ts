import type { Mine } from '@fedbridge/trust';
import {
  type AccessChange,
  accessChange,
  changeFindings,
  changeRules,
  fileFinding,
  isOfOthers,
  type SelectedFile,
  type Selection,
} from '@fedbridge/trust-files';
import { filesBefore, type States } from './base.ts';
import type { LintFinding } from './findings.ts';
import type { Repository } from './git.ts';
import { type ReadFiles, type ReadOptions, readFiles } from './read.ts';
import { submoduleOf, type Unseen, whatLeft } from './what-left.ts';

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

/** What a comparison with the base is made by. */
export interface CompareOptions extends ReadOptions {
  readonly mine: readonly Mine[];
  /** Where the files are. */
  readonly folder: string;
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
  /** Files that had documents and are gone. */
  readonly deleted: readonly string[];
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
  const { prefix, mine, folder, onward } = options;
  const [base, head] = [await repository.tree(commit), await repository.tree('HEAD')];
  const states: States = { selection, now: files, base, head };
  const before = await filesBefore(repository, states);
  const old = await readFiles(before.files, options);
  const left = await whatLeft({ ...states, folder, repository, onward }, pathsOf(old, prefix), pathsOf(fresh, prefix));
  const unseen = new Set(left.unseen.map(({ path }) => `${prefix}${path}`));
  const faulty = new Set([...fresh.faults, ...old.faults].map(({ file }) => file));
  const changed = fresh.documents.filter(({ file }) => !before.same.has(file.slice(prefix.length)));
  const foreign = [...new Set(changed.map(({ file }) => file))].filter((file) => {
    const path = file.slice(prefix.length);
    return !base.has(path) && !head.has(path);
  });
  const isCompared = ({ file }: { readonly file: string }) =>
    !faulty.has(file) && !unseen.has(file) && !foreign.includes(file);
  const change = accessChange(
    { documents: old.documents.filter(isCompared) },
    { documents: changed.filter(isCompared) },
    options,
  );
  const wasFaulty = old.faults.filter(({ file }) => files.has(file.slice(prefix.length)));
  const findings = [
    ...changeFindings(change, mine),
    ...foreign.map((file) => notInGit(file, submoduleOf(file.slice(prefix.length), states))),
    ...wasFaulty.map(({ file, message }) => notCompared(file, `As it was it cannot be read. ${message}`)),
    ...left.unseen.map((one) => notLookedAt(one, prefix)),
    ...left.outside.map((path) => notLookedAt({ path, why: outside }, prefix, 'note')),
  ];
  const isUnknown = faulty.size + foreign.length + unseen.size + change.notCompared.length > 0;
  const isNew = change.gained.some(isOfOthers) || (isUnknown ? undefined : false);
  return { change, commit, findings, isNew, deleted: left.deleted.map((path) => `${prefix}${path}`) };
}

/** Which files have documents, or may have. */
function pathsOf({ documents, faults }: ReadFiles, prefix: string): ReadonlySet<string> {
  return new Set([...documents, ...faults].map(({ file }) => file.slice(prefix.length)));
}

const outside = 'It looks like a trust document, was changed, and is none of the files that are looked at.';

/** What a job makes is its own; what a submodule has was written by whoever changed that. */
function notInGit(file: string, submodule: string | undefined): LintFinding {
  if (submodule === undefined)
    return notCompared(file, 'It is not in git: there is nothing to compare it with.', 'note');
  return notCompared(
    file,
    `It is of the submodule ${submodule}, which was changed: there is nothing to compare it with.`,
  );
}

function notLookedAt({ path, why }: Unseen, prefix: string, severity?: LintFinding['severity']): LintFinding {
  const rule = 'diff/not-looked-at';
  return fileFinding({
    rule,
    severity: severity ?? changeRules[rule].severity,
    message: why,
    file: `${prefix}${path}`,
  });
}

function notCompared(
  file: string,
  message: string,
  severity: LintFinding['severity'] = changeRules['diff/not-compared'].severity,
): LintFinding {
  return fileFinding({ rule: 'diff/not-compared', severity, message, file });
}
