import type { Delivery, Profile } from '../profile.ts';

const headers = { 'x-vault-request': 'true', 'x-vault-namespace': '{namespace}', 'x-vault-token': '{token}' };
const gives = { token: 'auth.client_token', seconds: 'auth.lease_duration' };

const delivers: Delivery = {
  variables: { if: 'exportToken', set: { VAULT_ADDR: '{url}', VAULT_NAMESPACE: '{namespace}' } },
  secretVariables: { if: 'exportToken', set: { VAULT_TOKEN: '{token}' } },
};

/**
 * A login with a JWT, and secrets by path. OpenBao speaks the same.
 * Sources: Vault API, "JWT/OIDC auth method", "Token auth method" (`renew-self`, `revoke-self`), "KV secrets engine"; vault-action,
 * `src/auth.js`, `src/action.js`.
 */
export const vault: Profile = {
  name: 'vault',
  title: 'Vault or OpenBao',
  usual: { path: 'jwt' },
  who: ['the role {role} of {url}'],
  exchange: [
    {
      to: 'Vault',
      url: '{url}/v1/auth/{path}/login',
      headers,
      json: { role: '{role}', jwt: '{idToken}' },
      gives,
      denied: {
        hint: 'See that the method at {path} has this issuer, and the role {role} this subject and audience, with policies:',
        document: {
          config: { oidc_discovery_url: '{issuer}', bound_issuer: '{issuer}' },
          role: { role_type: 'jwt', user_claim: 'sub', bound_subject: '{subject}', bound_audiences: ['{audience}'] },
        },
      },
    },
  ],
  renew: { to: 'Vault', url: '{url}/v1/auth/token/renew-self', headers, json: {}, gives },
  revoke: {
    ...{ to: 'Vault', url: '{url}/v1/auth/token/revoke-self', headers },
    ended: { status: 403, says: ['"permission denied"', 'invalid token'] },
    cannot: 'batch tokens cannot be revoked',
    denied: { hint: 'Have the role {role} give the policy default:', document: { token_no_default_policy: false } },
  },
  secrets: {
    to: 'Vault',
    method: 'GET',
    url: '{url}/v1/{secretPath}',
    headers,
    denied: {
      hint: 'Give the role {role} a policy that allows this, and see that the path is right: of a KV engine of version 2 with data in it:',
      document: { path: '{secretPath}', capabilities: ['read'] },
    },
  },
  delivers,
};
