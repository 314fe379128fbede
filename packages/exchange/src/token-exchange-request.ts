import type { TokenRequest } from './profile.ts';

/** OAuth 2.0 Token Exchange. Source: RFC 8693, 2.1 and 2.2; type URIs of 3. */
export const tokenExchangeRequest = {
  url: '{tokenUrl}',
  form: {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: '{idToken}',
    subject_token_type: '{subjectTokenType}',
    requested_token_type: '{requestedTokenType}',
    resource: '{resource}',
    audience: '{targetAudience}',
    scope: '{scope}',
    client_id: '{clientId}',
  },
  gives: { token: 'access_token', seconds: 'expires_in', type: 'token_type' },
} as const satisfies Omit<TokenRequest, 'to'>;
