/**
 * What is known of who signs tokens: data and pure functions, each fact with where it was read. An issuer is the URL in a token's
 * `iss`; one `Issuer` here is a service with all its URLs.
 */
export interface Issuer<Subject = unknown> {
  readonly title: string;
  /** Whether an `iss` is this service's, exactly: scheme, host, port, path, case and slashes. */
  is(iss: string): boolean;
  /** Whether one URL signs for owners that have nothing to do with each other: then the URL says nothing of who asks. */
  sharedByStrangers(iss: string): boolean;
  /** The claims that tell one owner from another, what can never be given to somebody else first. */
  readonly ownerClaims: readonly OwnerClaim[];
  /** Further claims than the registered ones (`iss`, `sub`, `aud`, `exp`, `nbf`, `iat`, `jti`). */
  readonly claims: readonly string[];
  /** @returns undefined for a text that is no subject of this service, so that every form has one way to be written */
  parseSubject(subject: string): Subject | undefined;
  /** A subject of each form, in made-up names. */
  readonly exampleSubjects: readonly string[];
  /** The text of a subject: what `parseSubject` reads as the same. */
  formatSubject(subject: Subject): string;
  /** A subject, or a pattern of subjects, by how far each part reaches; undefined where it begins like none of this service. */
  subjectParts(subject: string): SubjectParts | undefined;
  /** The condition keys that STS fills for tokens of this URL, beside `commonConditionKeys`. */
  conditionKeys(iss: string): readonly ConditionKey[];
  /** Claims of which IAM wants at least one in a role's trust policy; empty where it wants none. */
  requiredByAws(iss: string): readonly string[];
  /** What a flexible federated credential of Entra may say; undefined where this URL can have none. */
  flexibleClaims(iss: string): FlexibleClaims | undefined;
  readonly audiences: Audiences;
  /** What ends on a day, and for whom. */
  readonly deprecations: readonly Deprecation[];
}

interface OwnerClaim {
  readonly claim: string;
  /** An id is never used twice; a name can be given to somebody else once its owner is renamed or deleted. */
  readonly kind: 'id' | 'name';
  /** What has it: all of an owner, or one project of its. */
  readonly of: 'owner' | 'project';
}

/** Texts as they stand, wildcards included; undefined where the subject ends before. */
export interface SubjectParts {
  /** The user, organization or tenant. Undefined also where the issuer's URL alone says it. */
  readonly owner: string | undefined;
  /** The repository, project, pipeline or namespace. */
  readonly project: string | undefined;
  /** The rest: a branch, an environment, a service connection, a service account. */
  readonly job: string | undefined;
}

/** A condition key of AWS, `<issuer without https://>:<name>`. */
export interface ConditionKey {
  readonly name: string;
  /** The claims that it is filled from: the first that the token has. */
  readonly claims: readonly [string, ...string[]];
  /** Whether it holds several values, so that `ForAnyValue` has a meaning. */
  readonly multivalued?: true;
  readonly type?: 'numeric';
}

interface FlexibleClaims {
  /** The operators by claim. */
  readonly operators: Readonly<Record<string, readonly ('eq' | 'matches')[]>>;
  /** Groups of claims: an expression must test one at least of each. */
  readonly required: readonly (readonly string[])[];
}

interface Audiences {
  /** Who decides what a token is for. A job that can choose makes its audience no boundary between strangers. */
  readonly chosenBy: 'job' | 'issuer';
  /** What a token has if nobody chose; undefined where somebody must. */
  readonly byDefault: string | undefined;
}

/** Something that stops working on a day. */
export interface Deprecation {
  readonly what: string;
  /** The day, ISO 8601. */
  readonly ends: string;
  readonly inScope: readonly string[];
  readonly outOfScope: readonly string[];
  readonly instead: string;
}

/** The members of an issuer that a source can be about. */
export type Fact =
  | 'urls'
  | 'subjects'
  | 'claims'
  | 'condition keys'
  | 'required by AWS'
  | 'flexible claims'
  | 'audiences'
  | 'owners'
  | 'deprecations';

/** Where facts were read. */
export interface Citation {
  readonly of: readonly Fact[];
  readonly title: string;
  readonly url: string;
  /** The day, ISO 8601. */
  readonly read: string;
  /** What of it stands here without having been seen in a document of the service itself. */
  readonly unchecked?: string;
}

/**
 * The condition keys that STS fills for every issuer. `aud` is the token's `azp`, and its `aud` only where there is no `azp`.
 * Source: IAM User Guide, "Available keys for AWS OIDC federation", the default tab; captures of real STS in radkawar/stackd,
 * `internal/services/sts/testdata/oidc`, 2026-09-11.
 */
export const commonConditionKeys: readonly ConditionKey[] = [
  { name: 'aud', claims: ['azp', 'aud'] },
  { name: 'oaud', claims: ['aud'] },
  { name: 'sub', claims: ['sub'] },
  { name: 'amr', claims: ['amr'], multivalued: true },
  { name: 'email', claims: ['email'] },
];

/** What stands before the colon of a condition key, and last in the ARN of the provider: the issuer without its scheme. */
export function conditionPrefix(iss: string): string {
  return iss.replace(/^https?:\/\//, '');
}

/** An issuer, made where it is used: what needs one function of it does not carry the rest. Calls are marked as pure for bundlers. */
export function known<Subject>(make: () => Issuer<Subject>): Issuer<Subject> {
  return make();
}

/** Keys whose name is their claim's. */
export function sameNamed(claims: readonly string[]): readonly ConditionKey[] {
  return claims.map((claim) => ({ name: claim, claims: [claim] }));
}
