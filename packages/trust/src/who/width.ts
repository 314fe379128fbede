import type { TokenKind, TokenPart, TokenParts, TokenShape } from '@fedbridge/issuers';
import type { Condition } from '../policy.ts';
import type { ClaimAtom } from './atoms.ts';
import { joined } from './atoms.ts';
import { cutsOfText, machineOfPatterns } from './language.ts';
import type { Machine } from './machine.ts';
import type { Mine } from './mine.ts';
import { partsIn, textsOf } from './parts-of-tokens.ts';
import { Asked, type Demanded, implies, mostNamesOf, type Narrowed, type Question } from './question.ts';
import { type Extent, Spelled } from './spelled.ts';
import type { Found, TokenGraph } from './token-graph.ts';

/** One for all questions, so that they stand on the same ground. */
export const nobody: readonly Mine[] = [];

/** What is asked about. */
type Asking = Omit<Question, 'mine' | 'now'>;
type Conjunctions = readonly (readonly ClaimAtom[])[];
/** What is demanded of the tokens of a shape; undefined where none of them will do. */
type Demand = (shape: TokenShape) => Demanded | undefined;
type Fields = Readonly<Record<string, string>>;

/** Somebody who is allowed. */
export interface Somebody {
  readonly shape: TokenShape;
  readonly found: Found;
}

interface Allowed {
  readonly shape: TokenShape;
  readonly tokens: TokenGraph;
}

/** Who is looked for: one of another owner, project or job, or of any job whose name does not even begin as one that is spelled out. */
export type Level =
  | 'stranger'
  | 'stranger beside workflows'
  | 'stranger beside repositories of workflows'
  | 'other project'
  | 'other project beside workflows'
  | 'by name'
  | 'other job'
  | 'any job'
  | 'any job of no branch'
  | 'any pull request';

/**
 * Whom a statement, or a credential, allows beside those whom it spells out. It is found by looking for one: a token of another owner, of
 * another project of that owner, of another job of that project. What is found is known from then on.
 */
export class Width {
  readonly #grant: Asking;
  readonly #parts: TokenParts;
  readonly #spelled: Spelled;
  readonly #asked: Asked;
  readonly #allowed = new Map<Condition | undefined, readonly Allowed[]>();
  readonly #known = new Map<string, Somebody | undefined>();
  readonly #also = new Map<string, Condition>();
  readonly #narrowed = new Map<Condition, Narrowed>();

  /** @param now - seconds since 1970-01-01 UTC */
  constructor(grant: Asking, parts: TokenParts, now: number) {
    this.#grant = grant;
    this.#parts = parts;
    this.#spelled = new Spelled(grant);
    this.#asked = new Asked({ ...grant, mine: nobody, now }, [...this.#spelled.cuts, ...cutsOfText(textsOf(parts))]);
  }

  /** What may still be done is counted anew. @param most - that may be */
  renew(most: number): void {
    this.#asked.alphabet.renew(most);
  }

  /** What may still be done. */
  get left(): number {
    return this.#asked.alphabet.left;
  }

  /** Something was done elsewhere. @throws TooMuchWork */
  spend(work: number): void {
    this.#asked.alphabet.spend(work);
  }

  /** Whether nobody at all is allowed. @throws TooMuchWork */
  get isOfNobody(): boolean {
    return this.#allowedWith().length === 0;
  }

  /** Somebody who is allowed. @param given - a condition that holds too @throws TooMuchWork */
  find(level: Level, given?: Condition): Somebody | undefined {
    const text = given && JSON.stringify(given);
    const also = text === undefined ? undefined : (this.#also.get(text) ?? given);
    if (text !== undefined && also) this.#also.set(text, also);
    const key = `${level} ${text}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#look(level, also));
    return this.#known.get(key);
  }

  /** What must come with somebody's token. */
  requestOf({ found }: Somebody): Readonly<Record<string, string>> {
    return this.#asked.requestOf(found.options);
  }

  /** Whether a workflow is a part of what tells who is allowed. */
  get tellsWorkflows(): boolean {
    const all = [...this.#grant.allow, ...this.#grant.deny.flat()];
    const texts = all.flatMap(({ key, values }) => [key, ...values]);
    return this.#parts.workflow !== undefined && texts.some((one) => /job_workflow_ref/i.test(one));
  }

  get tellsBranches(): boolean {
    return this.#parts.notOfBranch !== undefined;
  }

  #look(level: Level, also?: Condition): Somebody | undefined {
    const { owner, project, ids, workflow = [], workflowRepository = [] } = this.#parts;
    if (level.startsWith('stranger')) {
      const beside = {
        'stranger beside workflows': workflow,
        'stranger beside repositories of workflows': workflowRepository,
      };
      const all = level in beside ? beside[level as keyof typeof beside] : [];
      return owner.length === 0 ? undefined : this.#beside([...owner, ...all], this.#allowedWith(also), also);
    }
    if (level.startsWith('other project')) {
      const all = level === 'other project' ? [] : workflow;
      return project.length === 0 ? undefined : this.#beside([...project, ...all], this.#usual(also), also);
    }
    if (level === 'by name') return ids.length === 0 ? undefined : this.#beside(ids, this.#usual(also), also);
    // Those of tags are left out: a tag that anybody can push is seldom one that is trusted.
    if (level === 'other job') return this.#otherJob(also, (shape) => ({ none: this.#kinds(shape, this.#parts.tags) }));
    return this.#anyJob(level, also);
  }

  /** A job whose name does not even begin as one that is spelled out: of all but tags and pull requests, or of a kind alone. */
  #anyJob(level: Level, also?: Condition): Somebody | undefined {
    const { notOfBranch = [], tags = [], pullRequest, ofPullRequest = [], examples } = this.#parts;
    const isOfPullRequests = level === 'any pull request';
    if (isOfPullRequests && !pullRequest) return undefined;
    const kind = isOfPullRequests ? (pullRequest ?? []) : level === 'any job of no branch' ? notOfBranch : [];
    const demand: Demand = (shape) => {
      const some = this.#kind(shape, kind);
      const others = level === 'any job' ? this.#kinds(shape, [...tags, ...ofPullRequest]) : [];
      return some && { some, none: [...this.#beginningAlike(shape), ...others] };
    };
    return this.#otherJob(also, demand, examples?.[level === 'any job' ? 'job' : 'pullRequest']);
  }

  #otherJob(also: Condition | undefined, demand: Demand, preferred?: Fields): Somebody | undefined {
    const { job, examples } = this.#parts;
    for (const { shape, tokens } of this.#usual(also)) {
      const parts = partsIn(shape, job);
      // Where nothing tells a job all of a project is one.
      if (parts.length === 0 || this.#isOneSpelled(parts, shape, tokens)) continue;
      const more = demand(shape);
      const demanded = more && { ...more, none: [...this.#told(shape, parts), ...(more.none ?? [])] };
      const found =
        demanded && this.#found({ shape, tokens }, demanded, { also, preferred: preferred ?? examples?.job });
      if (found) return { shape, found };
    }
    return undefined;
  }

  /** Somebody of whom none of these parts is spelled out. */
  #beside(all: readonly TokenPart[], among: readonly Allowed[], also?: Condition): Somebody | undefined {
    for (const { shape, tokens } of among) {
      const parts = partsIn(shape, all);
      if (this.#isOneSpelled(parts, shape, tokens)) continue;
      const found = this.#found({ shape, tokens }, { none: this.#told(shape, parts) }, { also });
      if (found) return { shape, found };
    }
    return undefined;
  }

  /** Of an issuer of which nothing is known a subject is one as a whole. */
  #isOneSpelled(parts: readonly TokenPart[], { isOpen }: TokenShape, tokens: TokenGraph): boolean {
    return (isOpen ? [...parts, { field: 'subject' }] : parts).some((part) => this.#isSpelled(part, tokens));
  }

  /** Whether a part is nothing but what is spelled out, in all of some tokens. */
  #isSpelled(part: TokenPart, tokens: TokenGraph): boolean {
    if (part.behind !== undefined && part.behind !== '' && tokens.isFree(part.field)) return false;
    const values = tokens.valuesOf(part.field, mostNamesOf(this.#grant.allow));
    if (!values || values.length === 0) return false;
    const machines = this.#machinesOf(part);
    return values.every((value) => machines.some((one) => one.accepts(one.run(one.start, value))));
  }

  #allowedWith(also?: Condition): readonly Allowed[] {
    const known = this.#allowed.get(also);
    if (known) return known;
    // What holds too leaves none where there is none without it.
    const shapes = also ? this.#allowedWith().map(({ shape }) => shape) : this.#grant.shapes;
    const allowed = shapes.flatMap((shape) => {
      const tokens = this.#find(shape, {}, also);
      return tokens && !tokens.isEmpty ? [{ shape, tokens }] : [];
    });
    this.#allowed.set(also, allowed);
    return allowed;
  }

  /**
   * Of an owner who is spelled out. Which template his subjects have is an owner's own choice: another than the default is thought of only
   * where no subject of the default is allowed.
   */
  #usual(also?: Condition): readonly Allowed[] {
    const { template = [] } = this.#parts;
    const all = this.#allowedWith(also);
    const usual = all.filter(({ shape: { fields, isOpen } }) => isOpen || !template.some((field) => fields[field]));
    return usual.length > 0 ? usual : all;
  }

  /** A token of which more is demanded: the likely one, or whichever there is. */
  #found(
    { shape, tokens }: Allowed,
    demanded: Demanded,
    { also, preferred }: { readonly also: Condition | undefined; readonly preferred?: Fields | undefined },
  ): Found | undefined {
    const likely = tokens.example(preferred);
    if (likely && meets(likely, demanded)) return likely;
    return this.#find(shape, demanded, also)?.example(preferred);
  }

  #find(shape: TokenShape, demanded: Demanded, also?: Condition): TokenGraph | undefined {
    return this.#asked.tokensOf(shape, false, also ? { ...demanded, narrowed: this.#narrowedBy(also) } : demanded);
  }

  /** What a condition that holds too stands in the place of: one that names more of the same values. */
  #narrowedBy(also: Condition): Narrowed {
    const known = this.#narrowed.get(also) ?? { from: this.#grant.allow.find((one) => implies(also, one)), to: also };
    this.#narrowed.set(also, known);
    return known;
  }

  /** Where one of these parts is spelled out as far as it must be. */
  #told(shape: TokenShape, parts: readonly TokenPart[]): Conjunctions {
    return partsIn(shape, parts).flatMap((part) =>
      this.#machinesOf(part).map((machine) => [this.#atom(part, machine)] as const),
    );
  }

  #machinesOf(part: TokenPart): readonly Machine[] {
    const { alphabet } = this.#asked;
    const extents: readonly Extent[] = part.begins ? ['all', 'a beginning'] : ['all'];
    return extents.map((extent) => this.#spelled.machineOf(part, extent, alphabet));
  }

  #beginningAlike(shape: TokenShape): Conjunctions {
    return partsIn(shape, this.#parts.job).map((part) => [
      this.#atom(part, this.#spelled.machineOf(part, 'letters of a name', this.#asked.alphabet)),
    ]);
  }

  #atom({ field }: TokenPart, machine: Machine): ClaimAtom {
    return { parts: [{ field }], machine, negated: false, ifMissing: false };
  }

  #kinds(shape: TokenShape, kinds: readonly TokenKind[] = []): Conjunctions {
    return kinds.flatMap((kind) => {
      const atoms = this.#kind(shape, kind);
      return atoms ? [atoms] : [];
    });
  }

  /** Undefined where no token of the shape is of a kind. */
  #kind(shape: TokenShape, kind: TokenKind): readonly ClaimAtom[] | undefined {
    const atoms: ClaimAtom[] = [];
    for (const { claim, pattern, not = false } of kind) {
      const parts = shape.claims[claim];
      if (!parts && !not) return undefined;
      const wild = [{ text: pattern, literal: new Set<number>() }];
      const machine = machineOfPatterns(this.#asked.alphabet, wild, { wildcards: true });
      if (parts) atoms.push({ parts: joined(parts), machine, negated: not, ifMissing: not });
    }
    return atoms;
  }
}

function meets({ fields }: Found, { some = [], none = [] }: Demanded): boolean {
  const holds = ({ parts, machine, negated, ifMissing }: ClaimAtom): boolean => {
    const texts = parts.map((part) => {
      const text = typeof part === 'string' ? part : fields[part.field];
      return typeof part === 'object' && part.escaped ? text?.replaceAll(':', '%3A') : text;
    });
    if (texts.includes(undefined)) return ifMissing;
    return machine.accepts(machine.run(machine.start, texts.join(''))) !== negated;
  };
  return some.every(holds) && !none.some((all) => all.every(holds));
}
