import { FedbridgeError } from '@fedbridge/core';
import { azureDevOpsForm, azureDevOpsIssuerEnds, conditionPrefix, immutableSubjectsSince } from '@fedbridge/issuers';
import type { AnyFederatedCredential, FederatedCredential } from './federated-credential.ts';
import type { TrustedJob } from './job.ts';
import { MalformedPolicyError, parseTrustPolicy } from './policy.ts';
import { audienceKeys } from './write-aws.ts';
import { entraTrust } from './write-entra.ts';

/** What moves: a repository to immutable subjects, or a service connection to the Entra issuer. */
export type Migration =
  | {
      readonly kind: 'immutable-subjects';
      readonly owner: string;
      readonly ownerId: string;
      readonly repository: string;
      readonly repositoryId: string;
    }
  | {
      readonly kind: 'entra-issuer';
      /** `sc://organisation/project/connection`. */
      readonly oldSubject: string;
      readonly to: TrustedJob;
    };

export interface Migrated<T> {
  readonly document: T;
  /** What was added or removed, and when what stops. */
  readonly notes: readonly string[];
}

const dates = {
  'immutable-subjects': `Since ${immutableSubjectsSince} a repository that is created, renamed, transferred or opted in has the immutable form; the old one stops for it at that moment.`,
  'entra-issuer': `The Azure DevOps issuer stops for service connections on ${azureDevOpsIssuerEnds}.`,
} as const;

type Json = Readonly<Record<string, unknown>>;

/**
 * Adds to a trust policy what a migration needs beside what is there or, to finish, removes what it replaced. Nothing that
 * gets in today is kept out before the end, and nothing but the other form of the same job is let in.
 *
 * @throws FedbridgeError `INPUT_INVALID` for a document that IAM would not take, or to finish before the new is there
 */
export function migrateTrustPolicy(document: unknown, migration: Migration, finish: boolean): Migrated<Json> {
  checkPolicy(document);
  const policy = document as Json;
  const listed = policy.Statement;
  const statements = (Array.isArray(listed) ? listed : [listed]) as Json[];
  const notes: string[] = [];
  const next = statements.flatMap((statement) =>
    migration.kind === 'immutable-subjects'
      ? [inEachSubject(statement, migration, finish, notes)]
      : withNewIssuer(statement, statements, migration, finish, notes),
  );
  return ended({ ...policy, Statement: Array.isArray(listed) || next.length !== 1 ? next : next[0] }, notes, migration);
}

/** The same for the federated credentials of an identity. @throws FedbridgeError `INPUT_INVALID` */
export function migrateFederatedCredentials<Credential extends AnyFederatedCredential>(
  credentials: readonly Credential[],
  migration: Migration,
  finish: boolean,
): Migrated<readonly (Credential | FederatedCredential)[]> {
  const notes: string[] = [];
  const has = ({ issuer, subject }: Pick<FederatedCredential, 'issuer' | 'subject'>) =>
    credentials.some((one) => one.issuer === issuer && one.subject === subject);
  const next = credentials.flatMap((one): (Credential | FederatedCredential)[] => {
    const other = one.claimsMatchingExpression ? undefined : successor(one, migration);
    if (!other) return [one];
    if (finish) {
      if (!has(other)) throw notYet(other.subject);
      notes.push(`Removed: ${one.subject}.`);
      return [];
    }
    if (has(other)) return [one];
    notes.push(`Added: ${other.subject} of ${other.issuer}.`);
    return [one, other];
  });
  if (next.length > 20)
    throw new FedbridgeError(
      'INPUT_INVALID',
      `That would be ${next.length} federated credentials: Entra takes 20 on one identity.`,
    );
  return ended(next, notes, migration);
}

function successor(one: FederatedCredential, migration: Migration): FederatedCredential | undefined {
  if (migration.kind === 'immutable-subjects') {
    const subject = immutable(one.subject, migration);
    return subject === undefined ? undefined : { ...one, name: `${one.name}-immutable`, subject };
  }
  if (one.subject !== migration.oldSubject) return undefined;
  return entraTrust(migration.to, `${one.name}-entra-issuer`);
}

/** `repo:owner/repository:…` with ids; undefined for a subject of another repository, or one that has them. */
function immutable(
  subject: string,
  { owner, ownerId, repository, repositoryId }: Extract<Migration, { kind: 'immutable-subjects' }>,
): string | undefined {
  const name = `repo:${owner}/${repository}:`;
  return subject.startsWith(name)
    ? `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${subject.slice(name.length)}`
    : undefined;
}

function inEachSubject(
  statement: Json,
  migration: Extract<Migration, { kind: 'immutable-subjects' }>,
  finish: boolean,
  notes: string[],
): Json {
  const { Condition: condition } = statement;
  if (typeof condition !== 'object' || condition === null) return statement;
  const operators = Object.entries(condition as Record<string, Record<string, unknown>>).map(([operator, keys]) => {
    const next = Object.entries(keys).map(([key, given]) => {
      if (!/:sub$/i.test(key) || /Null/.test(operator)) return [key, given];
      const values = (Array.isArray(given) ? given : [given]) as readonly unknown[];
      // Whom a value keeps out under the old name it must keep out under the new one as well, and for good.
      const keepsOut = (statement.Effect === 'Deny') !== /Not/.test(operator);
      const all = values.flatMap((value) => {
        const other = typeof value === 'string' ? immutable(value, migration) : undefined;
        if (other === undefined) return [value];
        if (finish && !keepsOut) {
          if (!values.includes(other)) throw notYet(other);
          notes.push(`Removed: ${value}.`);
          return [];
        }
        if (values.includes(other)) return [value];
        notes.push(`Added: ${other}.`);
        return [value, other];
      });
      return [key, all.length === 1 && !Array.isArray(given) ? all[0] : all];
    });
    return [operator, Object.fromEntries(next)];
  });
  return { ...statement, Condition: Object.fromEntries(operators) };
}

function withNewIssuer(
  statement: Json,
  all: readonly Json[],
  { oldSubject, to }: Extract<Migration, { kind: 'entra-issuer' }>,
  finish: boolean,
  notes: string[],
): Json[] {
  const equal = (one: Json) =>
    (one.Condition as Record<string, Record<string, unknown>> | undefined)?.StringEquals ?? {};
  const subjectsOf = (one: Json) =>
    Object.entries(equal(one)).flatMap(([key, value]) =>
      /:sub$/i.test(key) ? (Array.isArray(value) ? value : [value]) : [],
    ) as string[];
  const subjects = subjectsOf(statement);
  if (!subjects.includes(oldSubject) || statement.Effect !== 'Allow') return [statement];
  if (azureDevOpsForm(oldSubject) !== 'service connection')
    throw new FedbridgeError('INPUT_INVALID', `${oldSubject} is not a service connection on the Azure DevOps issuer.`);
  const isThere = all.some((one) => subjectsOf(one).includes(to.subject));
  if (finish) {
    if (!isThere) throw notYet(to.subject);
    notes.push(`Removed: ${oldSubject}.`);
    const rest = subjects.filter((subject) => subject !== oldSubject);
    if (rest.length === 0) return [];
    const key = Object.keys(equal(statement)).find((name) => /:sub$/i.test(name)) ?? '';
    const condition = statement.Condition as Record<string, unknown>;
    return [{ ...statement, Condition: { ...condition, StringEquals: { ...equal(statement), [key]: rest } } }];
  }
  if (isThere) return [statement];
  const federated = String((statement.Principal as Record<string, unknown> | undefined)?.Federated ?? '');
  const name = conditionPrefix(to.issuer);
  notes.push(
    `Added: ${to.subject} of ${to.issuer}.`,
    `Create the IAM OIDC provider ${to.issuer} with the audience ${to.azp ?? to.audience}.`,
  );
  const added = {
    ...(statement.Sid === undefined ? {} : { Sid: `${statement.Sid}EntraIssuer` }),
    Effect: 'Allow',
    Principal: { Federated: federated.replace(/oidc-provider\/.*$/, `oidc-provider/${name}`) },
    Action: statement.Action,
    Condition: { StringEquals: { ...audienceKeys(to), [`${name}:sub`]: to.subject } },
  };
  return [statement, added];
}

function ended<T>(document: T, notes: readonly string[], { kind }: Migration): Migrated<T> {
  return { document, notes: notes.length === 0 ? ['There is nothing to do.'] : [...notes, dates[kind]] };
}

function notYet(subject: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `The new form is not there yet: ${subject}.`, {
    hint: 'Migrate without --finish first, deploy that, and see that jobs get in.',
  });
}

function checkPolicy(document: unknown): void {
  try {
    parseTrustPolicy(document);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw new FedbridgeError('INPUT_INVALID', `IAM does not take this document: ${error.message}.`);
  }
}
