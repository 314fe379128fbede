import { gitHubClaimsWithoutValue } from './github.ts';
import { type Said, tellingClaims } from './github-subjects-asked.ts';
import type { ClaimPart, Language, TokenField, TokenShape } from './token-shape.ts';
import { noColon, noColonBut } from './token-shape.ts';

/** What is in every token, whatever its subject is. */
export interface GitHubToken {
  readonly fields: Readonly<Record<string, TokenField>>;
  readonly claims: Readonly<Record<string, readonly ClaimPart[]>>;
  readonly owner: readonly string[];
  /** Of claims that are there too, as they stand in a subject. */
  readonly languages: Readonly<Record<string, Language>>;
}

/** A claim in a customized subject, with what it is made of. */
interface Segment {
  readonly claim: string;
  readonly parts: readonly ClaimPart[];
  /** A field that tokens with it are without. */
  readonly without?: string;
  /** Fields that are one text in tokens with it. */
  readonly fixed?: Fixed;
}

type Fixed = Readonly<Record<string, string>>;

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

/** Further claims that are condition keys as well. "Any `:` within the metadata values will be replaced with `%3A`". */
const others: readonly Segment[] = ['actor', 'actor_id', 'environment', 'job_workflow_ref', 'ref', 'workflow'].map(
  (claim) => ({ claim, parts: [`${claim}:`, { field: claim, escaped: true }] }),
);
/** Of a job without an environment the claim is in the subject, and empty. */
const noEnvironment: Segment = { claim: 'environment', parts: ['environment:'], without: 'environment' };

/** Claims that whoever owns a repository can put into its subjects, which say nothing of the owner. */
const customizable = [
  ...['actor', 'actor_id', 'base_ref', 'check_run_id', 'enterprise', 'environment', 'environment_node_id'],
  ...['event_name', 'head_ref', 'issuer_scope', 'jti', 'job_workflow_ref', 'job_workflow_sha', 'ref_protected'],
  ...['ref_type', 'repository_visibility', 'run_attempt', 'run_id', 'run_number', 'runner_environment', 'sha'],
  ...['workflow', 'workflow_ref', 'workflow_sha'],
];

/**
 * All customized subjects: claims in any order, of which the first that says whose a token is has the owner's fields, and bound ones have
 * their own.
 */
export function customizedShapes(token: GitHubToken, said: Said): readonly TokenShape[] {
  return new Customized(token, said).shapes;
}

/** How far a subject is written. */
interface Written {
  readonly parts: readonly ClaimPart[];
  /** Texts in it, of whatever is not looked at. */
  readonly texts: Readonly<Record<string, TokenField>>;
  readonly claims: readonly string[];
  readonly fields: readonly string[];
  readonly without: readonly string[];
  readonly fixed: Fixed;
}

class Customized {
  readonly shapes: TokenShape[] = [];
  readonly #token: GitHubToken;
  readonly #said: Said;
  readonly #languages = new Map<string, Language>();
  readonly #afters = new Map<Language, Language>();

  constructor(token: GitHubToken, said: Said) {
    this.#token = token;
    this.#said = said;
    const nothing: Written = { parts: [], texts: {}, claims: [], fields: [], without: [], fixed: {} };
    const one = this.#unlooked(nothing);
    const subject = {
      language: { sequence: [one, { many: { sequence: [':', one] } }] },
      example: 'environment:production',
    };
    const before = { language: { many: { sequence: [one, ':'] } }, example: '' };
    this.#goOn({ ...nothing, parts: [{ field: 'before' }], texts: { before } }, this.#next(nothing), '');
    this.#add({ ...nothing, parts: [{ field: 'subject' }], texts: { subject } });
  }

  /** Claims that may come next, and have fields of their own there. */
  #next({ claims, fields }: Written): readonly Segment[] {
    const { bound, values } = this.#said;
    const isFirst = !claims.some((claim) => tellingClaims.includes(claim));
    const isFree = ({ parts }: Segment) => !fieldsOf(parts).some((field) => fields.includes(field));
    const all = telling.filter(({ claim }) => isFirst || bound.includes(claim));
    const open = [...all, ...[...others, noEnvironment].filter(({ claim }) => bound.includes(claim))];
    const next = open.filter(({ claim }) => !claims.includes(claim));
    // What names again what is there already agrees with it: so it can be told of a text that is known.
    const again = next.filter((one) => !isFree(one)).flatMap((one) => asTexts(one, values[one.claim] ?? []));
    return [...next.filter(isFree), ...again];
  }

  #goOn(written: Written, next: readonly Segment[], between: string): void {
    for (const { claim, parts, without = [], fixed = {} } of next) {
      if (Object.entries(fixed).some(([field, text]) => (written.fixed[field] ?? text) !== text)) continue;
      const [key = '', ...value] = parts;
      const one: Written = {
        parts: [...written.parts, `${between}${key}`, ...value],
        texts: written.texts,
        claims: [...written.claims, claim],
        fields: [...written.fields, ...fieldsOf(parts)],
        without: [...written.without, ...[without].flat()],
        fixed: { ...written.fixed, ...fixed },
      };
      const name = one.claims.length === 1 ? 'after' : `after${one.claims.length}`;
      const after = { language: this.#after(one), example: '' };
      const whole = { ...one, parts: [...one.parts, { field: name }], texts: { ...one.texts, [name]: after } };
      this.#add(whole);
      this.#goOn(whole, this.#next(whole), ':');
    }
  }

  #add({ parts, texts, without: missing, fixed }: Written): void {
    const { fields: open, claims: all, owner } = this.#token;
    const ofOne = Object.entries(fixed).map(([name, text]) => [name, { ...open[name], language: text, example: text }]);
    const fields: Readonly<Record<string, TokenField>> = { ...open, ...Object.fromEntries(ofOne) };
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

  /** The same one again: a machine is made of it once. */
  #after(written: Written): Language {
    const one = this.#unlooked(written);
    const after = this.#afters.get(one) ?? { many: { sequence: [':', one] } };
    this.#afters.set(one, after);
    return after;
  }

  /** A claim of which a shape says nothing more, the first time that it is here. */
  #unlooked(written: Written): Language {
    const { claims } = written;
    const isTold = claims.some((claim) => tellingClaims.includes(claim));
    // One that is told of some texts may have any other.
    const next = this.#next(written).flatMap(({ claim, fixed }) => (fixed ? [] : [claim]));
    const isOther = (claim: string) => !claims.includes(claim) && !next.includes(claim);
    const key = [...customizable, ...tellingClaims, 'ref'].filter(isOther).join();
    const known = this.#languages.get(`${isTold} ${key}`);
    if (known) return known;
    const { values, seen } = this.#said;
    // What no pattern speaks of by its name is as good as any other.
    const ownOf = (claim: string) =>
      seen.includes(claim) || claim === 'ref' ? this.#token.languages[claim] : undefined;
    const languageOf = (claim: string): Language =>
      values[claim]?.length ? noColonBut(values[claim]) : (ownOf(claim) ?? noColon);
    const names = [...customizable, ...(isTold ? tellingClaims : []), 'ref'].filter(isOther);
    const language: Language = {
      anyOf: [
        ...names.map((claim): Language => ({ sequence: [`${claim}:`, languageOf(claim)] })),
        { sequence: ['repo_property_', { chars: 'a-zA-Z0-9_' }, ':', noColon] },
        { sequence: [{ anyOf: gitHubClaimsWithoutValue.filter(isOther) }, ':'] },
        // The context of a pull request is one word; a template may have it without the repository, as Terraform's own example does.
        'pull_request',
      ],
    };
    this.#languages.set(`${isTold} ${key}`, language);
    return language;
  }
}

/** A segment for each text that it may be, in the place of its fields. */
function asTexts({ claim, parts }: Segment, values: readonly string[]): readonly Segment[] {
  const pattern = parts.map((part) => (typeof part === 'string' ? part : '([^:/@]+)')).join('');
  return values.flatMap((value): readonly Segment[] => {
    const text = `${claim}:${value}`;
    const [whole, ...texts] = new RegExp(`^${pattern}$`).exec(text) ?? [];
    if (whole === undefined) return [];
    return [
      { claim, parts: [text], fixed: Object.fromEntries(fieldsOf(parts).map((name, at) => [name, texts[at] ?? ''])) },
    ];
  });
}

function fieldsOf(parts: readonly ClaimPart[]): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.field]));
}

function but<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}
