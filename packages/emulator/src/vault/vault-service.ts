import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenServicePlace } from '../server/token-service.ts';
import { logIn } from './jwt-login.ts';
import { severalErrors, type Vault, VaultProblem } from './vault.ts';
import { authOf, defaultTtl, lookUp, VaultTokens } from './vault-tokens.ts';

/**
 * Logins with a JWT, tokens' own paths, and secrets of KV engines.
 * Source: Vault API documentation of each; what Vault 1.21.4 answers is in test/interop/vault/answers.txt.
 */
export function serveVault(
  { app, relyingParty, world }: TokenServicePlace,
  vault: Vault = { jwtMethods: [], policies: {} },
): void {
  const tokens = new VaultTokens(world);
  const answering =
    <T>(answer: (request: FastifyRequest) => Promise<T> | T) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const { 'x-vault-namespace': namespace = '' } = request.headers;
        if (vault.namespace !== undefined && namespace !== vault.namespace) {
          throw new VaultProblem(404, 'no handler for route');
        }
        return (await answer(request)) ?? reply.code(204).send();
      } catch (error) {
        if (error instanceof VaultProblem) return reply.code(error.status).send(error.body());
        throw error;
      }
    };
  /** Whose a request is that they may make. */
  const allowed = (request: FastifyRequest, capability: string) => {
    const session = tokens.sessionOf(request);
    if (!isAllowed(vault, session.policies, pathOf(request), capability)) throw denied();
    return session;
  };
  const write = <T>(path: string, answer: (request: FastifyRequest) => Promise<T> | T) =>
    app.route({ method: ['POST', 'PUT'], url: `/v1/${path}`, handler: answering(answer) });

  for (const method of vault.jwtMethods) {
    const path = `auth/${method.path}/login`;
    write(path, async (request) => {
      const loggedIn = await logIn(method, bodyOf(request), relyingParty, world.clock.seconds());
      const { session, seconds } = tokens.issue(method.path, loggedIn);
      return envelope('', { auth: authOf(session, seconds) });
    });
    const unsupported = () => {
      throw new VaultProblem(405, 'unsupported operation');
    };
    app.get(`/v1/${path}`, answering(unsupported));
  }
  write('auth/token/renew-self', (request) => {
    const session = allowed(request, 'update');
    return envelope('token', { auth: authOf(session, tokens.renew(session)) });
  });
  write('auth/token/revoke-self', (request) => tokens.revoke(allowed(request, 'update')));
  const lookUpSelf = answering((request) => {
    const session = allowed(request, 'read');
    return envelope('token', { data: lookUp(session, tokens.left(session)) });
  });
  app.get('/v1/auth/token/lookup-self', lookUpSelf);
  const read = answering((request) => {
    allowed(request, 'read');
    return readSecret(vault, pathOf(request));
  });
  app.get('/v1/*', read);
  write('*', (request) => {
    if (pathOf(request).endsWith('/')) throw new VaultProblem(400, "cannot write to a path ending in '/'");
    tokens.sessionOf(request);
    throw denied();
  });
}

const denied = () => new VaultProblem(403, severalErrors('permission denied'));

/** Every answer's members. @param mount - the type of what answers */
function envelope(mount: string, answer: Readonly<Record<string, unknown>>) {
  return {
    ...{ request_id: randomUUID(), lease_id: '', renewable: false, lease_duration: 0, data: null },
    ...{ wrap_info: null, warnings: null, auth: null, mount_type: mount },
    ...answer,
  };
}

/** What every token may that has the policy. Source: Vault, "Policies", "Built-in policies". */
const defaultPolicy: Vault['policies'][string] = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
};

function isAllowed({ policies }: Vault, own: readonly string[], path: string, capability: string): boolean {
  const all: Vault['policies'] = { ...policies, default: defaultPolicy };
  const allows = ([pattern, capabilities]: [string, readonly string[]]) =>
    capabilities.includes(capability) &&
    (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path);
  return own.some((name) => Object.entries(all[name] ?? {}).some(allows));
}

function readSecret({ kv1 = {}, kv2 = {} }: Vault, path: string) {
  if (Object.hasOwn(kv1, path)) return envelope('kv', { data: kv1[path], lease_duration: defaultTtl });
  const [mount = '', next] = path.split('/', 2);
  if (next !== 'data' && Object.keys(kv2).some((one) => one.startsWith(`${mount}/data/`))) {
    throw new VaultProblem(404, undefined, envelope('', { warnings: [notVersioned] }));
  }
  if (!Object.hasOwn(kv2, path)) throw new VaultProblem(404);
  const metadata = {
    created_time: '2026-11-01T00:00:00Z',
    custom_metadata: null,
    deletion_time: '',
    destroyed: false,
    version: 1,
  };
  return envelope('kv', { data: { data: kv2[path], metadata } });
}

/** Source: hashicorp/vault-plugin-secrets-kv, `backend.go`. */
const notVersioned =
  'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, ' +
  "use 'vault kv get' for this operation.";

const pathOf = ({ url }: FastifyRequest) => decodeURIComponent((url.split('?', 1)[0] ?? '').slice('/v1/'.length));

/** None is one without members. */
function bodyOf({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  const text = String(body ?? '');
  if (text === '') return {};
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {
    // As one that is no object.
  }
  throw new VaultProblem(400, 'error parsing JSON: failed to parse JSON input');
}
