import { randomUUID } from 'node:crypto';
import type { Registered } from './directory.ts';
import type { Tenant } from './tenant.ts';

const usualLifetime = 3599;

/** What a tenant's access tokens live, in seconds. */
export function accessTokenSeconds({ accessTokenSeconds: seconds = usualLifetime }: Tenant): number {
  return seconds;
}

/** The claims of an access token of version 2. @param now - seconds since 1970-01-01 UTC */
export function accessTokenClaims(
  { tenant, application, objectId }: Registered,
  resource: string,
  issuer: string,
  now: number,
) {
  return {
    aud: resource,
    iss: issuer,
    iat: now,
    nbf: now,
    exp: now + accessTokenSeconds(tenant),
    appid: application.clientId,
    azp: application.clientId,
    appidacr: '2',
    idtyp: 'app',
    oid: objectId,
    sub: objectId,
    tid: tenant.id,
    uti: randomUUID(),
    ver: '2.0',
  };
}
