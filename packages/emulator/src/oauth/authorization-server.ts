import { randomBytes } from 'node:crypto';
import { bearerOf, IssuedTokens } from '../server/issued-tokens.ts';
import { type Jwt, readJwt } from '../server/jwt.ts';
import type { TokenServicePlace } from '../server/token-service.ts';

/** What an authorization server exchanges ID tokens for. */
export interface AuthorizationServer {
  /** Whom it trusts, each part equal. Without an audience, a token must name the token endpoint. */
  readonly trusts: readonly { readonly issuer: string; readonly subject: string; readonly audience?: string }[];
  /** Names and URIs of the services that it gives tokens for. */
  readonly targets?: readonly string[];
  readonly scopes?: readonly string[];
  /** Seconds; without them the answer does not say. */
  readonly lifetime?: number;
}

type Options = TokenServicePlace & { readonly server: AuthorizationServer };

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

/** An error of a token endpoint [RFC 6749, 5.2]. */
class OAuthProblem extends Error {
  readonly error: string;

  constructor(error: string, message: string) {
    super(message);
    this.error = error;
  }
}

/** `/token` exchanges [RFC 8693], `/me` says whom a token is for. */
export function serveAuthorizationServer(place: TokenServicePlace, server: AuthorizationServer = { trusts: [] }): void {
  const { app, world } = place;
  const options = { ...place, server };
  const tokens = new IssuedTokens<{ readonly sub: string }>(world, 'tokens of the authorization server');
  app.post('/token', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      const form = formOf(String(request.headers['content-type'] ?? ''), String(request.body ?? ''));
      return await answer(form, tokens, options);
    } catch (error) {
      if (error instanceof OAuthProblem)
        return reply.code(400).send({ error: error.error, error_description: error.message });
      throw error;
    }
  });
  app.get('/me', async (request, reply) => {
    const found = tokens.find(bearerOf(request));
    return (
      found ??
      reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send({ error: 'invalid_token' })
    );
  });
}

/** No parameter but two may come twice [RFC 6749, 3.2; RFC 8693, 2.1]. */
function formOf(contentType: string, body: string): URLSearchParams {
  const form = new URLSearchParams(body);
  const isForm = /^application\/x-www-form-urlencoded\b/.test(contentType);
  const twice = [...new Set(form.keys())].find(
    (name) => !['audience', 'resource'].includes(name) && form.getAll(name).length > 1,
  );
  if (isForm && twice === undefined) return form;
  throw new OAuthProblem('invalid_request', twice ? `${twice} comes twice.` : 'The request is not a form.');
}

async function answer(form: URLSearchParams, tokens: IssuedTokens<{ readonly sub: string }>, options: Options) {
  const { targets = [], scopes = [], lifetime } = options.server;
  if (form.get('grant_type') !== tokenExchange)
    throw new OAuthProblem('unsupported_grant_type', 'It exchanges tokens alone.');
  const subject = await subjectOf(form, options);
  const wanted = form.get('requested_token_type') ?? type('access_token');
  if (wanted !== type('access_token')) throw new OAuthProblem('invalid_request', 'It gives access tokens alone.');
  if (form.has('actor_token')) throw new OAuthProblem('invalid_request', 'It knows no actors.');
  const foreign = [...form.getAll('audience'), ...form.getAll('resource')].find((one) => !targets.includes(one));
  if (foreign !== undefined) throw new OAuthProblem('invalid_target', `There is no service ${foreign} here.`);
  const scope = (form.get('scope') ?? '').split(' ').filter(Boolean);
  if (scope.some((one) => !scopes.includes(one))) throw new OAuthProblem('invalid_scope', 'A scope is not known.');
  const value = tokens.issue(randomBytes(32).toString('base64url'), { sub: subject }, lifetime ?? 3600);
  return {
    access_token: value,
    issued_token_type: wanted,
    token_type: 'Bearer',
    ...(lifetime === undefined ? {} : { expires_in: lifetime }),
    ...(scope.length > 0 ? { scope: scope.join(' ') } : {}),
  };
}

/** A token that is not accepted is an invalid request [RFC 8693, 2.2.2]. */
async function subjectOf(form: URLSearchParams, { server, relyingParty, world, url }: Options): Promise<string> {
  const refuse = (why: string) => new OAuthProblem('invalid_request', why);
  const given = form.get('subject_token_type');
  if (given !== type('id_token') && given !== type('jwt')) throw refuse('subject_token_type must be id_token or jwt.');
  const { claims, jwt } = readSubject(form.get('subject_token') ?? '', refuse);
  const audiences = [claims.aud ?? []].flat();
  const trusted = server.trusts.find(
    ({ issuer, subject, audience = `${url}/token` }) =>
      issuer === claims.iss && subject === claims.sub && audiences.includes(audience),
  );
  if (!trusted)
    throw refuse(`The subject token is not trusted: ${claims.iss}, ${claims.sub}, ${audiences.join(', ')}.`);
  await relyingParty.verify(jwt, trusted.issuer).catch(() => {
    throw refuse('The signature of the subject token does not verify.');
  });
  const now = world.clock.seconds();
  if ((claims.exp ?? 0) <= now || (claims.nbf ?? 0) > now + 60) throw refuse('The subject token is not valid now.');
  return trusted.subject;
}

function readSubject(
  token: string,
  refuse: (why: string) => OAuthProblem,
): { readonly claims: Jwt['claims']; readonly jwt: Jwt } {
  try {
    const jwt = readJwt(token);
    return { claims: jwt.claims, jwt };
  } catch {
    throw refuse('The subject token is no JWT.');
  }
}
