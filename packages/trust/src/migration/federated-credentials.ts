import { FedbridgeError } from '@fedbridge/core';
import { credentialAudience, type EntraCloud, entraClouds } from '@fedbridge/issuers';
import { credentialLimits } from '../credential-form.ts';
import {
  type AnyFederatedCredential,
  matchFederatedCredential,
  parseFederatedCredential,
} from '../federated-credential.ts';
import { type ClaimTest, claimTestsOf } from '../flexible-expression.ts';
import { neverMatches } from '../never-matches.ts';
import { checkConnection } from './entra-issuer.ts';
import { mayHaveImmutableSubjects, renamingsOf } from './immutable-subjects.ts';
import { Findings, type Migrated, notYet } from './migrated.ts';
import { dates, type Migration, type ToEntraIssuer } from './migration.ts';
import type { Json } from './statement.ts';
import { inNewForm, isOfRepositoryAlone, matchesSome, type Reading, type Renaming } from './subject-value.ts';

/**
 * Adds to the federated credentials of an identity the new form of each that a migration is about or, to finish, removes the old one.
 * What is there stays as it is, with all its members, as Microsoft Graph or Azure Resource Manager has them.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function migrateFederatedCredentials<Document extends object>(
  documents: readonly Document[],
  migration: Migration,
  finish: boolean,
): Migrated<readonly Document[]> {
  if (migration.kind === 'entra-issuer') checkConnection(migration, 'entra');
  const all = documents.map((document) => ({ document, credential: parseFederatedCredential(document) }));
  const findings = new Findings();
  const list = new CredentialList(all.map(({ credential }) => credential));
  const next = all.flatMap(({ document, credential }) => {
    const successors = successorsOf(credential, migration, list, findings);
    if (!successors) return [document];
    if (!finish) {
      const added = successors.filter((one) => list.add(one, findings));
      return [document, ...added.map((one) => as(document, one))];
    }
    const missing = successors.find(
      (one) => !list.allows(one) || (canMatchNothing(one) && !canMatchNothing(credential)),
    );
    if (missing) throw notYet(`${subjectOf(missing)} of ${missing.issuer}`);
    if (!isOfOldFormAlone(credential, migration, list)) {
      findings.tell(credential.name, `It stays, and the old form with it: it matches more than this repository.`);
      return [document];
    }
    findings.note(`Removed: ${subjectOf(credential)}.`);
    return [];
  });
  if (next.length > credentialLimits.perIdentity)
    throw new FedbridgeError(
      'INPUT_INVALID',
      `That would be ${next.length} federated credentials: Entra takes ${credentialLimits.perIdentity} on one identity.`,
    );
  return findings.of(next, dates[migration.kind]);
}

/** What allows the new form of what a credential allows in the old one; undefined where the migration is not about it. */
function successorsOf(
  credential: AnyFederatedCredential,
  migration: Migration,
  list: CredentialList,
  findings: Findings,
): readonly AnyFederatedCredential[] | undefined {
  if (migration.kind === 'entra-issuer') {
    if (credential.subject !== migration.oldSubject) return undefined;
    return [onEntraIssuer(credential, migration, list)];
  }
  if (!mayHaveImmutableSubjects(credential.issuer)) return undefined;
  const renamings = renamingsOf(list.subjects, migration);
  const tests = testsOf(credential);
  const found = tests.filter(({ claim, comparand, operator }) =>
    renamings.some((one) => claim === 'sub' && matchesSome(comparand, readings[operator], one)),
  );
  if (found.length === 0) return undefined;
  const [test, another] = found;
  if (!test || another) {
    findings.tell(credential.name, 'It tests the subject more than once.');
    return undefined;
  }
  return extensionOf(test, renamings).map((comparand) => {
    const name = list.nameFor(credential.name, 'immutable');
    if (!credential.claimsMatchingExpression) return { ...credential, name, subject: comparand };
    const value = tests.map((one) => formatTest(one === test ? { ...one, comparand } : one)).join(' and ');
    return { ...credential, name, claimsMatchingExpression: { ...credential.claimsMatchingExpression, value } };
  });
}

function onEntraIssuer(
  { name, audiences }: AnyFederatedCredential,
  { to }: ToEntraIssuer,
  list: CredentialList,
): AnyFederatedCredential {
  // The audience of the credential's own cloud, which a token of Entra's does not tell.
  const clouds: readonly EntraCloud[] = Object.values(entraClouds);
  const own = audiences.filter((one) => clouds.some(({ tokenExchange }) => tokenExchange === one));
  const expected = credentialAudience(to.audience, to.issuer);
  const audience = expected === entraClouds.public.tokenExchange ? (own[0] ?? expected) : expected;
  return { name: list.nameFor(name, 'entra-issuer'), issuer: to.issuer, subject: to.subject, audiences: [audience] };
}

/** Whether nothing but the old form is allowed by a credential. */
function isOfOldFormAlone(credential: AnyFederatedCredential, migration: Migration, list: CredentialList): boolean {
  if (migration.kind === 'entra-issuer') return true;
  const renamings = renamingsOf(list.subjects, migration);
  return testsOf(credential).some(
    ({ claim, comparand, operator }) =>
      claim === 'sub' && renamings.some((one) => isOfRepositoryAlone(comparand, readings[operator], one)),
  );
}

const readings: Readonly<Record<ClaimTest['operator'], Reading>> = {
  eq: { wildcards: false, ignoresCase: false, variables: false, negated: false },
  matches: { wildcards: true, ignoresCase: false, variables: false, negated: false },
};

/** All forms, those included that the list has already. */
function extensionOf({ comparand, operator }: ClaimTest, renamings: readonly Renaming[]): readonly string[] {
  return renamings.flatMap((one) => inNewForm([comparand], readings[operator], [one]).added);
}

/** What a credential tests; nothing where Entra would not take it. */
function testsOf(credential: AnyFederatedCredential): readonly ClaimTest[] {
  if (!credential.claimsMatchingExpression) return [{ claim: 'sub', operator: 'eq', comparand: credential.subject }];
  return claimTestsOf(credential.claimsMatchingExpression, credential.issuer).tests ?? [];
}

function formatTest({ claim, operator, comparand }: ClaimTest): string {
  return `claims['${claim}'] ${operator} '${comparand.replaceAll("'", "''")}'`;
}

/** Whether Entra matches no token to it, whatever it says. */
function canMatchNothing({ issuer, subject, claimsMatchingExpression, audiences }: AnyFederatedCredential): boolean {
  if (claimsMatchingExpression) return claimTestsOf(claimsMatchingExpression, issuer).tests === undefined;
  return audiences.every((audience) => neverMatches({ issuer, subject, audience }, 'entra') !== undefined);
}

function subjectOf({ subject, claimsMatchingExpression }: AnyFederatedCredential): string {
  return subject ?? claimsMatchingExpression?.value ?? '';
}

/** The credentials of an identity, of which no two have a name, or an issuer and a subject, in common. */
class CredentialList {
  readonly #all: AnyFederatedCredential[];
  readonly #names: Set<string>;

  constructor(all: readonly AnyFederatedCredential[]) {
    this.#all = [...all];
    this.#names = new Set(all.map(({ name }) => name.toLowerCase()));
  }

  get subjects(): readonly string[] {
    return this.#all.flatMap(testsOf).map(({ comparand }) => comparand);
  }

  /** Whether what a credential is about is allowed. */
  allows(one: AnyFederatedCredential): boolean {
    if (one.claimsMatchingExpression)
      return this.#all.some(
        (other) => other.issuer === one.issuer && subjectOf(other) === subjectOf(one) && isSameAudience(other, one),
      );
    const { issuer, subject } = one;
    return one.audiences.every(
      (audience) => matchFederatedCredential(this.#all, { issuer, subject, audience }).matched,
    );
  }

  /** @returns false where nothing is to be added */
  add(one: AnyFederatedCredential, findings: Findings): boolean {
    if (this.allows(one)) return false;
    const taken = this.#all.find((other) => other.issuer === one.issuer && subjectOf(other) === subjectOf(one));
    if (taken) {
      findings.tell(
        taken.name,
        `It has ${subjectOf(one)} already, for ${taken.audiences.join(', ')} instead of ${one.audiences.join(', ')}.`,
      );
      return false;
    }
    this.#all.push(one);
    findings.note(`Added: ${subjectOf(one)} of ${one.issuer}.`);
    return true;
  }

  /** A name that Entra takes, and that none has. */
  nameFor(name: string, suffix: string): string {
    const readable = name.replaceAll(/[^\w-]+/g, '-').replace(/^[^\dA-Za-z]+/, '') || 'credential';
    for (let count = 1; ; count += 1) {
      const end = count === 1 ? `-${suffix}` : `-${suffix}-${count}`;
      const whole = readable.slice(0, credentialLimits.longestName - end.length) + end;
      if (this.#names.has(whole.toLowerCase())) continue;
      this.#names.add(whole.toLowerCase());
      return whole;
    }
  }
}

function isSameAudience(one: AnyFederatedCredential, other: AnyFederatedCredential): boolean {
  return other.audiences.every((audience) => one.audiences.includes(audience));
}

/** A credential as a document of the kind that another one is: without what was the other's alone. */
function as<Document extends object>(document: Document, credential: AnyFederatedCredential): Document {
  const { name, ...members } = credential;
  const own = Object.fromEntries(Object.entries(document).filter(([member]) => !isOfOneAlone(member)));
  const properties = (document as Json).properties;
  if (typeof properties !== 'object' || properties === null) return { ...own, name, ...members } as Document;
  return { ...own, name, properties: { ...properties, ...members } } as Document;
}

/** Ids and what a service noted when it made one. */
function isOfOneAlone(member: string): boolean {
  return ['id', 'etag', 'systemData'].includes(member) || member.startsWith('@');
}
