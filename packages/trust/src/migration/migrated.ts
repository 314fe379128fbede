import { FedbridgeError } from '@fedbridge/core/error';

/** A document that was migrated, and what of it was not. */
export interface Migrated<T> {
  readonly document: T;
  /** What was added or removed, and when what stops. */
  readonly notes: readonly string[];
  /** What could not be migrated, and why: without a change by hand, somebody is kept out or an old form stays trusted. */
  readonly notCovered: readonly NotCovered[];
}

/** What could not be migrated. */
export interface NotCovered {
  /** `Statement[0]`, or the name of a federated credential. */
  readonly where: string;
  readonly reason: string;
}

/** To finish is refused: the new form would be denied. */
export function notYet(what: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `The new form is not allowed yet: ${what}.`, {
    hint: 'Migrate without --finish first, deploy that, and check that jobs are allowed.',
  });
}

/** What a migration found out, in the order in which it was found. */
export class Findings {
  readonly notes: string[] = [];
  readonly notCovered: NotCovered[] = [];

  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  tell(where: string, reason: string): void {
    if (!this.notCovered.some((one) => one.where === where && one.reason === reason))
      this.notCovered.push({ where, reason });
  }

  /** @param date - said where something changed */
  of<T>(document: T, date: string): Migrated<T> {
    const { notes, notCovered } = this;
    const isDone = notes.length === 0 && notCovered.length === 0;
    return {
      document,
      notes: isDone
        ? ['There is nothing to do: nothing here is about it, or it is done already.']
        : notes.length === 0
          ? []
          : [...notes, date],
      notCovered,
    };
  }
}
