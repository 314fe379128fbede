import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import type { AwsAccount } from './config.ts';
import { StsProblem } from './problem.ts';
import { findRole, issueSession } from './role-session.ts';
import { type Session, Sessions } from './sessions.ts';
import { type SignedRequest, signerOf } from './signature.ts';
import { errorXml, resultXml, type Xml } from './xml.ts';

export interface StsOptions {
  readonly accounts: readonly AwsAccount[];
  readonly gitHub: string;
}

/** What others ask of STS beside its API. */
interface Sts {
  /** The session that signed a request to any service. @throws StsProblem */
  signerOf(request: SignedRequest): Session;
  /** Begins the session of a machine's role, which AWS does by itself. */
  begin(roleArn: string, sessionName: string): Session;
}

/** AWS STS over the Query protocol. Source: AWS STS API Reference. */
export function serveSts(app: FastifyInstance, options: StsOptions, relyingParty: RelyingParty, world: World): Sts {
  const sessions = new Sessions(world.kept);

  app.route({ method: ['GET', 'POST'], url: '/', handler: handle });
  return {
    signerOf: (request) => signerOf(request, sessions, world.clock.seconds()),
    begin: (roleArn, sessionName) => {
      const found = findRole(options.accounts, roleArn);
      if (!found) throw new Error(`no role ${roleArn}`);
      return issueSession(sessions, world.clock.seconds(), { ...found, name: sessionName, duration: 3600 });
    },
  };

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const requestId = randomUUID();
    reply.header('x-amzn-requestid', requestId).type('text/xml');
    const query = request.url.split('?')[1] ?? '';
    const body = String(request.body ?? '');
    const form = new URLSearchParams(request.method === 'POST' ? body : query);
    const action = form.get('Action') ?? '';
    try {
      return reply.send(resultXml(action, await act(action, form, request, query, body), requestId));
    } catch (error) {
      if (!(error instanceof StsProblem)) throw error;
      return reply.code(error.status).send(errorXml(error.code, error.message, requestId));
    }
  }

  async function act(
    action: string,
    form: URLSearchParams,
    request: FastifyRequest,
    query: string,
    body: string,
  ): Promise<Xml> {
    const now = world.clock.seconds();
    const signed = { service: 'sts', method: request.method, path: '/', query, headers: request.headers, body };
    switch (action) {
      case 'AssumeRoleWithWebIdentity': {
        const { result, secrets } = await assumeRoleWithWebIdentity(form, { ...options, relyingParty, sessions, now });
        for (const secret of secrets) world.secrets.add(secret);
        return result;
      }
      case 'AssumeRole': {
        const { members, secrets } = assumeRole(form, signerOf(signed, sessions, now), options.accounts, sessions, now);
        for (const secret of secrets) world.secrets.add(secret);
        return members;
      }
      case 'GetCallerIdentity': {
        const { arn, userId, account } = signerOf(signed, sessions, now);
        return { Arn: arn, UserId: userId, Account: account };
      }
      default:
        throw new StsProblem('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
    }
  }
}
