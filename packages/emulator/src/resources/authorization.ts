import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyText, pathOf } from '../server/record.ts';
import { type Caller, type ResourceManager, refuseOthers } from './callers.ts';
import { ResourceManagerProblem } from './resource-manager-problem.ts';
import type { RoleAssignments } from './role-assignments.ts';
import { roleDefinitionJson, roleDefinitions } from './role-definitions.ts';
import { same, scopeOf } from './scope.ts';

const path = /^(.*)\/providers\/Microsoft\.Authorization\/(roleAssignments|roleDefinitions)(?:\/([^/]+))?$/i;

/** Roles and their assignments, below any scope. Source: Azure REST API, Authorization, version 2022-04-01. */
export function serveAuthorization(app: FastifyInstance, manager: ResourceManager): void {
  for (const method of ['GET', 'PUT'] as const)
    manager.route(app, method, '/subscriptions/*', async (request, caller) => {
      const [found, scope = '', kind = '', name] = path.exec(decodeURIComponent(pathOf(request))) ?? [];
      if (found === undefined) throw new ResourceManagerProblem(404, 'NotFound', 'The emulator has no such resource.');
      const filter = (request.query as Readonly<Record<string, string | undefined>>).$filter;
      const of = scopeOf(scope, caller.tenant, manager.directory);
      if (same(kind, 'roleDefinitions')) {
        if (method === 'PUT')
          throw new ResourceManagerProblem(405, 'MethodNotAllowed', 'Roles of your own cannot be made here.');
        return definitions(of.subscription, name, filter);
      }
      const action = `Microsoft.Authorization/roleAssignments/${method === 'GET' ? 'read' : 'write'}`;
      refuseOthers(caller, action, name === undefined ? scope : found);
      const { assignments } = manager;
      if (method === 'PUT')
        return {
          status: 201,
          body: json(
            assignments.create(assignmentOf(request, scope, name ?? '', caller), caller.tenant, manager.directory),
          ),
        };
      const all = assignments.list(of, name === undefined ? filter : undefined);
      if (name === undefined) return { status: 200, body: { value: all.map(json) } };
      const one = all.find((assignment) => same(assignment.name, name));
      if (one) return { status: 200, body: json(one) };
      throw new ResourceManagerProblem(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
    });
}

function definitions(subscription: string, id: string | undefined, filter: string | undefined) {
  const [, wanted] = /^roleName eq '((?:[^']|'')*)'$/.exec(filter ?? '') ?? [];
  if (filter !== undefined && wanted === undefined && filter !== 'atScopeAndBelow()')
    throw new ResourceManagerProblem(400, 'UnsupportedQuery', `The filter '${filter}' is not supported.`);
  const name = wanted?.replaceAll("''", "'");
  const all = roleDefinitions.filter(
    (one) => (name === undefined || same(one.roleName, name)) && (id === undefined || same(one.id, id)),
  );
  const value = all.map((one) => roleDefinitionJson(subscription, one));
  if (id === undefined) return { status: 200, body: { value } };
  if (value[0]) return { status: 200, body: value[0] };
  throw new ResourceManagerProblem(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${id}' does not exist.`,
  );
}

function assignmentOf(request: FastifyRequest, scope: string, name: string, { now }: Caller) {
  const { properties } = parsed(bodyText(request));
  const { roleDefinitionId, principalId } = properties ?? {};
  if (typeof roleDefinitionId === 'string' && typeof principalId === 'string')
    return { name, scope, roleDefinitionId, principalId, createdOn: now };
  throw new ResourceManagerProblem(400, 'BadRequestFormat', 'The request was incorrectly formatted.');
}

interface Body {
  readonly properties?: { readonly roleDefinitionId?: unknown; readonly principalId?: unknown };
}

function parsed(text: string): Body {
  try {
    return (JSON.parse(text) as Body | null) ?? {};
  } catch {
    return {};
  }
}

function json({ name, scope, ...properties }: ReturnType<RoleAssignments['create']>) {
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
    properties: { ...properties, scope, condition: null, conditionVersion: null, description: null },
  };
}
