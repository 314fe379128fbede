import { randomBytes } from 'node:crypto';
import type { IssuedTokens } from '../server/issued-tokens.ts';
import type { World } from '../server/service.ts';
import { type GoogleCloud, isMember } from './google-cloud.ts';
import type { Federated } from './security-token-service.ts';

/** An error of Google's APIs. Source: Google API Design Guide, "Errors". */
export class ApiProblem extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  body() {
    return { error: { code: this.status, message: this.message, status: this.reason } };
  }
}

/** What the service works with. */
export interface IamCredentials {
  readonly google: GoogleCloud;
  readonly federated: IssuedTokens<Federated>;
  readonly access: IssuedTokens<{ readonly email: string; readonly scopes: readonly string[] }>;
  readonly world: World;
}

/** Roles with `iam.serviceAccounts.getAccessToken`. Source: IAM, "Roles and permissions". */
const roles = ['roles/iam.workloadIdentityUser', 'roles/iam.serviceAccountTokenCreator'];
const allowing = ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/iam'];
/** Seconds; only an organization's policy allows more. */
const longest = 3600;

/**
 * An access token of a service account, to who may be it.
 * Source: IAM Service Account Credentials API, `projects.serviceAccounts.generateAccessToken`.
 *
 * @throws ApiProblem
 */
export function generateAccessToken(
  email: string,
  bearer: string | undefined,
  body: string,
  { google, federated, access, world }: IamCredentials,
) {
  const caller = federated.find(bearer);
  if (!caller) {
    throw new ApiProblem(
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    );
  }
  if (!caller.scopes.some((scope) => allowing.includes(scope))) {
    throw new ApiProblem(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.');
  }
  const { scopes, lifetime } = parametersOf(body);
  const account = google.serviceAccounts.find((one) => one.email === email);
  const members = account?.bindings.flatMap(({ role, members }) => (roles.includes(role) ? members : [])) ?? [];
  if (!members.some((member) => isMember(member, caller.principal))) {
    throw new ApiProblem(
      403,
      'PERMISSION_DENIED',
      "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    );
  }
  const accessToken = access.issue(`ya29.c.${randomBytes(48).toString('base64url')}`, { email, scopes }, lifetime);
  const expireTime = new Date((world.clock.seconds() + lifetime) * 1000).toISOString().replace('.000Z', 'Z');
  return { accessToken, expireTime };
}

function parametersOf(body: string): { readonly scopes: readonly string[]; readonly lifetime: number } {
  const invalid = (what: string) => new ApiProblem(400, 'INVALID_ARGUMENT', what);
  const given = jsonOf(body);
  if (typeof given !== 'object' || given === null) throw invalid('Invalid JSON payload received.');
  const { scope, lifetime, delegates, ...unknown } = given as Readonly<Record<string, unknown>>;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw invalid(`Invalid JSON payload received. Unknown name "${name}": Cannot find field.`);
  if (!Array.isArray(scope) || scope.length === 0) throw invalid('scope is required.');
  if (!scope.every((one) => typeof one === 'string' && one.startsWith('https://')))
    throw invalid('Invalid OAuth scope or ID token audience provided.');
  const [, seconds] = /^(\d+)s$/.exec(String(lifetime ?? '3600s')) ?? [];
  if (seconds === undefined || Number(seconds) === 0 || Number(seconds) > longest) {
    throw invalid(`The access token lifetime must be between 1s and ${longest}s.`);
  }
  // A member that is null is one that is not there. Source: ProtoJSON.
  if ([delegates ?? []].flat().length > 0) throw invalid('There are no delegates here.');
  return { scopes: scope, lifetime: Number(seconds) };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
