import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IssuedTokens } from '../server/issued-tokens.ts';
import type { TokenServicePlace } from '../server/token-service.ts';
import { logIn } from './jwt-login.ts';
import { type Vault, VaultProblem } from './vault.ts';

/** What a token stands for. Times in seconds. */
interface Session {
  readonly policies: readonly string[];
  readonly ttl: number;
  /** When it ends, whatever renews it. */
  readonly endsAt: number;
}

/** Vault's own default is 32 days. Source: Vault, "server configuration", `default_lease_ttl`. */
const defaultTtl = 768 * 3600;
const denied = () => new VaultProblem(403, '1 error occurred:\n\t* permission denied\n\n');

/** Logins with a JWT, tokens' own paths, and secrets of KV engines. Source: Vault API documentation of each. */
export function serveVault(
  { app, relyingParty, world }: TokenServicePlace,
  vault: Vault = { jwtMethods: [], policies: {} },
): void {
  const tokens = new IssuedTokens<Session>(world);
  const answering =
    <T>(answer: (request: FastifyRequest) => Promise<T> | T) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const { 'x-vault-namespace': namespace = '' } = request.headers;
        if (namespace !== (vault.namespace ?? '')) throw new VaultProblem(404, 'no handler for route');
        return (await answer(request)) ?? reply.code(204).send();
      } catch (error) {
        if (error instanceof VaultProblem) return reply.code(error.status).send(error.body());
        throw error;
      }
    };
  const session = (request: FastifyRequest) => {
    const token = String(request.headers['x-vault-token'] ?? '');
    const found = tokens.find(token);
    if (!found) throw new VaultProblem(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n');
    return { token, ...found };
  };
  const given = (token: string, { policies }: Pick<Session, 'policies'>, seconds: number) => ({
    ...{ request_id: randomUUID(), lease_id: '', renewable: false, lease_duration: 0, data: null },
    auth: {
      ...{ client_token: token, policies, token_policies: policies, lease_duration: seconds },
      ...{ renewable: true, token_type: 'service', entity_id: randomUUID(), orphan: true },
    },
  });

  for (const method of vault.jwtMethods) {
    const login = answering(async (request) => {
      const now = world.clock.seconds();
      const role = await logIn(method, bodyOf(request), relyingParty, now);
      const ttl = Math.min(role.tokenTtl ?? defaultTtl, role.tokenMaxTtl ?? defaultTtl);
      const stands = {
        policies: ['default', ...role.tokenPolicies],
        ttl,
        endsAt: now + (role.tokenMaxTtl ?? defaultTtl),
      };
      const token = tokens.issue(`hvs.${randomBytes(69).toString('base64url')}`, stands, ttl);
      return given(token, stands, ttl);
    });
    app.route({ method: ['POST', 'PUT'], url: `/v1/auth/${method.path}/login`, handler: login });
  }
  const renewSelf = answering((request) => {
    const { token, ttl, endsAt, policies } = session(request);
    const seconds = Math.min(ttl, endsAt - world.clock.seconds());
    tokens.extend(token, seconds);
    return given(token, { policies }, seconds);
  });
  app.route({ method: ['POST', 'PUT'], url: '/v1/auth/token/renew-self', handler: renewSelf });
  const revokeSelf = answering((request) => {
    tokens.revoke(session(request).token);
  });
  app.route({ method: ['POST', 'PUT'], url: '/v1/auth/token/revoke-self', handler: revokeSelf });
  const lookUpSelf = answering((request) => {
    const { policies, ttl } = session(request);
    return { data: { policies, creation_ttl: ttl } };
  });
  app.get('/v1/auth/token/lookup-self', lookUpSelf);
  app.get(
    '/v1/*',
    answering((request) => readSecret(vault, request, session(request).policies)),
  );
}

function readSecret({ policies, kv1 = {}, kv2 = {} }: Vault, request: FastifyRequest, own: readonly string[]) {
  const path = decodeURIComponent((request.url.split('?', 1)[0] ?? '').slice('/v1/'.length));
  const allows = ([pattern, capabilities]: [string, readonly string[]]) =>
    capabilities.includes('read') && (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path);
  if (!own.some((name) => Object.entries(policies[name] ?? {}).some(allows))) throw denied();
  const envelope = {
    request_id: randomUUID(),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    wrap_info: null,
    warnings: null,
    auth: null,
  };
  if (Object.hasOwn(kv1, path)) return { ...envelope, data: kv1[path] };
  if (!Object.hasOwn(kv2, path)) throw new VaultProblem(404);
  const metadata = {
    created_time: '2026-11-01T00:00:00Z',
    custom_metadata: null,
    deletion_time: '',
    destroyed: false,
    version: 1,
  };
  return { ...envelope, data: { data: kv2[path], metadata } };
}

function bodyOf({ body }: FastifyRequest): unknown {
  try {
    return JSON.parse(String(body ?? ''));
  } catch {
    throw new VaultProblem(400, 'failed to parse JSON input');
  }
}
