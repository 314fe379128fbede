import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Machine } from './machine.ts';
import { type MachineOptions, resourceRequired } from './machine-identities.ts';

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

/** An agent's versions of its protocol. Source: MSAL for Node and azure-identity, over the years. */
const versions = ['2019-08-15', '2019-11-01', '2020-06-01', '2021-02-01'];

/**
 * Source: Microsoft Learn, "Authenticate against Azure resources with Azure Arc-enabled servers"; MSAL, `AzureArc`: a key of at most
 * 4096 bytes, in a file that those who may have tokens can read, good for one answer; the identity that was chosen is named.
 *
 * @returns the variables that lead clients to it
 */
export function serveAzureArc(
  app: FastifyInstance,
  { challenge, isOld }: Machine,
  { identities, world, url }: MachineOptions,
): Readonly<Record<string, string>> {
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
    const { client_id, object_id, msi_res_id, resource } = request.query;
    const names = isOld ? {} : { clientId: client_id, objectId: object_id, resourceId: msi_res_id };
    const identity = identities.find(names);
    if (!identity) return problem(404, 'not_found', 'Identity not found');
    if (!resource) return reply.code(400).send(resourceRequired);
    // It names an identity only where one was chosen.
    const named = isOld ? { client_id: undefined } : { client_id, object_id, msi_res_id };
    return { ...(await identities.token(identity, resource)), ...named };
  });
  return { IDENTITY_ENDPOINT: `${url}/metadata/identity/oauth2/token`, IMDS_ENDPOINT: url };

  function writeKey(): string {
    const key = randomBytes(48).toString('base64');
    const path = join(arcKeys, `${randomBytes(16).toString('hex')}.key`);
    writeFileSync(path, key, { mode: 0o440 });
    world.secrets.add(key);
    keys.set(key, path);
    return path;
  }
}
