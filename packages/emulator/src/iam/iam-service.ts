import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { World } from '../server/service.ts';
import type { Session } from '../sts/sessions.ts';
import type { SignedRequest } from '../sts/signature.ts';
import { StsProblem } from '../sts/sts-problem.ts';
import { errorXml, resultXml, type Xml } from '../sts/xml.ts';
import type { Accounts } from './accounts.ts';
import type { IamRequest } from './iam-request.ts';
import {
  addClientIdToOpenIdConnectProvider,
  createOpenIdConnectProvider,
  getOpenIdConnectProvider,
  listOpenIdConnectProviders,
} from './oidc-providers.ts';
import { attachRolePolicy, listAttachedRolePolicies } from './role-policies.ts';
import { createRole, getRole, updateAssumeRolePolicy } from './roles.ts';

interface IamOptions {
  readonly accounts: Accounts;
  /** GitHub's issuer in this emulator. */
  readonly gitHub: string;
  readonly world: World;
  /** Who signed a request. @throws StsProblem */
  readonly signerOf: (request: SignedRequest) => Session;
}

const actions: Readonly<Record<string, (request: IamRequest) => Xml | undefined>> = {
  CreateOpenIDConnectProvider: createOpenIdConnectProvider,
  GetOpenIDConnectProvider: getOpenIdConnectProvider,
  ListOpenIDConnectProviders: listOpenIdConnectProviders,
  AddClientIDToOpenIDConnectProvider: addClientIdToOpenIdConnectProvider,
  CreateRole: createRole,
  GetRole: getRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  AttachRolePolicy: attachRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
};

const version = '2010-05-08';

/**
 * AWS IAM over the Query protocol, as far as a role for jobs needs it. Whoever has a session of an account is its administrator here.
 * Source: IAM API Reference.
 */
export function serveIam(app: FastifyInstance, options: IamOptions): void {
  app.route({ method: ['GET', 'POST'], url: '/', handler: (request, reply) => answer(request, reply, options) });
}

async function answer(request: FastifyRequest, reply: FastifyReply, options: IamOptions): Promise<FastifyReply> {
  const requestId = randomUUID();
  reply.header('x-amzn-requestid', requestId).type('text/xml');
  const query = request.url.split('?')[1] ?? '';
  const { method, headers } = request;
  const signed = { service: 'iam', method, path: '/', query, headers, body: String(request.body ?? '') };
  const form = new URLSearchParams(method === 'POST' ? signed.body : query);
  const action = form.get('Action') ?? '';
  try {
    const result = act(action, form, options.signerOf(signed), options);
    return reply.send(resultXml('iam', action, result, requestId));
  } catch (error) {
    if (!(error instanceof StsProblem)) throw error;
    return reply.code(error.status).send(errorXml('iam', error.code, error.message, requestId));
  }
}

function act(action: string, form: URLSearchParams, caller: Session, { accounts, gitHub, world }: IamOptions) {
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  const asked = form.get('Version');
  if (!run || asked !== version)
    throw new StsProblem(
      'InvalidAction',
      `Could not find operation ${action} for version ${asked ?? 'NO_VERSION_SPECIFIED'}`,
    );
  const [, partition] = caller.arn.split(':');
  const account = accounts.all.find((one) => one.id === caller.account && (one.partition ?? 'aws') === partition);
  if (!account)
    throw new StsProblem('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  return run({ form, account, accounts, gitHub, now: world.clock.seconds() });
}
