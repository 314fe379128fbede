import { type Lease, parseEndpoint } from '@fedbridge/core';
import type { Acquisition, CredentialEndpoint, Route } from '@fedbridge/identity';
import { assumeRolePath } from '../role-path.ts';
import type { AwsSecrets } from '../secrets.ts';
import { type FreshRole, type FreshRoles, rolePath } from './order.ts';
import { printCredentials } from './print-credentials.ts';

/**
 * Credentials of roles as containers get them, and as profiles do.
 * Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
 */
export const containerEndpoint: CredentialEndpoint<FreshRoles> = {
  name: 'aws',
  routes: (plan, keepFresh) =>
    plan.roles.map((role) =>
      routeOf(
        { role, plan },
        keepFresh((acquisition) => acquire(role, plan, acquisition), role.lease),
      ),
    ),
  command: { name: 'credentials', run: printCredentials },
};

async function acquire(
  { request }: FreshRole,
  { audience, own }: FreshRoles,
  { identity, idToken, outbound }: Acquisition,
): Promise<Lease<AwsSecrets>> {
  // As JSON it is a text.
  const endpoint = parseEndpoint(String(request.endpoint), 'the STS endpoint');
  const start = own ? { own, pass: identity.withoutIdToken('AWS credentials assume the role') } : idToken(audience);
  const credentials = await assumeRolePath({ ...request, endpoint }, start, outbound);
  return { value: credentials.reveal(), expiresAt: credentials.expiresAt ?? outbound.system.now() };
}

function routeOf(
  { role, plan }: { readonly role: FreshRole; readonly plan: FreshRoles },
  credentials: () => Promise<Lease<AwsSecrets>>,
): Route {
  return {
    path: rolePath(role.name),
    secretIn: ({ authorization }) => authorization,
    denied: ({ authorization }) => {
      const message = authorization === undefined ? noAuthorization(plan) : 'The authorization token is wrong.';
      return { status: 401, body: { code: 'AccessDenied', message } };
    },
    answer: async () => {
      const { value, expiresAt } = await credentials();
      return {
        status: 200,
        body: {
          AccessKeyId: value.accessKeyId,
          SecretAccessKey: value.secretAccessKey,
          Token: value.sessionToken,
          Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
        },
      };
    },
    failed: ({ code, message }) => ({ status: 503, body: { code, message } }),
  };
}

/** What SDKs send that do not know `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`. */
const noAuthorization = ({ profileInput }: FreshRoles) =>
  'The request has no Authorization header. AWS SDKs from before the end of 2023 know AWS_CONTAINER_AUTHORIZATION_TOKEN alone: update the ' +
  `SDK, or name a profile in the step (${profileInput}), which older SDKs read as well.`;
