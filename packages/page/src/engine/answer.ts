import { type Checked, type CheckQuestion, check } from './check.ts';
import { type Compared, type CompareQuestion, compare } from './compare.ts';

/** What the page asks, and what it gets, by kind. */
export interface Questions {
  readonly check: { readonly question: CheckQuestion; readonly answer: Checked };
  readonly compare: { readonly question: CompareQuestion; readonly answer: Compared };
}

/** What can be asked. */
export type Kind = keyof Questions;

const answers: { readonly [K in Kind]: (question: Questions[K]['question']) => Promise<Questions[K]['answer']> } = {
  check,
  compare,
};

/** Answers a question. @returns what the view of its kind shows */
export function answer<K extends Kind>(kind: K, question: Questions[K]['question']): Promise<Questions[K]['answer']> {
  return answers[kind](question);
}
