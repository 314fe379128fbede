import { gitHubClaimsWithoutValue, gitHubSubjectClaimNames } from './github-subject-claims.ts';
import type { ClaimPart, Language, TokenField, TokenShape } from './token-shape.ts';
import { noColon, rest } from './token-shape.ts';

/** What is in every token, whatever its subject is. */
export interface GitHubToken {
  readonly fields: Readonly<Record<string, TokenField>>;
  readonly claims: Readonly<Record<string, readonly ClaimPart[]>>;
  readonly owner: readonly string[];
  readonly ref: Language;
}

/** A claim in a customized subject, with what it is made of. */
interface Segment {
  readonly claim: string;
  readonly parts: readonly ClaimPart[];
  /** A field that tokens with it are without. */
  readonly without?: string;
}

const repository = [{ field: 'owner' }, '/', { field: 'repository' }] as const;

/**
 * Those that say whose a token is. The repository is there with names alone, or with ids, which no template leaves out of `repo`; that a
 * template has `repository` by that name was not seen, since a subject "uses the shortened form".
 */
const telling: readonly Segment[] = [
  { claim: 'repo', parts: ['repo:', ...repository] },
  {
    claim: 'repo',
    parts: [
      ...['repo:', { field: 'owner' }, '@', { field: 'ownerId' }],
      ...['/', { field: 'repository' }, '@', { field: 'repositoryId' }],
    ],
  },
  { claim: 'repository', parts: ['repository:', ...repository] },
  { claim: 'repository_owner', parts: ['repository_owner:', { field: 'owner' }] },
  { claim: 'repository_owner_id', parts: ['repository_owner_id:', { field: 'ownerId' }] },
  { claim: 'repository_id', parts: ['repository_id:', { field: 'repositoryId' }] },
  { claim: 'enterprise_id', parts: ['enterprise_id:', { field: 'enterprise_id' }] },
];
const tellingClaims = [...new Set(telling.map(({ claim }) => claim))];

/** Further claims that are condition keys as well. "Any `:` within the metadata values will be replaced with `%3A`". */
const others: readonly Segment[] = ['actor', 'actor_id', 'environment', 'job_workflow_ref', 'ref', 'workflow'].map(
  (claim) => ({ claim, parts: [`${claim}:`, { field: claim, escaped: true }] }),
);
const otherClaims = others.map(({ claim }) => claim);
/** Of a job without an environment the claim is in the subject, and empty. */
const noEnvironment: Segment = { claim: 'environment', parts: ['environment:'], without: 'environment' };

/** Claims in a subject that say nothing of the owner; of a ref it is known what it looks like. */
const customizable = gitHubSubjectClaimNames.filter((claim) => claim !== 'ref' && !tellingClaims.includes(claim));

/** A pattern may have a wildcard for any letter, and may ignore case. */
const orWildcard = (text: string) => text.replace(/./g, (unit) => `[${unit}?]`);
const keyOf = new Map(
  [...otherClaims, ...tellingClaims].map(
    (claim) => [claim, new RegExp(`(^|[:*?])${orWildcard(`${claim}:`)}`, 'i')] as const,
  ),
);

/** What a job's context is where it is no pull request: a template may have it by its own name as well. */
const contexts = ['environment', 'ref'];
/** Of a text that is split at a claim's name, with what stands before each, where it has that once. */
const partsAroundOne = 3;

/** More claims than these have no fields of their own in a subject: each makes for many more orders. */
const mostBound = 2;

/** What a subject says of claims that the token has beside it. */
export interface Said {
  /** Claims that are the same in both: only tokens in which they agree are signed. */
  readonly bound: readonly string[];
  /** Further ones, of which nothing else is asked: the token is shown without them. */
  readonly unshown: readonly string[];
  /** Those that one subject names more than once. */
  readonly twice: readonly string[];
}

/**
 * The claims that a subject and another condition both speak of, or two parts of a subject.
 *
 * @param subjects - texts and patterns that subjects are compared with
 * @param tested - further claims that something is demanded of
 */
export function saidBy(subjects: readonly string[], tested: readonly string[]): Said {
  const said = new Set<string>();
  const twice = new Set<string>();
  for (const subject of subjects) {
    const isIn = (claim: string) => keyOf.get(claim)?.test(subject) === true;
    // What has the form of the default template is that first: there the claims are the subject's already.
    const isDefault = /^repo:[^:]*:[a-z_]+(:[^:]*)?$/.test(subject);
    for (const claim of otherClaims) if (isIn(claim) && (!isDefault || tested.includes(claim))) said.add(claim);
    for (const claim of contexts)
      if (subject.split(keyOf.get(claim) ?? claim).length > partsAroundOne) twice.add(claim);
    const named = tellingClaims.filter(isIn);
    if (named.length > 1) for (const claim of named) said.add(claim);
  }
  const all = [...said].sort((one, other) => Number(tested.includes(other)) - Number(tested.includes(one)));
  const isUnshown = (claim: string) => otherClaims.includes(claim) && !tested.includes(claim);
  return {
    bound: all.slice(0, mostBound).sort(),
    unshown: all.slice(mostBound).filter(isUnshown).sort(),
    twice: [...twice].sort(),
  };
}

/**
 * All customized subjects: claims in any order, of which the first that says whose a token is has the owner's fields, and bound ones have
 * their own.
 */
export function customizedShapes(token: GitHubToken, { bound, unshown, twice }: Said): readonly TokenShape[] {
  return new Customized({ ...token, claims: but(token.claims, unshown) }, bound, twice).shapes;
}

/** How far a subject is written. */
interface Written {
  readonly parts: readonly ClaimPart[];
  /** Texts in it, of whatever is not looked at. */
  readonly texts: Readonly<Record<string, TokenField>>;
  readonly claims: readonly string[];
  readonly fields: readonly string[];
  readonly without: readonly string[];
}

class Customized {
  readonly shapes: TokenShape[] = [];
  readonly #token: GitHubToken;
  readonly #bound: readonly string[];
  readonly #twice: readonly string[];
  readonly #languages = new Map<string, Language>();
  readonly #withContext: Written[] = [];

  constructor(token: GitHubToken, bound: readonly string[], twice: readonly string[]) {
    this.#token = token;
    this.#bound = bound;
    this.#twice = twice;
    const nothing: Written = { parts: [], texts: {}, claims: [], fields: [], without: [] };
    const one = this.#unlooked(nothing);
    const subject = {
      language: { sequence: [one, { many: { sequence: [':', one] } }] },
      example: 'environment:production',
    };
    const before = { language: { many: { sequence: [one, ':'] } }, example: '' };
    this.#goOn({ ...nothing, parts: [{ field: 'before' }], texts: { before } }, this.#next(nothing), '');
    this.#add({ ...nothing, parts: [{ field: 'subject' }], texts: { subject } });
    // Behind those of which a text says nothing that stands in another field.
    for (const written of this.#withContext) this.#add(written);
  }

  /** Claims that may come next, and have fields of their own there. */
  #next({ claims, fields }: Written): readonly Segment[] {
    const isFirst = !claims.some((claim) => tellingClaims.includes(claim));
    const isFree = ({ claim, parts }: Segment) =>
      !claims.includes(claim) && !fieldsOf(parts).some((field) => fields.includes(field));
    const all = telling.filter(({ claim }) => isFirst || this.#bound.includes(claim));
    return [...all, ...[...others, noEnvironment].filter(({ claim }) => this.#bound.includes(claim))].filter(isFree);
  }

  #goOn(written: Written, next: readonly Segment[], between: string): void {
    for (const { claim, parts, without = [] } of next) {
      const [key = '', ...value] = parts;
      const one: Written = {
        parts: [...written.parts, `${between}${key}`, ...value],
        texts: claim === 'environment' && value.length > 0 ? withoutPullRequest(written.texts) : written.texts,
        claims: [...written.claims, claim],
        fields: [...written.fields, ...fieldsOf(parts)],
        without: [...written.without, ...[without].flat()],
      };
      const name = one.claims.length === 1 ? 'after' : `after${one.claims.length}`;
      const after = { language: { many: { sequence: [':', this.#unlooked(one)] } }, example: '' };
      const whole = { ...one, parts: [...one.parts, { field: name }], texts: { ...one.texts, [name]: after } };
      this.#add(whole);
      this.#withContext.push(...this.#again(whole));
      this.#goOn(whole, this.#next(whole), ':');
    }
  }

  /**
   * With the job's context a second time, where that is asked for: its environment, or else its ref. That both are the same is not said
   * here.
   */
  #again({ parts, texts, fields, ...written }: Written): readonly Written[] {
    const own = fields.includes('environment') ? 'environment' : 'ref';
    if (!fields.includes(own) || !this.#twice.includes(own)) return [];
    const value = own === 'ref' ? this.#token.ref : noColon;
    const again = { language: { sequence: [value, rest] }, example: this.#token.fields[own]?.example ?? '' };
    return [{ ...written, fields, parts: [...parts, `:${own}:`, { field: 'again' }], texts: { ...texts, again } }];
  }

  #add({ parts, texts, without: missing }: Written): void {
    const { fields, claims: all, owner } = this.#token;
    const common: Readonly<Record<string, TokenField>> = { ...fields, ...texts };
    const inSubject = fieldsOf(parts).map((name) => {
      const { optional: _, ...field } = common[name] as TokenField;
      return [name, field] as const;
    });
    this.shapes.push({
      fields: { ...Object.fromEntries(inSubject), ...but(fields, [...missing, ...inSubject.map(([name]) => name)]) },
      claims: { ...but(all, missing), sub: parts },
      owner,
    });
  }

  /** A claim of which a shape says nothing more, the first time that it is here. */
  #unlooked(written: Written): Language {
    const { claims } = written;
    const isTold = claims.some((claim) => tellingClaims.includes(claim));
    const next = this.#next(written).map(({ claim }) => claim);
    const isOther = (claim: string) => !claims.includes(claim) && !next.includes(claim);
    const key = [...customizable, ...tellingClaims, 'ref'].filter(isOther).join();
    const id = `${isTold} ${written.fields.includes('environment')} ${key}`;
    const known = this.#languages.get(id);
    if (known) return known;
    const names = [...customizable, ...(isTold ? tellingClaims : [])].filter(isOther);
    const language: Language = {
      anyOf: [
        { sequence: [{ anyOf: [...names, { sequence: ['repo_property_', { chars: 'a-zA-Z0-9_' }] }] }, ':', noColon] },
        { sequence: [{ anyOf: gitHubClaimsWithoutValue.filter(isOther) }, ':'] },
        ...(isOther('ref') ? [{ sequence: ['ref:', this.#token.ref] }] : []),
        // The context of a pull request is one word; a template may have it without the repository, as Terraform's own example does.
        ...(written.fields.includes('environment') ? [] : [pullRequest]),
      ],
    };
    this.#languages.set(id, language);
    return language;
  }
}

const pullRequest = 'pull_request';

/** Texts beside an environment, which is the context of a job that has one: no pull request is. */
function withoutPullRequest(texts: Written['texts']): Written['texts'] {
  const without = (language: Language): Language => {
    if (typeof language === 'string') return language;
    if ('many' in language) return { many: without(language.many) };
    if ('sequence' in language) return { sequence: language.sequence.map(without) };
    if (!('anyOf' in language)) return language;
    return { anyOf: language.anyOf.filter((one) => one !== pullRequest).map(without) };
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, field]) => [name, { ...field, language: without(field.language) }]),
  );
}

function fieldsOf(parts: readonly ClaimPart[]): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.field]));
}

function but<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}
