import { issuers } from '../cases/issuers.ts';
import { membersOf, post } from './post.ts';
import type { AskedTrust, Connection, Profile } from './profile.ts';
import { openSetUp } from './server-set-up.ts';

const realm = 'fedbridge-conformance';

/** The client authenticator that takes assertions of other issuers looks at the audience, which is the realm's own URL. */
const audienceOf = ({ server }: Pick<Connection, 'server'>) => `${server ?? 'http://localhost:8080'}/realms/${realm}`;

/** Keycloak, client credentials with a client assertion of another issuer: `federated-jwt`. */
export const keycloakProfile: Profile = {
  name: 'keycloak',
  title: 'Keycloak',
  isEmulated: false,
  audience: audienceOf,
  obstacle: ({ subject, claims, issuer }) => {
    if ('claimsToBe' in issuers[issuer])
      return 'The realm says where the keys of an issuer are: no discovery document is read.';
    return claims || !subject || 'like' in subject ? 'A client trusts one issuer and one subject, exactly.' : undefined;
  },
  looksAtSubjects: true,
  setUp: realmOf,
  open: openSetUp(
    'a Keycloak',
    'Print its realm with --print-setup, import it (kc.sh start --import-realm), and name it: --server.',
    present,
  ),
  documented: {},
  // Keys are asked for at most every ten seconds: spi-public-key-storage-infinispan-min-time-between-requests.
  settles: 15,
};

/** An identity provider for each issuer, and a client for each trust. */
function realmOf(trusts: readonly AskedTrust[]) {
  const issuers = new Map(trusts.map((trust) => [aliasOf(trust), trust]));
  return {
    realm,
    enabled: true,
    identityProviders: [...issuers].map(([alias, { issuer }]) => ({
      alias,
      providerId: 'oidc',
      enabled: true,
      hideOnLogin: true,
      config: {
        issuer,
        jwksUrl: `${issuer}/keys`,
        useJwksUrl: 'true',
        validateSignature: 'true',
        supportsClientAssertions: 'true',
        authorizationUrl: `${issuer}/unused`,
        tokenUrl: `${issuer}/unused`,
        clientId: 'unused',
        clientSecret: 'unused',
      },
    })),
    clients: trusts.map((trust) => ({
      clientId: trust.name,
      enabled: true,
      serviceAccountsEnabled: true,
      standardFlowEnabled: false,
      clientAuthenticatorType: 'federated-jwt',
      attributes: {
        'jwt.credential.issuer': aliasOf(trust),
        'jwt.credential.sub': trust.subject && 'equals' in trust.subject ? trust.subject.equals : '',
      },
    })),
  };
}

const aliasOf = ({ issuer }: AskedTrust) => new URL(issuer).pathname.split('/').filter(Boolean).join('-');

async function present(server: string, token: string, { name }: AskedTrust, { send }: Connection) {
  const form = {
    grant_type: 'client_credentials',
    client_id: name,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: token,
  };
  const { status, body } = await send(post(`${server}/realms/${realm}/protocol/openid-connect/token`, form));
  const { access_token: accessToken, error, error_description: description } = membersOf(body);
  if (status === 200 && typeof accessToken === 'string')
    return { decision: 'accepted', said: 'an access token' } as const;
  return { decision: 'refused', said: `HTTP ${status}: ${error ?? ''} ${description ?? ''}`.trim() } as const;
}
