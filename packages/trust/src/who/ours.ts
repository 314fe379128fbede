import type { ClaimPart, TokenShape } from '@fedbridge/issuers';
import type { Alphabet } from './alphabet.ts';
import type { Atom, ClaimAtom } from './atoms.ts';
import { joined } from './atoms.ts';
import { cutsIgnoringCase, machineOfPatterns } from './language.ts';
import { type Mine, type Told, toldAt } from './mine.ts';

/** Where classes must begin for ours to be told, as code units. */
export function cutsOfMine(mine: readonly Mine[]): readonly number[] {
  return mine.flatMap(({ name = '', id = '', project = '', projectId = '' }) =>
    [name, id, project, projectId].flatMap(cutsIgnoringCase),
  );
}

/** Tokens of ours: those for which all of these are true. */
export interface Ours {
  readonly atoms: readonly ClaimAtom[];
  /** Fields of which our names say nothing, with our ids: a token that is allowed by another id alone is somebody else's. */
  readonly assuming: ReadonlyMap<string, string>;
}

/** What is true of a token of ours: one of these. */
export function atomsOfMine(
  mine: readonly Mine[],
  iss: string,
  { shape, alphabet }: { shape: TokenShape; alphabet: Alphabet },
): readonly Ours[] {
  const isAny = (field: string, texts: readonly string[]): ClaimAtom | undefined => {
    if (!shape.fields[field]) return undefined;
    const patterns = texts.map((text) => ({ text, literal: new Set<number>() }));
    const machine = machineOfPatterns(alphabet, patterns, { wildcards: false, ignoreCase: true });
    return { parts: [{ field }], machine, negated: false, ifMissing: false };
  };
  const is = (field: string | undefined, text: string | undefined): ClaimAtom | undefined =>
    field === undefined || text === undefined ? undefined : isAny(field, [text]);
  const nestedIn = ({ nestedIn: field }: Told): ClaimAtom | undefined => {
    if (field === undefined || !shape.fields[field]) return undefined;
    const machine = machineOfPatterns(alphabet, [{ text: '*/*', literal: new Set() }], { wildcards: true });
    return { parts: [{ field }], machine, negated: false, ifMissing: false };
  };
  const [named, others] = namesByField(mine, iss);
  const byNameAlone = [...named].flatMap(([field, texts]) => isAny(field, texts) ?? []);
  const known = byNameAlone.map((atom): Ours => ({ atoms: [atom], assuming: new Map() }));
  const rest = others.flatMap((one): Ours[] => {
    const told = toldAt(iss, one);
    if (!told) return [];
    const assumed = (field: string | undefined, id: string | undefined): (readonly [string, string])[] =>
      told.idsDecide && field !== undefined && id !== undefined ? [[field, id]] : [];
    const [byName, byId] = [is(told.name, one.name), is(told.id, one.id)];
    // A name and an id that belong together are of the same: one of them is enough.
    const ofId = new Map(assumed(told.id, one.id));
    const owners: Ours[] = [
      ...(told.byUrl ? [{ atoms: [], assuming: ofId }] : []),
      ...(byName ? ofName(byName, ofId, nestedIn(told)) : []),
      ...(byId ? [{ atoms: [byId], assuming: new Map() }] : []),
    ];
    const project = is(told.project, one.project);
    const projectById = is(told.projectId, one.projectId);
    const ofProject = owners.flatMap(({ atoms, assuming }) => {
      const ids = new Map([...assuming, ...assumed(told.projectId, one.projectId)]);
      return project ? [{ atoms: [...atoms, project], assuming: ids }] : [];
    });
    return [
      ...(one.project === undefined ? owners : ofProject),
      ...(projectById ? [{ atoms: [projectById], assuming: new Map() }] : []),
    ];
  });
  return [...known, ...rest];
}

/** Who has a name: what is directly below it with our ids, what is nested deeper whatever its ids. */
function ofName(byName: ClaimAtom, assuming: Ours['assuming'], nested: ClaimAtom | undefined): Ours[] {
  if (!nested || assuming.size === 0) return [{ atoms: [byName], assuming }];
  return [
    { atoms: [byName, { ...nested, negated: true }], assuming },
    { atoms: [byName, nested], assuming: new Map() },
  ];
}

/** Those of whom nothing but a name is said, by the field that has it: one test for all accounts of an organization. The others beside. */
function namesByField(mine: readonly Mine[], iss: string): readonly [Map<string, string[]>, readonly Mine[]] {
  const named = new Map<string, string[]>();
  const others = mine.filter((one) => {
    const { name, id, project, projectId } = one;
    const told = toldAt(iss, one);
    if (name === undefined || [id, project, projectId].some(Boolean) || !told?.name || told.byUrl) return true;
    const names = named.get(told.name);
    if (names) names.push(name);
    else named.set(told.name, [name]);
    return false;
  });
  return [named, others];
}

/** More ways of not being denied are not looked at: each is asked of every step of a search. */
const mostWays = 8;

/** An id that no policy names: not even by wildcards for as many digits as ids have. */
const unnamed = '\ue000'.repeat(64);

/**
 * Tokens of ours as conjunctions of tests by number.
 *
 * @param policy - by number too: what allows, and what denies
 * @param atoms - all tests, to which those are added that are needed
 * @returns none where that would be too many: then they are somebody else's
 */
export function conjunctionsOf(
  { atoms: own, assuming }: Ours,
  policy: Conjunctions,
  atoms: Atom[],
): readonly (readonly number[])[] {
  const first = own.map((atom) => atoms.push(atom) - 1);
  if (assuming.size === 0) return [first];
  // With our ids, and with any: where one that is named makes a difference, a name is not enough.
  const any = new Map([...assuming.keys()].map((field) => [field, unnamed]));
  const all = [assuming, any].map((ids) => waysWith(ids, policy, atoms));
  return all.reduce((ways, more) => ways.flatMap((way) => more.map((one) => [...way, ...one])), [first]);
}

interface Conjunctions {
  readonly some: readonly number[];
  readonly none: readonly (readonly number[])[];
}

/** How a token is allowed with other ids: each way some tests that hold. */
function waysWith(
  ids: ReadonlyMap<string, string>,
  { some, none }: Conjunctions,
  atoms: Atom[],
): readonly (readonly number[])[] {
  const isAsked = (number: number) => partsOf(atoms[number]).some((part) => ids.has(fieldOf(part)));
  const assumed = (number: number) => {
    const atom = atoms[number] as ClaimAtom;
    return { ...atom, parts: joined(atom.parts.map((part) => ids.get(fieldOf(part)) ?? part)) };
  };
  const numberOf = (atom: Atom) => atoms.push(atom) - 1;
  const denials = none.filter((all) => all.some(isAsked));
  if (denials.reduce((ways, { length }) => ways * length, 1) > mostWays) return [];
  const allowed = some.filter(isAsked).map((number) => numberOf(assumed(number)));
  // Of each denial one test does not hold.
  const kept = denials.map((all) =>
    all.map((one) => numberOf(not(isAsked(one) ? assumed(one) : (atoms[one] as Atom)))),
  );
  return kept.reduce((ways, all) => ways.flatMap((way) => all.map((one) => [...way, one])), [allowed]);
}

const partsOf = (atom: Atom | undefined) => (atom && 'parts' in atom ? atom.parts : []);
const fieldOf = (part: ClaimPart) => (typeof part === 'string' ? '' : part.field);

function not(atom: Atom): Atom {
  if ('choice' in atom) return { ...atom, truths: atom.truths.map((holds) => !holds) };
  return { ...atom, negated: !atom.negated, ifMissing: !atom.ifMissing };
}
