import type { AwsCredentials } from '@fedbridge/aws';
import type { Fresh } from './fresh.ts';
import { isSecret } from './guard.ts';
import { reason } from './reason.ts';
import type { Route } from './server.ts';

export type AwsSecrets = ReturnType<AwsCredentials['reveal']>;

/**
 * A role's credentials as containers get them.
 * Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
 */
export function awsEndpoint(name: string, credentials: Fresh<AwsSecrets>, authorization: string): Route {
  return {
    method: 'GET',
    path: awsPath(name),
    answer: async ({ headers }) => {
      if (!isSecret(headers.authorization, authorization)) {
        return {
          status: 401,
          body: { code: 'AccessDenied', message: 'The authorization token is not the right one.' },
        };
      }
      try {
        const { value, expiresAt } = await credentials.get();
        return {
          status: 200,
          body: {
            AccessKeyId: value.accessKeyId,
            SecretAccessKey: value.secretAccessKey,
            Token: value.sessionToken,
            Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
          },
        };
      } catch (error) {
        const { code, message } = reason(error);
        return { status: 503, body: { code, message } };
      }
    },
  };
}

export function awsPath(name: string): string {
  return `/aws/${encodeURIComponent(name)}`;
}
