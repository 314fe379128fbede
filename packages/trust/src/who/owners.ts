import type { TokenShape } from '@fedbridge/issuers';
import { type Mine, toldAt } from './mine.ts';
import type { Question } from './question.ts';
import type { TokenGraph } from './token-graph.ts';

/** Tokens of a shape, and how many names of them are told one by one. */
interface Nameable {
  readonly tokens: TokenGraph;
  readonly shape: TokenShape;
  readonly most: number;
}

/** Whose tokens are; undefined where there are too many to be named. */
export function ownersIn(some: Nameable, { iss, mine }: Question): readonly string[] | undefined {
  const { shape } = some;
  if (shape.owner.length === 0) return namesIn(some, decidingIds(mine, iss), ownerName)[0] ?? [iss];
  const ours = new Set(mine.map(({ name }) => name?.toLowerCase()));
  const named = shape.owner.flatMap((field) => ownersBy(field, some));
  // Somebody else may have one of our names, and is told by his id.
  return named.find((one) => !one.some((name) => ours.has(name.toLowerCase()))) ?? named[0];
}

/** Owners by one field; none where they cannot be listed. */
function ownersBy(field: string, some: Nameable): readonly (readonly string[])[] {
  const [names] = namesIn(some, [field], ownerName);
  const { shared } = some.shape;
  if (!names || shared?.field !== field) return names ? [names] : [];
  const [tellers] = namesIn(some, [shared.by]);
  if (!tellers) return names.some(shared.isShared) ? [] : [names];
  if (names.length * tellers.length > some.most) return [];
  // Of several of both it is not known which belong together.
  const isOfEach = names.length > 1 && tellers.length > 1;
  return [
    names.flatMap((name) =>
      isOfEach && !shared.isShared(name) ? [name] : tellers.map((teller) => `${teller}@${name}`),
    ),
  ];
}

/** What each of some fields says in all tokens, where that can be listed. */
export function namesIn({ tokens, shape, most }: Nameable, some: readonly string[], nameOf: NameOf = asItIs) {
  return some.flatMap((field): (readonly string[])[] => {
    const values = shape.fields[field] && tokens.valuesOf(field, most);
    return values ? [values.map((value) => nameOf(field, value))] : [];
  });
}

type NameOf = (field: string, value: string) => string;

const asItIs: NameOf = (_, value) => value;

/** Fields by which somebody else at an issuer of ours is told. */
const decidingIds = (mine: readonly Mine[], iss: string): readonly string[] =>
  mine.flatMap((one) => {
    const { id, idsDecide } = toldAt(iss, one) ?? {};
    return idsDecide && id !== undefined ? [id] : [];
  });

/** An id as users write it. */
const ownerName: NameOf = (field, value) =>
  field === 'repositoryId' ? `repository @${value}` : /id$/i.test(field) ? `@${value}` : value;
