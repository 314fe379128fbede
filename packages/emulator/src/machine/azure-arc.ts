import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Registered } from '../entra/directory.ts';
import type { History } from '../server/history.ts';

/** The folder in which every client of Azure Arc looks for a key. */
const arcKeys = '/var/opt/azcmagent/tokens';

/** Whether an emulated agent of Azure Arc can write its keys on this machine, as it must be root to. */
export function canWriteArcKeys(): boolean {
  try {
    mkdirSync(arcKeys, { recursive: true });
    accessSync(arcKeys, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

type Route = { Querystring: Readonly<Record<string, string | undefined>> };

interface ArcMachine {
  /** Of the agent's address. */
  readonly url: string;
  /** What the agent names as its key in place of one that it wrote. */
  readonly challenge?: string | undefined;
  /** From before assigned identities: takes no notice of which identity is asked for. */
  readonly isOld?: boolean | undefined;
  readonly secrets: History<string>;
  readonly find: (clientId?: string, objectId?: string, resourceId?: string) => Registered | undefined;
  readonly answer: (found: Registered, request: FastifyRequest<Route>, reply: FastifyReply) => Promise<object>;
}

/** An agent's versions of its protocol. Source: MSAL for Node and azure-identity, over the years. */
const versions = ['2019-08-15', '2019-11-01', '2020-06-01', '2021-02-01'];

/**
 * Source: Microsoft Learn, "Authenticate against Azure resources with Azure Arc-enabled servers"; MSAL, `AzureArc`: a key of at most
 * 4096 bytes, in a file that those who may have tokens can read, good for one answer; the identity that was chosen is told.
 */
export function serveAzureArc(app: FastifyInstance, machine: ArcMachine): Readonly<Record<string, string>> {
  const { url, challenge, isOld, secrets, find, answer } = machine;
  const keys = new Map<string, string>();
  app.addHook('onClose', async () => {
    for (const path of keys.values()) rmSync(path, { force: true });
  });
  app.get<Route>('/metadata/identity/oauth2/token', async (request, reply) => {
    const problem = (status: number, error: string, error_description: string) =>
      reply.code(status).send({ error, error_description });
    const { metadata, authorization = '' } = request.headers;
    if (metadata !== 'true') return problem(400, 'bad_request_102', 'Required metadata header not specified');
    if (!versions.includes(request.query['api-version'] ?? ''))
      return problem(400, 'bad_request', 'Unsupported version');
    const key = authorization.replace(/^Basic /, '');
    const path = keys.get(key);
    if (path === undefined) {
      reply.header('www-authenticate', `Basic realm=${challenge ?? writeKey()}`);
      return reply
        .code(401)
        .send({ error: 'unauthorized_client', error_description: 'Missing Basic Authorization header' });
    }
    keys.delete(key);
    rmSync(path, { force: true });
    const { client_id, object_id, msi_res_id } = request.query;
    const found = isOld ? find() : find(client_id, object_id, msi_res_id);
    if (!found) return problem(404, 'not_found', 'Identity not found');
    const named = isOld ? {} : { client_id, object_id, msi_res_id };
    // It names an identity only where one was chosen.
    return { ...(await answer(found, request, reply)), client_id: undefined, ...named };
  });
  return { IDENTITY_ENDPOINT: `${url}/metadata/identity/oauth2/token`, IMDS_ENDPOINT: url };

  function writeKey(): string {
    const key = randomBytes(48).toString('base64');
    const path = join(arcKeys, `${randomBytes(16).toString('hex')}.key`);
    writeFileSync(path, key, { mode: 0o440 });
    secrets.add(key);
    keys.set(key, path);
    return path;
  }
}
