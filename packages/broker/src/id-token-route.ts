import type { AdmittedIdToken, Identity, Route } from '@fedbridge/identity';
import { namesOfAudience } from '@fedbridge/issuers';

/** Where a broker gives ID tokens, as GitHub's own endpoint does. */
export const idTokenPath = '/id-token';

/**
 * ID tokens as GitHub gives them, for tools that ask no other platform.
 * Source: GitHub Docs, "OpenID Connect reference"; `@actions/core`'s `oidc-utils`.
 */
export function idTokenRoute(
  source: Pick<Identity, 'name' | 'audience'>,
  getIdToken: (audience: string | undefined) => Promise<AdmittedIdToken>,
): Route {
  return {
    path: idTokenPath,
    secretIn: ({ authorization = '' }) => /^Bearer (\S+)$/i.exec(authorization)?.[1],
    denied: () => ({ status: 401, body: { message: 'The bearer is not the right one.' } }),
    answer: async (query) => {
      const audience = query.get('audience') || undefined;
      const token = await getIdToken(source.audience === 'chosen' ? audience : undefined);
      if (audience !== undefined && !isFor(audience, token.audiences)) {
        const given = token.audiences.join(', ');
        const message = `${source.name} gives ID tokens for ${given} alone, not for ${audience}.`;
        return { status: 400, body: { message } };
      }
      const value = token.reveal();
      return { status: 200, body: { count: value.length, value } };
    },
    failed: ({ code, message }) => ({ status: 503, body: { message: `${message} [${code}]` } }),
  };
}

function isFor(audience: string, audiences: readonly string[]): boolean {
  const accepted = namesOfAudience(audience);
  return audiences.some((one) => accepted.includes(one));
}
