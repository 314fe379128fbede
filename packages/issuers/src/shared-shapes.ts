import type { LoginService } from './shared-services.ts';
import {
  anything,
  field,
  type Language,
  noColon,
  optional,
  rest,
  shapeOf,
  type TokenShape,
  text,
} from './token-shape.ts';

/** Whoever likes has an account; the application that he signs in to tells whose the tokens are. */
export function loginShape({ application, users = [] }: LoginService): TokenShape {
  const others = Object.fromEntries(application.map((name) => [name, field(anything, 'anything')]));
  const user = Object.fromEntries(users.map((name) => [name, optional(text, 'anybody')]));
  const shape = shapeOf(
    [{ field: 'subject' }],
    { subject: field(anything, 'anybody') },
    { owner: application, others: { email: optional(text, 'stranger@example.com'), ...user, ...others } },
  );
  return { ...shape, isOpen: true };
}

/**
 * Of a service that many share: its customers by what stands before their names, and else, in forms that were not seen, by the whole of a
 * subject.
 *
 * @param isToldByAudience - whether the audience, too, is of one customer alone
 */
export function sharedShapes(prefixes: readonly string[], isToldByAudience: boolean): readonly TokenShape[] {
  // STS takes the azp in the place of the audience where there is one.
  const audience = isToldByAudience ? ['aud', 'azp'] : [];
  const others = { azp: optional(anything, 'anything'), email: optional(text, 'stranger@example.com') };
  const known = prefixes.map((prefix) =>
    shapeOf(
      [prefix, { field: 'customer' }, { field: 'rest' }],
      { customer: field(noColon, 'stranger'), rest: field(rest, '') },
      { owner: ['customer', ...audience], others },
    ),
  );
  const other = shapeOf(
    [{ field: 'subject' }],
    { subject: field(beginningWithNone(prefixes), 'stranger') },
    { owner: ['subject', ...audience], others },
  );
  return [...known, other].map((shape) => ({ ...shape, isOpen: true, lists: ['aud', 'email'] }));
}

/** All texts that begin with none of these, none of which is empty. */
function beginningWithNone(prefixes: readonly string[]): Language {
  const firsts = [...new Set(prefixes.map((one) => one.charAt(0)))];
  const further = firsts.flatMap((first): Language[] => {
    const rests = prefixes.filter((one) => one.startsWith(first)).map((one) => one.slice(1));
    return rests.includes('') ? [] : [{ sequence: [first, beginningWithNone(rests)] }];
  });
  return { anyOf: ['', { sequence: [{ chars: `^${firsts.join('')}` }, text] }, ...further] };
}
