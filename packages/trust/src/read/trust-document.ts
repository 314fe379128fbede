import { FedbridgeError } from '@fedbridge/core/error';
import type { DuplicateMember, JsonPath, Position } from '../json.ts';

/** Values of a template's parameters, and of CloudFormation's pseudo parameters: `AWS::AccountId`. */
export type Parameters = Readonly<Record<string, string>>;

/** A part of a document that its template does not tell: a parameter, an import, what is known after a deployment. */
export interface Unresolved {
  /** In a policy from `Statement`, in credentials from the index; of what contains it where a member's name has it. */
  readonly path: JsonPath;
  /** As the template names it: `Org`, `Fn::ImportValue`, `parameters('org')`. */
  readonly expression: string;
  /** Whether it is the account or the partition of an OIDC provider: who is allowed does not depend on it. */
  readonly isOfProvider?: true;
  /** Whether it is the account that the role itself is in, or the partition of that: `ownAccount` stands in its place. */
  readonly isOwnAccount?: true;
}

/** A text that was parsed, with where its parts stand: a `JsonDocument`, or its like for another language. */
export interface Source {
  readonly value: unknown;
  /** Of members that stand more than once the last one counts. */
  readonly duplicates: readonly DuplicateMember[];
  /** Those within a part, with their paths from there; work in proportion to that part. All are looked through where this is not there. */
  duplicatesIn?(path: JsonPath): readonly DuplicateMember[];
  positionOf(path: JsonPath): Position | undefined;
}

/** A trust policy or a list of federated credentials, found in what a tool printed. */
export type TrustDocument = (Found & FoundPolicy) | CredentialsDocument;

/** A list of federated credentials, found in what a tool printed. */
export type CredentialsDocument = Found & FoundCredentials;

interface Found {
  /**
   * What it is called there: the ARN of a role, `aws_iam_role.deploy`, `Resources.Role`, the name of an application; else its JSON
   * pointer, which is empty for the whole of a file.
   */
  readonly address: string;
  /** What only a deployment knows; it stands in the document as a placeholder. */
  readonly unresolved: readonly Unresolved[];
  /** Whether what stands around it says that it is of an application of several tenants. */
  readonly isMultiTenant?: boolean;
  /** What it looks like, though it is in no form that is read: nothing is known of it. */
  readonly resembles?: string;
  /** Of what is not told in full, all that it is made of, as it is written: undefined where that is not known. */
  readonly origin?: Origin | undefined;
  /** Their paths are within the document. */
  readonly duplicates: readonly DuplicateMember[];
  /** Where a part of it stands in the file, or the nearest part around it whose place is known. */
  positionOf(path: JsonPath): Position;
}

interface FoundPolicy {
  readonly policy: object;
  readonly credentials?: never;
  readonly enclosing?: never;
}

interface FoundCredentials {
  readonly policy?: never;
  /** As they were found, but for the names of their members, which are those of Microsoft Graph. */
  readonly credentials: readonly unknown[];
  /** The same, as who printed them names their members. */
  readonly written: readonly unknown[];
  /** What was printed, as far as it holds these credentials and no other document, with a list in their place. */
  enclosing(list: readonly unknown[]): unknown;
}

/** A value in a source, as it is there or resolved. */
export interface Part {
  readonly source: Source;
  readonly path: JsonPath;
  readonly value: unknown;
  /** What a document directly in it is called, where that is known. */
  readonly address?: string | undefined;
  /** Whether placeholders may stand in it. */
  readonly isTemplate: boolean;
  /** What it is made of. */
  readonly origin?: Origin | undefined;
  /** What a text in it holds, in another language than JSON; undefined for what is none. */
  readonly readText?: TextReader | undefined;
  /** In how many texts it stands, one in the other. */
  readonly level?: number;
}

/** A text that is the same where what it is of is made in the same way. */
type Origin = () => string | undefined;

/** What a text in a document holds, if it is a document of its own; undefined where it is none. */
export type TextReader = (text: string) => readonly Source[] | undefined;

/** Beyond any document: what looks through one calls itself at each level. */
export const deepest = 200;

/** The part within a part. @throws DocumentError where it is nested too deep */
export function partAt(part: Part, step: string | number, value: unknown, address?: string): Part {
  if (part.path.length >= deepest) throw tooDeep(part);
  return { ...part, path: [...part.path, step], value, address };
}

/** The error of a part that is nested too deep. */
export function tooDeep(part: Part): DocumentError {
  return new DocumentError(part, `it is nested deeper than ${deepest} levels`);
}

/** Why nothing of a file is read, and where in it. Its code is `INPUT_INVALID`. */
export class DocumentError extends FedbridgeError {
  readonly position: Position;
  readonly what: string;

  constructor({ source, path }: Part, what: string, hint?: string) {
    const position = positionIn(source, path);
    super('INPUT_INVALID', `line ${position.line}, column ${position.column}: ${what}.`, { hint });
    this.position = position;
    this.what = what;
  }
}

/** @param path - from the outermost value of the source; where nothing stands there, the nearest around it is taken */
export function positionIn(source: Source, path: JsonPath): Position {
  for (let length = path.length; length >= 0; length -= 1) {
    const position = source.positionOf(path.slice(0, length));
    if (position) return position;
  }
  return { line: 1, column: 1 };
}

/** RFC 6901. */
export function jsonPointer(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The members of an object. */
export type Members = Readonly<Record<string, unknown>>;

/** The members of an object; undefined for a list and everything else. */
export function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

/** A text; an empty one for everything else, which may be nested as deep as a file is long. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
