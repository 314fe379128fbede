import type { FastifyInstance } from 'fastify';
import type { World } from './service.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** Where a platform runs: an origin of its own, and a key that signs for it. */
export interface PlatformPlace {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly issuer: TokenIssuer;
  readonly world: World;
}
