import { FedbridgeError } from '@fedbridge/core/error';
import { MalformedPolicyError, parseTrustPolicy } from '../policy.ts';
import { checkConnection, withEntraIssuer, withoutAzureDevOpsIssuer } from './entra-issuer.ts';
import { withImmutableSubjects } from './immutable-subjects.ts';
import { tellKeptOut } from './kept-out.ts';
import { Findings, type Migrated, notYet } from './migrated.ts';
import { dates, type Migration } from './migration.ts';
import { withoutMutableSubjects } from './mutable-subjects.ts';
import { type Json, PolicyStatement } from './statement.ts';

/**
 * Adds to a trust policy what a migration needs beside what is there or, to finish, removes what it replaced. Whoever is allowed in the
 * old form is allowed in the new one, nobody else is, and denials hold for both forms; where that cannot be done exactly, the statement
 * stays as it is and is reported. Everything else in the document stays as it is.
 *
 * @throws FedbridgeError `INPUT_INVALID` for a document that IAM would not take, or to finish before the new form is allowed
 */
export function migrateTrustPolicy(document: unknown, migration: Migration, finish: boolean): Migrated<Json> {
  if (migration.kind === 'entra-issuer') checkConnection(migration, 'aws');
  checkPolicy(document);
  const policy = document as Json;
  const listed = policy.Statement;
  const all = (Array.isArray(listed) ? listed : [listed]) as readonly Json[];
  const statements = all.map((one) => new PolicyStatement(one, policy.Version));
  const findings = new Findings();
  tellKeptOut(statements, migration, findings);
  const next = migrated(statements, migration, finish, findings).map(({ json }) => json);
  const [first] = all;
  if (next.length === 0) throw notYet(`nothing but ${JSON.stringify(first?.Condition)} is allowed`);
  const isSingle = !Array.isArray(listed) && next.length === 1;
  return findings.of({ ...policy, Statement: isSingle ? next[0] : next }, dates[migration.kind]);
}

function migrated(
  statements: readonly PolicyStatement[],
  migration: Migration,
  finish: boolean,
  findings: Findings,
): readonly PolicyStatement[] {
  if (migration.kind === 'immutable-subjects')
    return (finish ? withoutMutableSubjects : withImmutableSubjects)(statements, migration, findings);
  return (finish ? withoutAzureDevOpsIssuer : withEntraIssuer)(statements, migration, findings);
}

function checkPolicy(document: unknown): void {
  try {
    parseTrustPolicy(document);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw new FedbridgeError('INPUT_INVALID', `IAM rejects this document: ${error.message}.`);
  }
}
