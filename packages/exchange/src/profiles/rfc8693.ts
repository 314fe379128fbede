import type { Profile } from '../profile.ts';

/** OAuth 2.0 Token Exchange with whoever speaks it. Source: RFC 8693, 2.1 and 2.2; type URIs of 3. */
export const rfc8693: Profile = {
  name: 'rfc8693',
  title: 'OAuth 2.0 Token Exchange',
  takes: {
    tokenUrl: 'required',
    resource: 'optional',
    targetAudience: 'optional',
    scope: 'optional',
    requestedTokenType: 'optional',
    subjectTokenType: 'optional',
    clientId: 'optional',
  },
  usual: { subjectTokenType: 'urn:ietf:params:oauth:token-type:id_token' },
  audience: '{tokenUrl}',
  who: ['a client of {targetAudience}', 'a client of {tokenUrl}'],
  exchange: [
    {
      to: 'The token endpoint',
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
      denied: {
        hint: 'Have the service at {tokenUrl} trust this issuer, subject and audience, each exactly:',
        document: { issuer: '{issuer}', subject: '{subject}', audience: '{audience}' },
      },
    },
  ],
};
