import {
  exampleIn,
  type FindingInFile,
  isUnbounded,
  type Mine,
  positionOf,
  type Rule,
  reachesOthers,
  sentenceOf,
} from '@fedbridge/trust';
import type { AccessChange, ChangedAccess, NotCompared } from './access-change.ts';

/** Rules of a comparison, beside those of lint. */
export const changeRules = {
  'diff/anybody': {
    severity: 'error',
    title: 'Anybody is newly allowed',
    fix: 'Name the owner and the repository, project or service account in the conditions: "fedbridge trust who" shows a token that is allowed.',
  },
  'diff/others': {
    severity: 'warning',
    title: 'Others than ours are newly allowed',
    fix: 'Remove them, or say that they are ours.',
  },
  'diff/not-compared': {
    severity: 'warning',
    title: 'Who is newly allowed is not known',
    fix: 'Fix the document, or give the template its parameters.',
  },
  'diff/not-looked-at': {
    severity: 'error',
    title: 'A trust document that is not looked at',
    fix: 'Keep it as a regular file among those that are looked at; or look at it yourself.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** The id of a rule of changes. */
export type ChangeRuleId = keyof typeof changeRules;

/** What is wrong with a change, at the places where it is. */
export function changeFindings(
  { gained, notCompared }: Pick<AccessChange, 'gained' | 'notCompared'>,
  mine: readonly Mine[],
): readonly FindingInFile<ChangeRuleId>[] {
  return [...gained.flatMap((one) => gainedFinding(one, mine)), ...notCompared.map(notComparedFinding)];
}

/** Whether somebody is newly allowed whom a user did not name as theirs. */
export function isOfOthers({ admitted }: ChangedAccess): boolean {
  return reachesOthers(admitted.reach);
}

function gainedFinding(one: ChangedAccess, mine: readonly Mine[]): readonly FindingInFile<ChangeRuleId>[] {
  if (!isOfOthers(one)) return [];
  const { file, document, admitted } = one;
  const rule = isUnbounded(admitted.reach) ? 'diff/anybody' : 'diff/others';
  // Without anybody who is ours, all are others: that is to be known, and no more.
  const severity = rule === 'diff/others' && mine.length === 0 ? 'note' : changeRules[rule].severity;
  const subject = exampleIn(admitted);
  const example = subject === undefined ? '' : ` For example ${subject}.`;
  const { line, column } = positionOf(admitted.where, document);
  const message = `${sentenceOf([admitted])}${example}`;
  return [{ rule, severity, message, where: admitted.where, file, document: document.address, line, column }];
}

function notComparedFinding({ file, document, error }: NotCompared): FindingInFile<ChangeRuleId> {
  const rule = 'diff/not-compared';
  const { line, column } = document.positionOf([]);
  const { severity } = changeRules[rule];
  return { rule, severity, message: error.message, where: '', file, document: document.address, line, column };
}
