import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { IssuedTokens } from '../server/issued-tokens.ts';
import type { World } from '../server/service.ts';
import type { LoggedIn } from './jwt-login.ts';
import { severalErrors, VaultProblem } from './vault.ts';

/** What a token stands for. Times in seconds. */
export interface Session {
  readonly token: string;
  readonly type: 'service' | 'batch';
  /** Of a batch token there is none. */
  readonly accessor: string;
  readonly entity: string;
  readonly policies: readonly string[];
  /** The method that it is of, and who logged in by which of its roles. */
  readonly path: string;
  readonly user: string;
  readonly role: string;
  readonly ttl: number;
  readonly issuedAt: number;
  /** When it ends, whatever renews it. */
  readonly endsAt: number;
}

/** Vault's own default is 32 days. Source: Vault, "server configuration", `default_lease_ttl`. */
export const defaultTtl = 768 * 3600;

/** The tokens of a Vault. Times in seconds. */
export class VaultTokens {
  readonly #world: World;
  readonly #tokens: IssuedTokens<Session>;

  constructor(world: World) {
    this.#world = world;
    this.#tokens = new IssuedTokens(world, 'tokens of Vault');
  }

  /** Has who logged in have one. @returns for how long, too */
  issue(path: string, { role, roleName, user }: LoggedIn): { readonly session: Session; readonly seconds: number } {
    const longest = role.tokenMaxTtl ?? defaultTtl;
    const ttl = Math.min(role.tokenTtl ?? defaultTtl, longest);
    const issuedAt = this.#world.clock.seconds();
    const type = role.tokenType ?? 'service';
    const session: Session = {
      type,
      token: `${type === 'batch' ? 'hvb' : 'hvs'}.${randomBytes(69).toString('base64url')}`,
      accessor: type === 'batch' ? '' : randomBytes(18).toString('base64url'),
      entity: randomUUID(),
      policies: [...(role.tokenNoDefaultPolicy ? [] : ['default']), ...role.tokenPolicies].sort(),
      ...{ path, user, role: roleName, ttl, issuedAt, endsAt: issuedAt + longest },
    };
    this.#tokens.issue(session.token, session, ttl);
    return { session, seconds: ttl };
  }

  /** Whose a request is. @throws VaultProblem for nobody's */
  sessionOf({ headers }: FastifyRequest): Session {
    const { 'x-vault-token': token = '' } = headers;
    if (token === '') throw new VaultProblem(403, 'permission denied');
    const session = this.#tokens.find(String(token));
    if (!session) throw new VaultProblem(403, severalErrors('permission denied', 'invalid token'));
    return session;
  }

  /** @returns for how long it lives from now on @throws VaultProblem for a batch token */
  renew({ token, type, ttl, endsAt }: Session): number {
    if (type === 'batch') throw new VaultProblem(400, 'batch tokens cannot be renewed');
    const seconds = Math.min(ttl, endsAt - this.#world.clock.seconds());
    this.#tokens.extend(token, seconds);
    return seconds;
  }

  /** For how long it lives still. */
  left({ token }: Session): number {
    return this.#tokens.left(token);
  }

  /** @throws VaultProblem for a batch token */
  revoke({ token, type }: Session): void {
    if (type === 'batch') throw new VaultProblem(400, 'batch tokens cannot be revoked');
    this.#tokens.revoke(token);
  }
}

/** What is told of a token to whom it was given. */
export function authOf({ token, type, accessor, entity, policies, role }: Session, seconds: number) {
  return {
    ...{ client_token: token, accessor, policies, token_policies: policies, metadata: { role } },
    ...{ lease_duration: seconds, renewable: type === 'service', entity_id: entity, token_type: type, orphan: true },
    ...{ mfa_requirement: null, num_uses: 0 },
  };
}

/** What a token says of itself. @param left - seconds */
export function lookUp(session: Session, left: number) {
  const { token, type, accessor, entity, policies, path, user, role, ttl, issuedAt } = session;
  const time = (seconds: number) => new Date(seconds * 1000).toISOString();
  return {
    ...{ id: token, accessor, policies, path: `auth/${path}/login`, meta: { role }, entity_id: entity },
    ...{ display_name: `${path.replaceAll('/', '-')}-${user}`, num_uses: 0, orphan: true, type },
    ...{ creation_time: issuedAt, issue_time: time(issuedAt), creation_ttl: ttl, explicit_max_ttl: 0 },
    ...{ expire_time: time(issuedAt + left), ttl: left, renewable: type === 'service' },
  };
}
