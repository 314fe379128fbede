import { createHash } from 'node:crypto';
import type { Setup } from '@fedbridge/emulator';
import { emulated } from './emulated.ts';
import { membersOf, post } from './post.ts';
import type { AskedTrust, Connection, Profile } from './profile.ts';

const tenant = '2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01';

/** Microsoft Entra, client credentials with a federated credential; the emulator's where no address is given. */
export const entraProfile: Profile = {
  name: 'entra',
  title: 'Microsoft Entra',
  isEmulated: true,
  audience: () => 'api://AzureADTokenExchange',
  obstacle: ({ subject, claims }) =>
    claims || (subject && 'like' in subject)
      ? 'Claims and patterns are for flexible federated credentials, which Entra has for issuers that it knows alone.'
      : undefined,
  looksAtSubjects: true,
  setUp: setupOf,
  async open(trusts, connection) {
    const own = await emulated(connection, setupOf(trusts), ({ entra }) => entra);
    return {
      present: (token, trust) => present(token, trust, own.url, connection),
      [Symbol.asyncDispose]: () => own.close(),
    };
  },
  documented: {},
  settles: 0,
};

/** An application for each trust, each with one federated credential. */
function setupOf(trusts: readonly AskedTrust[]): Setup {
  return {
    tenants: [
      {
        id: tenant,
        applications: trusts.map((trust) => ({
          clientId: clientIdOf(trust),
          federatedCredentials: [
            {
              name: trust.name,
              issuer: trust.issuer,
              subject: trust.subject && 'equals' in trust.subject ? trust.subject.equals : '',
              audiences: [trust.audience],
            },
          ],
        })),
      },
    ],
  };
}

/** The same for the same trust each time. */
function clientIdOf({ name }: AskedTrust): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** Source: Microsoft Learn, "OAuth 2.0 client credentials flow on the Microsoft identity platform", third case. */
async function present(token: string, trust: AskedTrust, url: string, { send }: Connection) {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientIdOf(trust),
    scope: 'https://vault.azure.net/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: token,
  };
  const { status, body } = await send(post(`${url}/${tenant}/oauth2/v2.0/token`, form));
  const { access_token: accessToken, error_description: description } = membersOf(body);
  if (status === 200 && typeof accessToken === 'string')
    return { decision: 'accepted', said: 'an access token' } as const;
  return { decision: 'refused', said: typeof description === 'string' ? description : `HTTP ${status}` } as const;
}
