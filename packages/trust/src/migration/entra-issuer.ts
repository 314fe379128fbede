import { FedbridgeError } from '@fedbridge/core/error';
import {
  azureDevOpsForm,
  conditionPrefix,
  entraCloudAt,
  entraIssuer,
  isComputedEntraSubject,
  issuerOf,
} from '@fedbridge/issuers';
import type { Cloud } from '../job.ts';
import { checkThatItCanMatch } from '../never-matches.ts';
import type { Condition } from '../policy.ts';
import { ConnectionMove } from './connection-move.ts';
import { Findings, notYet } from './migrated.ts';
import type { ToEntraIssuer } from './migration.ts';
import { isSame, type PolicyStatement } from './statement.ts';
import { readingOf } from './subject-value.ts';

/**
 * That a migration is from a service connection to what a service connection can have.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function checkConnection({ oldSubject, to }: ToEntraIssuer, cloud: Cloud): void {
  const refuse = (text: string): never => {
    throw new FedbridgeError('INPUT_INVALID', text, {
      hint: 'Copy issuer and subject from the service connection: neither can be computed.',
    });
  };
  if (azureDevOpsForm(oldSubject) !== 'service connection')
    throw new FedbridgeError(
      'INPUT_INVALID',
      `${oldSubject} is not the subject of a service connection on the Azure DevOps issuer.`,
      {
        hint: 'It is sc://<organization>/<project>/<connection>, as the documents have it.',
      },
    );
  checkThatItCanMatch(to, cloud);
  // An address that is nobody's may be an emulator's.
  if (entraIssuer(to.issuer) === undefined && (mayBeEntra(to.issuer) || issuerOf(to.issuer)))
    refuse(`${to.issuer} is not the Entra issuer of a service connection: https://<host>/<tenant id>/v2.0, exactly.`);
  if (!isComputedEntraSubject(to.subject) || !/^[\w/-]+$/.test(to.subject))
    refuse(`${to.subject} is not the subject of a service connection on the Entra issuer: /eid1/c/pub/t/…`);
}

/**
 * Adds to each statement that applies to the connection one that does for its new form, with every further condition; and exempts the
 * new form from denials that exempt the old one. Where a denial cannot be carried over, nothing is allowed in the new form either.
 */
export function withEntraIssuer(
  statements: readonly PolicyStatement[],
  migration: ToEntraIssuer,
  findings: Findings,
): readonly PolicyStatement[] {
  const move = new ConnectionMove(statements, migration, findings);
  const where = (index: number) => `Statement[${index}]`;
  const doubts = statements.map((statement) => doubtAbout(statement, move));
  for (const [index, doubt] of doubts.entries()) if (doubt !== undefined) findings.tell(where(index), doubt);
  const lost = statements.findIndex((one, index) => one.isDeny && doubts[index] !== undefined);
  if (lost >= 0) {
    for (const [index, one] of statements.entries())
      if (index !== lost && move.appliesToOld(one) !== move.appliesToNew(one))
        findings.tell(where(index), `It stays as it is: the denial in ${where(lost)} would not hold for the new form.`);
    return statements;
  }
  const hidden = statements.findIndex((one) => !one.isDeny && move.isForNewAlone(one));
  const current = statements.map((one, index) => {
    const reason = hidden >= 0 && move.exemptsOld(one) ? `it would be allowed by ${where(hidden)}` : undefined;
    return exempt(one, where(index), move, findings, reason);
  });
  const next = current.flatMap((statement, index) => {
    const isMissing = doubts[index] === undefined && move.appliesToOld(statement) && !move.appliesToNew(statement);
    if (!isMissing || current.some((one) => move.coversNew(one, statement))) return [statement];
    findings.note(`Added beside ${where(index)}: ${migration.to.subject} of ${migration.to.issuer}.`);
    return [statement, move.copyOf(statement)];
  });
  if (next.some((one) => !one.isDeny && !current.includes(one)))
    findings.note(
      `Create the IAM OIDC provider ${migration.to.issuer} with the audience ${migration.to.azp ?? migration.to.audience}.`,
    );
  return next;
}

/** Why there cannot be a statement that does for the new form what one does for the old form; undefined where there can. */
function doubtAbout(statement: PolicyStatement, move: ConnectionMove): string | undefined {
  const variable = move.variableIn(statement);
  if (variable !== undefined) return `A variable decides whether ${variable} matches the connection.`;
  if (!move.appliesToOld(statement) || move.appliesToNew(statement)) return undefined;
  if (move.appliesToNew(move.copyOf(statement))) return undefined;
  return `Its further conditions do not match ${move.migration.to.subject}.`;
}

/**
 * Takes the connection's old subject out, where the new form is allowed without it.
 *
 * @throws FedbridgeError `INPUT_INVALID` where it is not
 */
export function withoutAzureDevOpsIssuer(
  statements: readonly PolicyStatement[],
  migration: ToEntraIssuer,
  findings: Findings,
): readonly PolicyStatement[] {
  const move = new ConnectionMove(statements, migration, findings);
  if (!statements.some((one) => !one.isDeny && move.appliesToOld(one))) return statements;
  const open = new Findings();
  const next = withEntraIssuer(statements, migration, open);
  const denied = open.notCovered.find(({ where }) => move.isDenial(where));
  if (denied) throw notYet(`${denied.where}: ${denied.reason}`);
  if (!isSame(next, statements)) throw notYet(`${migration.to.subject} of ${migration.to.issuer}`);
  for (const { where, reason } of open.notCovered) findings.tell(where, reason);
  const rest = statements.flatMap((statement, index) => {
    if (statement.isDeny || !move.appliesToOld(statement)) return [statement];
    const where = `Statement[${index}]`;
    const left = withoutOldSubject(statement, move);
    if (left !== statement) findings.note(`Removed from ${where}: ${migration.oldSubject}.`);
    if (left && move.appliesToOld(left))
      findings.tell(where, `${migration.oldSubject} stays allowed: the statement matches more than this connection.`);
    return left ?? [];
  });
  const lost = statements.find(
    (one) => !one.isDeny && move.appliesToOld(one) && !rest.some((other) => move.coversNew(other, one)),
  );
  if (lost) throw notYet(`${migration.to.subject} of ${migration.to.issuer}`);
  return rest;
}

/** What is left of a statement without a connection's old subject; undefined where it is about nobody else. */
function withoutOldSubject(statement: PolicyStatement, move: ConnectionMove): PolicyStatement | undefined {
  const left = ({ operator, key, values }: Condition): readonly string[] | undefined => {
    const reading = readingOf(operator, statement.version);
    if (!reading || reading.negated || !move.isOldSubject(key)) return undefined;
    const lower = (text: string) => (reading.ignoresCase ? text.toLowerCase() : text);
    const kept = values.filter((value) => lower(value) !== lower(move.migration.oldSubject));
    return kept.length === values.length ? undefined : kept;
  };
  return statement.withoutValues(left);
}

/**
 * A denial of everybody but the old form becomes one of everybody but both. What else denies the new form alone is reported.
 *
 * @param open - why it must not become that
 */
function exempt(
  statement: PolicyStatement,
  where: string,
  move: ConnectionMove,
  findings: Findings,
  open: string | undefined,
): PolicyStatement {
  if (!statement.isDeny || move.appliesToOld(statement) || !move.appliesToNew(statement)) return statement;
  const { subject, issuer } = move.migration.to;
  if (open !== undefined || !move.exemptsOld(statement)) {
    if (!move.isForNewAlone(statement)) return statement;
    const why = open === undefined ? '' : `: ${open} where the old form is not`;
    findings.tell(where, `It denies ${subject}, and not ${move.migration.oldSubject}${why}.`);
    return statement;
  }
  findings.note(`Exempted from the denial in ${where}: ${subject} of ${issuer}.`);
  return statement.withCondition('StringNotEquals', `${conditionPrefix(issuer)}:sub`, subject);
}

/** Whether an address is on a host of Entra's, whatever its path. */
function mayBeEntra(issuer: string): boolean {
  if (!URL.canParse(issuer)) return true;
  const { host } = new URL(issuer);
  return entraIssuer(`https://${host}/${anyTenant}/v2.0`) !== undefined || entraCloudAt(host) !== undefined;
}

const anyTenant = '00000000-0000-0000-0000-000000000000';
