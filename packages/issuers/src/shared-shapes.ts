import type { LoginService } from './shared-services.ts';
import {
  amr,
  anyLists,
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
import type { UserDirectory } from './user-directories.ts';

/**
 * Whoever likes has an account, and may sign in to the application that tells whose the tokens are. An identity pool of Amazon Cognito has
 * guests beside: "amr" is "unauthenticated" for them, and for all others has "authenticated" in it and by whom.
 * Source: Amazon Cognito Developer Guide, "Role trust and permissions", read 2026-11-26.
 */
export function loginShapes({ application, users = [], guests }: LoginService): readonly TokenShape[] {
  const others = Object.fromEntries(application.map((name) => [name, field(anything, 'anything')]));
  const user = Object.fromEntries(users.map((name) => [name, optional(text, 'anybody')]));
  const shape = shapeOf(
    [{ field: 'subject' }],
    { subject: field(anything, 'anybody') },
    { owner: ['subject', ...users], others: { email: optional(text, 'stranger@example.com'), ...user, ...others } },
  );
  const common: TokenShape = { ...shape, application, isOpen: true };
  if (!guests) return [{ ...common, lists: { amr } }];
  const { claim, value, others: signedIn } = guests;
  return [
    { ...common, lists: { [claim]: { each: value, always: [value] } }, isOfGuests: true },
    { ...common, lists: { [claim]: { each: anything, always: [signedIn] } } },
  ];
}

/** Whoever signs up with a customer is one of his users. */
export function directoryShape({ hasGuests, hasAzp }: UserDirectory): TokenShape {
  const email = optional(text, 'stranger@example.com');
  const others = hasAzp ? { azp: optional(anything, 'anything'), email } : { email };
  const shape = shapeOf(
    [{ field: 'subject' }],
    { subject: field(anything, 'anybody') },
    { owner: ['subject'], others },
  );
  return { ...shape, lists: anyLists, isOpen: true, ...(hasGuests ? { isOfGuests: true } : {}) };
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
  return [...known, other].map((shape) => ({ ...shape, isOpen: true, lists: anyLists }));
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
