import type { Directory } from '../entra/directory.ts';
import type { Tenant } from '../entra/tenant.ts';
import type { State } from '../server/state.ts';
import { ResourceManagerProblem } from './resource-manager-problem.ts';
import { roleDefinitionId, roleDefinitions } from './role-definitions.ts';
import { type Scope, same } from './scope.ts';

/** That a principal has a role on a scope and all below it. */
interface RoleAssignment {
  /** A GUID. */
  readonly name: string;
  readonly scope: string;
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType: string;
  /** ISO 8601. */
  readonly createdOn: string;
}

/** Role assignments that were made while the emulator runs. They outlast a set-up. */
export class RoleAssignments {
  readonly #all: Map<string, RoleAssignment>;

  constructor(state: State) {
    this.#all = state.map('role assignments of Azure');
  }

  /** Whether a principal has a role anywhere in a subscription. */
  hasAny(principalId: string, subscription: string): boolean {
    return [...this.#all.values()].some(
      (one) => one.principalId === principalId && isWithin(one.scope, ofId(subscription)),
    );
  }

  /**
   * Those of a scope, as a filter says. Source: Microsoft Learn, "List Azure role assignments using the REST API".
   *
   * @throws ResourceManagerProblem for another filter
   */
  list({ path }: Scope, filter: string | undefined): readonly RoleAssignment[] {
    const above = [...this.#all.values()].filter(({ scope }) => isWithin(path, scope));
    const all = [...new Set([...above, ...[...this.#all.values()].filter(({ scope }) => isWithin(scope, path))])];
    if (filter === undefined) return all;
    const [, principal] = /^(?:principalId eq |assignedTo\()'([^']+)'\)?$/.exec(filter) ?? [];
    if (principal !== undefined) return all.filter(({ principalId }) => same(principalId, principal));
    if (filter === 'atScope()') return above;
    throw new ResourceManagerProblem(400, 'UnsupportedQuery', `The filter '${filter}' is not supported.`);
  }

  /**
   * Source: Azure REST API, Authorization, "Role Assignments - Create".
   *
   * @throws ResourceManagerProblem
   */
  create(given: Omit<RoleAssignment, 'principalType'>, tenant: Tenant, directory: Directory): RoleAssignment {
    const { name, scope, principalId } = given;
    if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name)) {
      const message = `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`;
      throw new ResourceManagerProblem(400, 'InvalidRoleAssignmentId', message);
    }
    const definition = given.roleDefinitionId.split('/').at(-1) ?? '';
    if (!roleDefinitions.some(({ id }) => same(id, definition))) {
      const message = `The specified role definition with ID '${hex(definition)}' does not exist.`;
      throw new ResourceManagerProblem(404, 'RoleDefinitionDoesNotExist', message);
    }
    if (!directory.registered(tenant).some((one) => one.hasServicePrincipal && same(one.objectId, principalId)))
      throw noPrincipal(principalId, tenant);
    const known = [...this.#all.values()].find(
      (one) =>
        same(one.scope, scope) && same(one.principalId, principalId) && one.roleDefinitionId.endsWith(definition),
    );
    if (known) {
      const message = `The role assignment already exists. The ID of the existing role assignment is ${hex(known.name)}.`;
      throw new ResourceManagerProblem(409, 'RoleAssignmentExists', message);
    }
    if (this.#all.has(name)) {
      const message = 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.';
      throw new ResourceManagerProblem(409, 'RoleAssignmentUpdateNotPermitted', message);
    }
    const subscription = scope.split('/')[2] ?? '';
    const created = {
      ...given,
      roleDefinitionId: roleDefinitionId(subscription, definition.toLowerCase()),
      principalType: 'ServicePrincipal',
    };
    this.#all.set(name, created);
    return created;
  }
}

/** The words of Azure/avdaccelerator#76. */
function noPrincipal(principalId: string, tenant: Tenant): ResourceManagerProblem {
  return new ResourceManagerProblem(
    400,
    'PrincipalNotFound',
    `Principal ${hex(principalId)} does not exist in the directory ${tenant.id}. Check that you have the correct principal ` +
      'ID. If you are creating this principal and then immediately assigning a role, this error might be related to a ' +
      'replication delay. In this case, set the role assignment principalType property to a value, such as ' +
      'ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype',
  );
}

/** Some texts have GUIDs without dashes. */
const hex = (guid: string) => guid.replaceAll('-', '');
const ofId = (subscription: string) => `/subscriptions/${subscription}`;

/** Whether a scope is another one, or below it. */
function isWithin(scope: string, other: string): boolean {
  return `${scope}/`.toLowerCase().startsWith(`${other}/`.toLowerCase());
}
