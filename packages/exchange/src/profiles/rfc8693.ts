import type { Profile } from '../profile.ts';
import { tokenExchangeRequest } from '../token-exchange-request.ts';

/** OAuth 2.0 Token Exchange with whoever speaks it. */
export const rfc8693: Profile = {
  name: 'rfc8693',
  title: 'OAuth 2.0 Token Exchange',
  usual: { subjectTokenType: 'urn:ietf:params:oauth:token-type:id_token' },
  audience: '{tokenUrl}',
  who: ['a client of {targetAudience}', 'a client of {tokenUrl}'],
  exchange: [
    {
      ...tokenExchangeRequest,
      to: 'The token endpoint',
      denied: {
        hint: 'Have the service at {tokenUrl} trust this issuer, subject and audience, each exactly:',
        document: { issuer: '{issuer}', subject: '{subject}', audience: '{audience}' },
      },
    },
  ],
};
