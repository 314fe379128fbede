import { FedbridgeError, isGuid } from '@fedbridge/core';
import { azQuestions } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import { usage } from '../trust/usage.ts';
import type { WantedRole } from './options.ts';
import type { PlanStep } from './plan.ts';

/** A role that a principal has. Source: Azure CLI reference, az role assignment list. */
interface Assignment {
  readonly roleDefinitionName: string | null;
  readonly roleDefinitionId: string;
  readonly scope: string;
}

/** Roles by which somebody may give themselves any other. Source: Microsoft Learn, "Azure built-in roles", Privileged. */
const privileged = ['owner', 'user access administrator', 'role based access control administrator'];

/** @throws FedbridgeError `INPUT_INVALID` for a role in another subscription than the one that the job is to have */
export function checkRoles(wanted: readonly WantedRole[], subscription: string): void {
  const other = wanted.find(({ scope }) => scope.split('/')[2]?.toLowerCase() !== subscription);
  if (other) throw usage(`${other.scope} is not in the subscription ${subscription}.`);
}

/**
 * What is asked for, and what is there already, asked for or not: less than all would not say what the jobs may do.
 *
 * @throws FedbridgeError `INPUT_INVALID` for a role that there is not, `UNAVAILABLE`
 */
export async function roleSteps(
  wanted: readonly WantedRole[],
  { principalId, subscription }: { readonly principalId: string | undefined; readonly subscription: string },
  tool: SignedIn,
): Promise<readonly PlanStep[]> {
  const there = principalId === undefined ? [] : await assignmentsOf(principalId, subscription, tool);
  const others = there.filter((one) => !wanted.some((role) => isIt(one, role)));
  const missing = wanted.filter((role) => !there.some((one) => isIt(one, role)));
  for (const { role } of missing) {
    const found = (await tool.ask(azQuestions.roles(role, subscription))).items();
    if (found.length === 0)
      throw new FedbridgeError('INPUT_INVALID', `There is no role "${role}" in Azure.`, {
        hint: '"az role definition list" has them all.',
      });
  }
  return [
    ...others.map(
      (one): PlanStep => ({ title: `role ${nameOf(one)} on ${one.scope}, not asked for`, state: 'exists' }),
    ),
    ...wanted.map((role) => stepOf(role, missing.includes(role), principalId ?? '<principal-id>', subscription)),
  ];
}

async function assignmentsOf(principal: string, subscription: string, tool: SignedIn): Promise<readonly Assignment[]> {
  const answer = await tool.ask(azQuestions.assignments(principal, subscription));
  return answer.items().map((one) => ({
    roleDefinitionName: one.textIfAny('roleDefinitionName') ?? null,
    roleDefinitionId: one.text('roleDefinitionId'),
    scope: one.text('scope'),
  }));
}

function stepOf(wanted: WantedRole, isMissing: boolean, principal: string, subscription: string): PlanStep {
  const { role, scope } = wanted;
  const title = `role ${role} on ${scope}`;
  const notes = notesOn(wanted);
  if (!isMissing) return { title, state: 'exists', notes };
  return {
    ...{ title, state: 'create', notes },
    notYet: /PrincipalNotFound|does not exist in the directory/,
    command: [
      ...(['az', 'role', 'assignment', 'create'] as const),
      // With the type the service does not look for a principal that is not everywhere yet.
      ...[`--assignee-object-id=${principal}`, '--assignee-principal-type=ServicePrincipal'],
      ...[`--role=${role}`, `--scope=${scope}`, `--subscription=${subscription}`],
    ],
  };
}

function notesOn({ role, scope }: WantedRole): readonly string[] {
  return [
    ...(privileged.includes(role.toLowerCase())
      ? ['WIDER: with it the jobs may give themselves any other role there.']
      : []),
    ...(scope.split('/').length === 3 ? ['WIDER: it is for the whole subscription; a resource group is less.'] : []),
  ];
}

function isIt(one: Assignment, { role, scope }: WantedRole): boolean {
  const name = isGuid(role) ? one.roleDefinitionId.split('/').at(-1) : one.roleDefinitionName;
  return name?.toLowerCase() === role.toLowerCase() && one.scope.toLowerCase() === scope.toLowerCase();
}

const nameOf = ({ roleDefinitionName, roleDefinitionId }: Assignment) => roleDefinitionName ?? roleDefinitionId;
