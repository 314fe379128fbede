import { invalid } from '@fedbridge/core';
import type { InputDefinition } from '@fedbridge/step';

/** Parameters of a request, by the names that RFC 8693, 2.1 gives them. */
export const rfc8693Inputs = {
  targetAudience: {
    type: 'text',
    label: 'Target audience',
    decides: true,
    description: 'rfc8693: the name of the service that the token is to be for, which RFC 8693 calls audience.',
  },
  resource: {
    type: 'text',
    label: 'Resource',
    decides: true,
    parse: parseUri,
    description: 'rfc8693: the URI of the service that the token is to be for, for example https://api.example.com.',
  },
  requestedTokenType: {
    type: 'text',
    label: 'Requested token type',
    decides: true,
    parse: parseUri,
    description:
      'rfc8693: the kind of token, for example urn:ietf:params:oauth:token-type:access_token. By default what the service gives.',
  },
  subjectTokenType: {
    type: 'text',
    label: 'Subject token type',
    decides: true,
    parse: parseUri,
    description:
      'rfc8693: as what the ID token is sent, by default urn:ietf:params:oauth:token-type:id_token; some services want …:jwt.',
  },
  clientId: {
    type: 'text',
    label: 'Client id',
    decides: true,
    description: 'rfc8693: the id of a public client, for services that want one.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** An absolute URI without a fragment [RFC 8693, 2.1]. */
function parseUri(text: string): string {
  if (URL.canParse(text) && !text.includes('#') && !/\s/.test(text)) return text;
  throw invalid('expected a URI without a fragment.');
}
