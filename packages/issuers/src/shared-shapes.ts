import type { LoginService } from './login-services.ts';
import {
  amr,
  anyLists,
  anything,
  beginningWithNone,
  type ClaimPart,
  field,
  type Language,
  noColon,
  noSlash,
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
export function loginShapes({ application, users = [], numbers = [], guests }: LoginService): readonly TokenShape[] {
  const others = Object.fromEntries(application.map((name) => [name, field(anything, 'anything')]));
  const user = Object.fromEntries(
    users.map((name) => [name, numbers.includes(name) ? optional(numeric, '1000001') : optional(text, 'anybody')]),
  );
  const shape = shapeOf(
    [{ field: 'subject' }],
    { subject: field(anything, 'anybody') },
    { owner: ['subject', ...users], others: { email: optional(text, 'stranger@example.com'), ...user, ...others } },
  );
  const common: TokenShape = { ...shape, application, isOpen: true };
  if (!guests) return [{ ...common, lists: { amr } }];
  const { claim, value, others: signedIn } = guests;
  return [
    { ...common, lists: { [claim]: { each: value, always: [value], isMultivalued: true } }, isOfGuests: true },
    { ...common, lists: { [claim]: { each: anything, always: [signedIn], isMultivalued: true } } },
  ];
}

const numeric: Language = { chars: '0-9' };

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

/** What a service writes into its tokens, with the names of fields between braces: `account:{customer}:pipeline:{project}`. */
export interface ServiceForms {
  /** `{…job}` may have further colons. */
  readonly subjects: readonly string[];
  /** All that it signs for; whatever a job asks for, without. */
  readonly audiences?: readonly string[];
  /** What stands before audiences that a job cannot ask for, where it may ask for others beside these. */
  readonly ownAudience?: string;
}

/** Of a service whose URL signs for one customer alone, by the forms that its documents have. */
export function customerShapes({ subjects }: ServiceForms): readonly TokenShape[] {
  return subjects.map((subject) => ({ ...formShape(subject, []), isOpen: true }));
}

/**
 * Of a service that many share: its customers by the name in a subject, and else, in forms that were not seen, by the whole of a subject.
 *
 * @param isToldByAudience - whether the audience, too, is of one customer alone
 */
export function sharedShapes(forms: ServiceForms, isToldByAudience: boolean): readonly TokenShape[] {
  const { subjects, audiences, ownAudience } = forms;
  const shapes = subjects.flatMap((subject) => [
    ...(audiences ?? []).map((audience) => formShape(subject, ['customer'], templateOf(audience))),
    ...(audiences && ownAudience === undefined ? [] : [formShape(subject, ['customer'], audienceBut(ownAudience))]),
  ]);
  // STS takes the azp in the place of the audience where there is one.
  const audience = isToldByAudience ? ['aud', 'azp'] : [];
  const prefixes = subjects.map((subject) => subject.slice(0, subject.indexOf('{')));
  const other = shapeOf(
    [{ field: 'subject' }],
    { subject: field(beginningWithNone(prefixes), 'stranger') },
    {
      owner: ['subject', ...audience],
      others: { azp: optional(anything, 'anything'), email: optional(text, 'stranger@example.com') },
    },
  );
  return [...shapes, { ...other, lists: anyLists }].map((shape) => ({ ...shape, isOpen: true }));
}

/** Parts with fields for what stands between braces. */
function templateOf(template: string): readonly ClaimPart[] {
  return template
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? { field: part.slice(1, -1).replace('…', '') } : part));
}

const audienceBut = (own: string | undefined): Language | undefined =>
  own === undefined ? undefined : beginningWithNone([own]);

function formShape(subject: string, owner: readonly string[], audience?: readonly ClaimPart[] | Language): TokenShape {
  const parts = templateOf(subject);
  const fields = parts.flatMap((part, index) => {
    if (typeof part === 'string') return [];
    const next = parts[index + 1];
    const one = typeof next === 'string' && next.startsWith('/') ? noSlash : noColon;
    const language = subject.includes(`{…${part.field}}`) ? { sequence: [noColon, rest] } : one;
    return [[part.field, field(language, examples[part.field] ?? 'anything')] as const];
  });
  const shape = shapeOf(parts, Object.fromEntries(fields), { owner });
  if (audience === undefined) return shape;
  if (Array.isArray(audience)) {
    const { aud: _, ...others } = shape.fields;
    return { ...shape, fields: others, claims: { ...shape.claims, aud: audience } };
  }
  return { ...shape, fields: { ...shape.fields, aud: field(audience as Language, 'sts.amazonaws.com') } };
}

const examples: Readonly<Record<string, string>> = { customer: 'stranger', operation: 'update', type: 'branch' };
