import type { FastifyRequest } from 'fastify';
import { bearerOf, IssuedTokens } from '../server/issued-tokens.ts';
import type { TokenServicePlace } from '../server/token-service.ts';
import { checkProvider } from './attribute-mapping.ts';
import { type GoogleCloud, principalName } from './google-cloud.ts';
import { ApiProblem, generateAccessToken } from './iam-credentials.ts';
import { OAuthProblem } from './oauth-problem.ts';
import { exchangeToken, type Federated, type Parameters } from './security-token-service.ts';

/** Google's STS and IAM Credentials, and who a token is for at an API behind them. @throws Error for a set-up that IAM would not take */
export function serveGoogle(
  { app, relyingParty, world }: TokenServicePlace,
  google: GoogleCloud = { providers: [], serviceAccounts: [] },
): void {
  google.providers.forEach(checkProvider);
  const federated = new IssuedTokens<Federated>(world, 'federated tokens of Google');
  const access = new IssuedTokens<{ readonly email: string; readonly scopes: readonly string[] }>(
    world,
    'access tokens of Google',
  );
  app.post('/v1/token', async (request, reply) => {
    try {
      return await exchangeToken(parametersOf(request), { google, federated, relyingParty, world });
    } catch (error) {
      if (error instanceof OAuthProblem) return reply.code(400).send(error.body());
      throw error;
    }
  });
  app.post<{ Params: { '*': string } }>('/v1/projects/-/serviceAccounts/*', async (request, reply) => {
    const [, email = ''] = /^(.+):generateAccessToken$/.exec(request.params['*']) ?? [];
    try {
      if (email === '') throw new ApiProblem(404, 'NOT_FOUND', 'Method not found.');
      return generateAccessToken(email, bearerOf(request), String(request.body ?? ''), {
        google,
        federated,
        access,
        world,
      });
    } catch (error) {
      if (error instanceof ApiProblem) return reply.code(error.status).send(error.body());
      throw error;
    }
  });
  app.get('/me', async (request, reply) => {
    const bearer = bearerOf(request);
    const account = access.find(bearer);
    if (account) return { principal: `serviceAccount:${account.email}`, scopes: account.scopes };
    const workload = federated.find(bearer);
    if (workload) return { principal: principalName(workload.principal), scopes: workload.scopes };
    return reply
      .code(401)
      .send(new ApiProblem(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.').body());
  });
}

/** In JSON, or in the form that clients' libraries send [RFC 8693, 2.1]. The header would be another credential. */
function parametersOf({ headers, body }: FastifyRequest): Parameters {
  if (headers.authorization !== undefined)
    throw new OAuthProblem('invalid_request', 'Request must not have an Authorization header.');
  const text = String(body ?? '');
  if (/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '')) {
    const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [camelCase(name), value]));
  }
  try {
    return JSON.parse(text) as Parameters;
  } catch {
    throw new OAuthProblem('invalid_request', 'Invalid JSON payload received.');
  }
}
