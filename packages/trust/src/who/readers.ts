import type { Atom, ClaimAtom } from './atoms.ts';

/** States of a test that is decided; any other is that of its machine. */
export const isTrue = -1;
/** The state of a test that does not hold. */
export const isFalse = -2;
/** A state of no machine, of a test that waits for a choice. */
export const undecided = 2;

/** A test that reads a field: it is written in a claim of its. */
export interface Reader {
  readonly atom: number;
  readonly escaped: boolean;
  readonly before: string;
  /** Behind the field, where it is the last of its claim. */
  readonly after: string | undefined;
}

/** The tests that read a field. */
export function readersOf(name: string, atoms: readonly Atom[]): readonly Reader[] {
  return atoms.flatMap((one, atom) => {
    if ('choice' in one) return [];
    const index = one.parts.findIndex((part) => typeof part === 'object' && part.field === name);
    const part = one.parts[index];
    if (typeof part !== 'object') return [];
    const before = one.parts[index - 1];
    const rest = one.parts.slice(index + 1);
    const isLast = rest.every((other) => typeof other === 'string');
    return [
      {
        atom,
        escaped: part.escaped === true,
        before: typeof before === 'string' ? before : '',
        after: isLast ? rest.join('') : undefined,
      },
    ];
  });
}

/** The state of a test of which nothing was read yet: decided where its claim is one text. */
export function begin({ parts, machine, negated }: ClaimAtom): number {
  if (parts.some((part) => typeof part === 'object')) return machine.start;
  return truth(machine.accepts(machine.run(machine.start, parts.join(''))) !== negated);
}

/** The state of a test that is decided so. */
export const truth = (holds: boolean) => (holds ? isTrue : isFalse);

/** The state of a test once its field has ended. */
export function decided({ negated }: ClaimAtom, state: number): number {
  return state > 1 ? state : truth((state === 1) !== negated);
}
