import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../iam/accounts.ts';
import type { RelyingParty } from '../server/relying-party.ts';
import type { World } from '../server/service.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { findRole, issueSession } from './role-session.ts';
import { type Session, Sessions } from './sessions.ts';
import { type SignedRequest, signerOf } from './signature.ts';
import { StsProblem } from './sts-problem.ts';
import { errorXml, resultXml, type Xml } from './xml.ts';

interface StsOptions {
  readonly accounts: Accounts;
  /** GitHub's issuer in this emulator. */
  readonly gitHub: string;
  readonly relyingParty: RelyingParty;
  readonly world: World;
}

/** AWS STS over the Query protocol, and the sessions that it has begun. Source: AWS STS API Reference. */
export class StsService {
  readonly #options: StsOptions;
  readonly #sessions: Sessions;

  constructor(app: FastifyInstance, options: StsOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.world.historyLimit, options.world.state.map('sessions of STS'));
    app.route({
      method: ['GET', 'POST'],
      url: '/',
      handler: (request, reply) => this.#answer(request, reply),
    });
  }

  /** The session that signed a request to any service. @throws StsProblem */
  signerOf(request: SignedRequest): Session {
    return signerOf(request, this.#sessions, this.#options.world.clock.seconds());
  }

  /** Begins the session of a machine's role, which AWS does by itself. @param roleArn - of a role that is configured */
  begin(roleArn: string, sessionName: string): Session {
    const { accounts, world } = this.#options;
    const found = findRole(accounts.all, roleArn);
    if (!found) throw new Error(`no role ${roleArn}`);
    return issueSession(this.#sessions, world.clock.seconds(), { ...found, name: sessionName, duration: 3600 });
  }

  /** Signs an administrator of an account in, as IAM Identity Center does. @param account - of those that are configured */
  signIn(account: string): Session {
    const { accounts, world } = this.#options;
    const found = accounts.all.find(({ id }) => id === account);
    if (!found) throw new Error(`no account ${account}`);
    const role = {
      name: 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_0',
      trustPolicy: undefined,
    };
    const session = { account: found, role, name: 'administrator', duration: 43_200 };
    return issueSession(this.#sessions, world.clock.seconds(), session);
  }

  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const requestId = randomUUID();
    reply.header('x-amzn-requestid', requestId).type('text/xml');
    const query = request.url.split('?')[1] ?? '';
    const { method, headers } = request;
    const signed = { service: 'sts', method, path: '/', query, headers, body: String(request.body ?? '') };
    const form = new URLSearchParams(method === 'POST' ? signed.body : query);
    const action = form.get('Action') ?? '';
    try {
      return reply.send(resultXml('sts', action, await this.#act(action, form, signed), requestId));
    } catch (error) {
      if (!(error instanceof StsProblem)) throw error;
      return reply.code(error.status).send(errorXml('sts', error.code, error.message, requestId));
    }
  }

  async #act(action: string, form: URLSearchParams, signed: SignedRequest): Promise<Xml> {
    const { world } = this.#options;
    const { all: accounts } = this.#options.accounts;
    const [sessions, now] = [this.#sessions, world.clock.seconds()];
    switch (action) {
      case 'AssumeRoleWithWebIdentity': {
        const { result, secrets } = await assumeRoleWithWebIdentity(form, {
          ...this.#options,
          accounts,
          sessions,
          now,
        });
        for (const secret of secrets) world.secrets.add(secret);
        return result;
      }
      case 'AssumeRole': {
        const { members, secrets } = assumeRole(form, this.signerOf(signed), accounts, sessions, now);
        for (const secret of secrets) world.secrets.add(secret);
        return members;
      }
      case 'GetCallerIdentity': {
        const { arn, userId, account } = this.signerOf(signed);
        return { Arn: arn, UserId: userId, Account: account };
      }
      default:
        throw new StsProblem('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
    }
  }
}
