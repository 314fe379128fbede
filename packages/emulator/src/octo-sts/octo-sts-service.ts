import { randomBytes } from 'node:crypto';
import { bearerOf, IssuedTokens } from '../server/issued-tokens.ts';
import { type Claims, type Jwt, readJwt } from '../server/jwt.ts';
import type { TokenServicePlace } from '../server/token-service.ts';
import { checkToken, compile, OctoStsProblem, type TrustPolicy } from './trust-policy.ts';

/** An instance of octo-sts, and the repositories that its GitHub App is installed in. */
export interface OctoSts {
  readonly policies: readonly {
    /** `octo/app`, or the owner alone for what is in its `.github` repository. */
    readonly scope: string;
    /** The file: `.github/chainguard/<identity>.sts.yaml`. */
    readonly identity: string;
    readonly policy: TrustPolicy;
  }[];
}

type Options = TokenServicePlace & { readonly octoSts: OctoSts };

/** An installation token lives an hour. Source: GitHub Docs, "Generating an installation access token for a GitHub App". */
const lifetime = 3600;

/**
 * octo-sts, and of GitHub's API what ends a token and says what it is for.
 * Source: octo-sts/app, `pkg/octosts/octosts.go` (Exchange); GitHub Docs, "Revoke an installation access token".
 */
export function serveOctoSts(place: TokenServicePlace, octoSts: OctoSts = { policies: [] }): void {
  const { app, world } = place;
  const options = { ...place, octoSts };
  for (const { policy } of options.octoSts.policies) compile(policy);
  const tokens = new IssuedTokens<{ readonly scope: string; readonly permissions: object }>(
    world,
    'tokens of octo-sts',
  );
  app.route<{ Querystring: { scope?: string; identity?: string } }>({
    method: ['GET', 'POST'],
    url: '/sts/exchange',
    handler: async (request, reply) => {
      try {
        const claims = await claimsOf(bearerOf(request), options);
        const { scope = '', identity = '' } = request.query;
        const owner = scope.split('/', 1)[0] ?? '';
        if (!options.octoSts.policies.some((one) => one.scope.split('/', 1)[0] === owner)) {
          throw new OctoStsProblem('NotFound', `no installation found for "${owner}"`);
        }
        const found = options.octoSts.policies.find((one) => one.scope === scope && one.identity === identity);
        if (!found) throw new OctoStsProblem('NotFound', `unable to find trust policy for "${identity}"`);
        checkToken(found.policy, claims, new URL(options.url).host);
        const { permissions } = found.policy;
        return {
          token: tokens.issue(
            `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`,
            { scope, permissions },
            lifetime,
          ),
        };
      } catch (error) {
        if (!(error instanceof OctoStsProblem)) throw error;
        return reply.code(error.status).send({ code: error.code, message: error.message, details: [] });
      }
    },
  });
  const badCredentials = {
    message: 'Bad credentials',
    documentation_url: 'https://docs.github.com/rest',
    status: '401',
  };
  app.get('/installation/repositories', async (request, reply) => {
    const found = tokens.find(bearerOf(request));
    if (!found) return reply.code(401).send(badCredentials);
    return { total_count: 1, repositories: [{ full_name: found.scope }] };
  });
  app.delete('/installation/token', async (request, reply) =>
    tokens.revoke(bearerOf(request)) ? reply.code(204).send() : reply.code(401).send(badCredentials),
  );
}

async function claimsOf(bearer: string | undefined, { relyingParty, world }: Options): Promise<Claims> {
  if (bearer === undefined) throw new OctoStsProblem('Unauthenticated', 'expected exactly one authorization header');
  const jwt = read(bearer);
  const { iss = '', exp = 0, nbf = 0 } = jwt.claims;
  if (!/^https?:\/\/[^\s?#]+$/.test(iss)) throw new OctoStsProblem('InvalidArgument', 'invalid issuer format');
  const now = world.clock.seconds();
  await relyingParty.verify(jwt, iss).catch((error: Error) => {
    if (error.name === 'IssuerUnreachableError') {
      throw new OctoStsProblem('InvalidArgument', 'unable to fetch or create the provider');
    }
    throw new OctoStsProblem('Unauthenticated', 'unable to verify bearer token');
  });
  if (exp <= now || nbf > now + 300) throw new OctoStsProblem('Unauthenticated', 'unable to verify bearer token');
  return jwt.claims;
}

function read(bearer: string): Jwt {
  try {
    return readJwt(bearer);
  } catch {
    throw new OctoStsProblem('InvalidArgument', 'invalid bearer token');
  }
}
