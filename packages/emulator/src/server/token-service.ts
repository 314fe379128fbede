import type { FastifyInstance } from 'fastify';
import type { RelyingParty } from './relying-party.ts';
import type { World } from './service.ts';

/** Where a service runs that exchanges ID tokens for tokens of its own: an origin of its own, and what verifies them. */
export interface TokenServicePlace {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly relyingParty: RelyingParty;
  readonly world: World;
}
