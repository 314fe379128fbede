import type { Shared } from '../address.ts';
import { emptyForm, type FormValues } from '../engine/fields.ts';
import type { Engine } from '../worker.ts';

/** What is in the fields. */
export interface State extends Shared {
  /** The claims of a token; of a token itself nothing is kept. */
  readonly token: string;
  /** Of a template, `name=value` between commas. */
  readonly parameters: string;
  readonly form: FormValues;
}

/** Of a page that nobody has written in. */
export const emptyState: State = {
  view: 'check',
  text: '',
  before: '',
  mine: '',
  token: '',
  parameters: '',
  form: emptyForm,
};

/** Changes some of the state. */
export type Change = (part: Partial<State>) => void;

/** What every view is given. */
export interface ViewProps {
  readonly engine: Engine;
  readonly state: State;
  readonly change: Change;
}
