import { isDeepStrictEqual } from 'node:util';
import { FedbridgeError, inertJson } from '@fedbridge/core';
import {
  type AwsTrust,
  exampleIn,
  grantsOfPolicy,
  MalformedPolicyError,
  parseTrustPolicy,
  titleOf,
  whoIsGranted,
  whoIsNew,
  whomOf,
} from '@fedbridge/trust';
import { awsQuestions } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import type { PlanStep } from './plan.ts';

interface RoleStep {
  readonly step: PlanStep;
  /** Of a role that is there, its ARN, in which it may have a path. */
  readonly arn: string | undefined;
}

/** Of a role that is there. */
interface Role {
  readonly arn: string;
  readonly document: { readonly Statement?: unknown };
}

type Policy = AwsTrust['trustPolicy'];

interface Asking {
  readonly tool: SignedIn;
  /** At which what is there is judged, in seconds since 1970-01-01 UTC: it may have dates. */
  readonly now: number;
}

/**
 * What a role lacks to trust the jobs: all of it, a statement of its trust policy, or nothing. What it trusts already stays.
 *
 * @throws FedbridgeError `CHECK_INCOMPLETE` for a trust policy that cannot be read, `INPUT_INVALID` for one that denies the jobs
 */
export async function roleStep(role: string, { trustPolicy }: AwsTrust, { tool, now }: Asking): Promise<RoleStep> {
  const allowed = new Allowed(now);
  const there = await findRole(role, tool);
  if (there === undefined) {
    const command = [
      ...(['aws', 'iam', 'create-role'] as const),
      ...[`--role-name=${role}`, `--assume-role-policy-document=${inertJson(trustPolicy)}`],
    ] as const;
    const notes = [...allowed.by(trustPolicy, 'Allowed'), 'It may do nothing but what policies of it say.'];
    return { arn: undefined, step: { title: `role ${role}`, state: 'create', notes, command } };
  }
  const { arn, document } = there;
  try {
    return { arn, step: changedRole(role, { document, wanted: trustPolicy, allowed }) };
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw new FedbridgeError(
      'CHECK_INCOMPLETE',
      `The trust policy of the role ${role} cannot be judged: ${error.message}.`,
      {
        hint: 'Add this statement to it by hand, or name another role with --role:',
        document: inertJson(trustPolicy.Statement[0], 2),
      },
    );
  }
}

/** Source: IAM API Reference, "Role". */
async function findRole(name: string, tool: SignedIn): Promise<Role | undefined> {
  const answer = await tool.find(awsQuestions.role(name), /\(NoSuchEntity\)/);
  const role = answer?.member('Role');
  return role && { arn: role.text('Arn'), document: role.member('AssumeRolePolicyDocument').object() };
}

interface Change {
  readonly document: { readonly Statement?: unknown };
  readonly wanted: Policy;
  readonly allowed: Allowed;
}

function changedRole(role: string, { document, wanted, allowed }: Change): PlanStep {
  const title = `role ${role}`;
  if (allowed.addsNobody(document, wanted)) return { title, state: 'exists', notes: allowed.by(document, 'Allowed') };
  const changed = { ...document, Statement: withStatement(document.Statement, wanted.Statement[0]) };
  if (!allowed.addsNobody(changed, wanted))
    throw new FedbridgeError(
      'INPUT_INVALID',
      `The trust policy of the role ${role} denies these jobs, whatever is added to it.`,
      {
        hint: 'Change its statement with Deny, or name another role with --role.',
      },
    );
  return {
    title: `${title}: a statement of its trust policy`,
    state: 'update',
    notes: [...allowed.by(document, 'Allowed already'), ...allowed.by(wanted, 'Allowed as well')],
    check: (tool) => checkUnchanged(role, document, tool),
    command: [
      ...(['aws', 'iam', 'update-assume-role-policy'] as const),
      ...[`--role-name=${role}`, `--policy-document=${inertJson(changed)}`],
    ],
  };
}

/** A trust policy is written as a whole: what somebody else has added meanwhile would be lost. @throws FedbridgeError `CHECK_INCOMPLETE` */
async function checkUnchanged(role: string, document: object, tool: SignedIn): Promise<void> {
  const now = await findRole(role, tool);
  if (isDeepStrictEqual(now?.document, document)) return;
  throw new FedbridgeError('CHECK_INCOMPLETE', `The trust policy of the role ${role} was changed meanwhile.`, {
    hint: 'It was left as it is.',
  });
}

/** A policy may have one statement that is not in a list, and no two with one name. */
function withStatement(there: unknown, added: Policy['Statement'][0]): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(there) ? there : [there];
  const names = new Set(list.map((one) => (one as { Sid?: unknown }).Sid));
  const names2 = [added.Sid, ...list.map((_, index) => `${added.Sid}${index + 2}`)];
  return [...list, { ...added, Sid: names2.find((one) => !names.has(one)) ?? added.Sid }];
}

/** Whom trust policies allow at a moment. */
class Allowed {
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** Whether whoever one of them allows is allowed by another. */
  addsNobody(old: unknown, fresh: unknown): boolean {
    return whoIsNew(this.#grantsIn(old), this.#grantsIn(fresh), [], this.#now).length === 0;
  }

  /** A line for each way in. */
  by(document: unknown, how: string): readonly string[] {
    const all = this.#grantsIn(document).map((one) => whoIsGranted(one, [], this.#now));
    return all.map((one) => {
      const example = exampleIn(one);
      const shown = example === undefined ? '' : `, for example ${example}`;
      return `${how}: ${whomOf(one)} at ${titleOf(one.issuer)}${shown}`;
    });
  }

  #grantsIn(document: unknown) {
    return grantsOfPolicy(parseTrustPolicy(document), this.#now);
  }
}
