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
    path: awsPath(name),
    deny: ({ headers }) => {
      if (isSecret(headers.authorization, authorization)) return undefined;
      const message = headers.authorization === undefined ? noAuthorization : 'The authorization token is wrong.';
      return { status: 401, body: { code: 'AccessDenied', message } };
    },
    answer: async () => {
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

/** What SDKs send that do not know `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`. */
const noAuthorization =
  'The request has no Authorization header. AWS SDKs from before the end of 2023 know AWS_CONTAINER_AUTHORIZATION_TOKEN alone: update the ' +
  'SDK, or name a profile in the step (aws-profile, awsProfile), which older SDKs read as well.';

export function awsPath(name: string): string {
  return `/aws/${encodeURIComponent(name)}`;
}
