import { FedbridgeError } from '@fedbridge/core/error';
import { credentialAudience, type EntraCloud, entraClouds, isAzureDevOpsIssuer, issuerOf } from '@fedbridge/issuers';
import { credentialLimits, formFaults } from '../credential-form.ts';
import {
  type AnyFederatedCredential,
  matchFederatedCredential,
  parseFederatedCredential,
} from '../federated-credential.ts';
import { type ClaimTest, claimTestsOf } from '../flexible-expression.ts';
import { neverMatches } from '../never-matches.ts';
import { inGraphSpelling, inSpellingOf } from '../read/credential-spelling.ts';
import { grantsOfCredentials } from '../who/who.ts';
import { whyNobody } from '../who/why-nobody.ts';
import { checkConnection } from './entra-issuer.ts';
import { Findings, type Migrated, notYet } from './migrated.ts';
import { dates, type Migration, type ToEntraIssuer } from './migration.ts';
import { mayHaveImmutableSubjects, renamingsOf } from './repository-subjects.ts';
import { inNewForm, isOfRepositoryAlone, matchesSome, type Reading, type Renaming } from './subject-value.ts';

/**
 * Adds to the federated credentials of an identity the new form of each that a migration is about or, to finish, removes the old one.
 * What is there stays as it is, with all its members, and what is added has the spelling of what it is for: Microsoft Graph's, Azure
 * Resource Manager's, PowerShell's or Terraform's.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function migrateFederatedCredentials<Document>(
  documents: readonly Document[],
  migration: Migration,
  finish: boolean,
): Migrated<readonly Document[]> {
  if (migration.kind === 'entra-issuer') checkConnection(migration, 'entra');
  checkCount(documents.length);
  const all = documents.map((document) => ({
    document,
    credential: parseFederatedCredential(inGraphSpelling(document)),
  }));
  const findings = new Findings();
  const list = new CredentialList(all.map(({ credential }) => credential));
  const renamings = migration.kind === 'immutable-subjects' ? renamingsOf(list.subjects, migration) : [];
  const next = all.flatMap(({ document, credential }) => {
    const successors =
      migration.kind === 'entra-issuer'
        ? onEntraIssuer(credential, migration, list, findings)
        : withIds(credential, renamings, list, findings);
    if (!successors) return [document];
    if (!finish) {
      const added = successors.filter((one) => list.add(one, credential.name, findings));
      return [document, ...added.map((one) => inSpellingOf(document as object, one) as Document)];
    }
    const missing = successors.map((one) => list.whyNotAllowed(one)).find((why) => why !== undefined);
    if (missing !== undefined) throw notYet(missing);
    if (migration.kind === 'immutable-subjects' && !isOfRepository(credential, renamings)) {
      findings.tell(credential.name, 'It stays, and the old form with it: it matches more than this repository.');
      return [document];
    }
    findings.note(`Removed: ${subjectOf(credential)}.`);
    return [];
  });
  checkCount(next.length);
  return findings.of(next, dates[migration.kind]);
}

function checkCount(count: number): void {
  if (count > credentialLimits.perIdentity)
    throw new FedbridgeError(
      'INPUT_INVALID',
      `That would be ${count} federated credentials: Entra takes ${credentialLimits.perIdentity} on one identity.`,
    );
}

/** What allows the form with ids of what a credential allows in the old one; undefined where that is nobody, or cannot be written. */
function withIds(
  credential: AnyFederatedCredential,
  renamings: readonly Renaming[],
  list: CredentialList,
  findings: Findings,
): readonly AnyFederatedCredential[] | undefined {
  const { name, issuer, claimsMatchingExpression: expression } = credential;
  if (!mayHaveImmutableSubjects(issuer)) return undefined;
  const { tests, problem } = testsOf(credential);
  if (!tests) {
    findings.tell(name, `Entra rejects its expression, which is left as it is: ${problem}.`);
    return undefined;
  }
  const ofSubject = tests.filter(({ claim }) => claim === 'sub');
  const [test] = ofSubject.filter(({ comparand, operator }) =>
    renamings.some((one) => matchesSome(comparand, readings[operator], one)),
  );
  if (!test) return undefined;
  const fault = ofSubject.length > 1 ? 'It tests the subject more than once.' : whyOfNoUse(credential);
  if (fault !== undefined) {
    findings.tell(name, fault);
    return undefined;
  }
  const forms = renamings.map((one) => inNewForm([test.comparand], readings[test.operator], [one]));
  for (const { undecided } of forms) for (const { reason } of undecided) findings.tell(name, reason);
  return forms
    .flatMap(({ added }) => added)
    .map((comparand) => {
      const next = list.nameFor(name, 'immutable');
      if (!expression) return { ...credential, name: next, subject: comparand };
      const value = tests.map((one) => formatTest(one === test ? { ...one, comparand } : one)).join(' and ');
      return { ...credential, name: next, claimsMatchingExpression: { ...expression, value } };
    });
}

/** What allows a service connection's new form; undefined for a credential that is not about its old one. */
function onEntraIssuer(
  credential: AnyFederatedCredential,
  { oldSubject, to }: ToEntraIssuer,
  list: CredentialList,
  findings: Findings,
): readonly AnyFederatedCredential[] | undefined {
  const { name, issuer, audiences } = credential;
  // An address that is nobody's may be an emulator's.
  if (credential.subject !== oldSubject || (issuerOf(issuer) && !isAzureDevOpsIssuer(issuer))) return undefined;
  const fault = whyOfNoUse(credential);
  if (fault !== undefined) {
    findings.tell(name, fault);
    return undefined;
  }
  // The audience of the credential's own cloud, which a token of Entra's does not tell.
  const clouds: readonly EntraCloud[] = Object.values(entraClouds);
  const own = audiences.filter((one) => clouds.some((cloud) => cloud.audience === one));
  const expected = credentialAudience(to.audience, to.issuer);
  const audience = expected === entraClouds.public.audience ? (own[0] ?? expected) : expected;
  return [{ name: list.nameFor(name, 'entra-issuer'), issuer: to.issuer, subject: to.subject, audiences: [audience] }];
}

/** Whether nothing but the repository's old form is allowed by a credential. */
function isOfRepository(credential: AnyFederatedCredential, renamings: readonly Renaming[]): boolean {
  return (testsOf(credential).tests ?? []).some(
    ({ claim, comparand, operator }) =>
      claim === 'sub' && renamings.some((one) => isOfRepositoryAlone(comparand, readings[operator], one)),
  );
}

const readings: Readonly<Record<ClaimTest['operator'], Reading>> = {
  eq: { wildcards: false, ignoresCase: false, variables: false, negated: false },
  matches: { wildcards: true, ignoresCase: false, variables: false, negated: false },
};

/** What a credential tests, or why Entra would not take it. */
function testsOf({
  issuer,
  subject,
  claimsMatchingExpression,
}: AnyFederatedCredential): ReturnType<typeof claimTestsOf> {
  if (claimsMatchingExpression) return claimTestsOf(claimsMatchingExpression, issuer);
  return { tests: [{ claim: 'sub', operator: 'eq', comparand: subject }] };
}

function formatTest({ claim, operator, comparand }: ClaimTest): string {
  return `claims['${claim}'] ${operator} '${comparand.replaceAll("'", "''")}'`;
}

/** Why a credential allows nobody, whatever a token says: then nobody is to be allowed in its place. */
function whyOfNoUse(credential: AnyFederatedCredential): string | undefined {
  const { issuer, subject, audiences } = credential;
  const [audience] = audiences;
  if (audience === undefined) return 'It has no audience, and allows nobody.';
  // Of an expression the audience alone can be wrong here: Entra takes no other.
  const faults = audiences.map((one) => neverMatches({ issuer, subject: subject ?? 'any', audience: one }, 'entra'));
  // Its name may be another one in what takes its place.
  const [grant] = grantsOfCredentials([{ ...credential, name: 'credential' }]);
  const why = faults.includes(undefined) ? grant && whyNobody(grant, { now: 0 }) : faults[0];
  return why && `It allows nobody: ${why}`;
}

/** Why Entra would not create a credential, or would match no token to it. */
function whyNotTaken(credential: AnyFederatedCredential): string | undefined {
  const { name, audiences } = credential;
  const count = audiences.length === 1 ? [] : [`It has ${audiences.length} audiences, and Entra takes one.`];
  const { problem } = testsOf(credential);
  const [fault = problem ?? whyOfNoUse(credential)] = [...formFaults(credential).map(({ why }) => why), ...count];
  return fault === undefined ? undefined : `"${name}" has it, and Entra rejects that: ${fault}`;
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
    return this.#all.flatMap((one) => testsOf(one).tests ?? []).map(({ comparand }) => comparand);
  }

  /** Why what a credential is about is not allowed; undefined where one that Entra takes allows it. */
  whyNotAllowed(one: AnyFederatedCredential): string | undefined {
    const faults = this.#all.filter((other) => isAbout(other, one)).map(whyNotTaken);
    if (faults.includes(undefined)) return undefined;
    return faults[0] ?? `${subjectOf(one)} of ${one.issuer}`;
  }

  /** @param of - the name of the credential that it succeeds. @returns false where it is not added */
  add(one: AnyFederatedCredential, of: string, findings: Findings): boolean {
    if (this.whyNotAllowed(one) === undefined) return false;
    const taken = this.#all.find((other) => other.issuer === one.issuer && subjectOf(other) === subjectOf(one));
    if (taken) {
      const others = taken.audiences.join(', ') || 'nobody';
      const fault = isAbout(taken, one) ? whyNotTaken(taken) : undefined;
      findings.tell(
        of,
        fault ?? `"${taken.name}" has ${subjectOf(one)} already, for ${others} instead of ${one.audiences.join(', ')}.`,
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

/** Whether a credential allows what another one is about, for each of its audiences. */
function isAbout(
  one: AnyFederatedCredential,
  { issuer, subject, claimsMatchingExpression, audiences }: AnyFederatedCredential,
): boolean {
  if (!claimsMatchingExpression)
    return audiences.every((audience) => matchFederatedCredential([one], { issuer, subject, audience }).matched);
  const isSame = one.issuer === issuer && one.claimsMatchingExpression?.value === claimsMatchingExpression.value;
  return isSame && audiences.every((audience) => one.audiences.includes(audience));
}
