import type { FastifyInstance } from 'fastify';
import type { World } from './service.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** Where a platform runs: what it is called, and a key that signs for it. */
export interface PlatformPlace {
  readonly app: FastifyInstance;
  /** What its server is called, and its issuer. */
  readonly url: string;
  readonly issuer: TokenIssuer;
  readonly world: World;
}
