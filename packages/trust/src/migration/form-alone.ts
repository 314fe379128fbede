import { concerns } from '../lint-provider.ts';
import { parseTrustPolicy } from '../policy.ts';
import { whoIsNew } from '../who/diff.ts';
import { grantsOfPolicy } from '../who/who.ts';
import { PolicyStatement, webIdentity } from './statement.ts';

/** Subjects of a job in its old form, by the condition key that has them. */
export type OldForm = Readonly<Record<string, readonly string[]>>;

/**
 * A subject in the old form that would be allowed or denied otherwise, if a statement did for it what it does for the new form; undefined
 * where there is none. All of the document decides: what a statement denies in the new form alone, others may deny in the old one.
 *
 * @param further - the statement as it would be for the old form
 * @param form - the subjects in question; the first is the answer where it is not decided
 */
export function changedBy(
  further: PolicyStatement,
  statements: readonly PolicyStatement[],
  form: OldForm,
): string | undefined {
  const [[first] = []] = Object.values(form);
  const asked = [...statements, denialOfOthers(form, further.version)];
  const [without, within] = [asked, [...asked, further]].map((all) => ({
    ...(further.version === undefined ? {} : { Version: further.version }),
    Statement: all.map(({ meant }) => meant),
  }));
  const isOfOtherActions = !parseTrustPolicy({ Statement: further.meant }).statements.some((one) =>
    concerns(one, webIdentity.toLowerCase()),
  );
  if (isOfOtherActions || JSON.stringify(within).length > longest) return first;
  const [before, after] = further.isDeny ? [within, without] : [without, within];
  const [found] = whoIsNew(grantsOf(before), grantsOf(after), [], 0);
  if (!found) return undefined;
  return found.witness ? String(found.witness.claims.sub) : first;
}

/** Characters, twice what IAM takes of a policy, with what is asked of it. */
const longest = 10_000;

const grantsOf = (policy: unknown) => grantsOfPolicy(parseTrustPolicy(policy), 0);

function denialOfOthers(form: OldForm, version: unknown): PolicyStatement {
  const literal = (value: string) => (version === '2012-10-17' ? value.replaceAll('${', '${$}{') : value);
  const keys = Object.entries(form).map(([key, subjects]) => [key, subjects.map(literal)]);
  const Condition = { StringNotEquals: Object.fromEntries(keys) };
  return new PolicyStatement({ Effect: 'Deny', Principal: '*', Action: webIdentity, Condition }, version);
}
