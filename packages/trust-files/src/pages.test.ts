import { expect, it } from 'vitest';
import { documentsIn } from './documents.ts';

const credential = { name: 'a', issuer: 'https://gitlab.com', subject: 's', audiences: ['api://AzureADTokenExchange'] };
const application = (more: object = {}) => ({ displayName: 'a', federatedIdentityCredentials: [credential], ...more });
const next = 'https://graph.microsoft.com/v1.0/x';
const cut = application({ 'federatedIdentityCredentials@odata.nextLink': next });

it.each<[boolean, string, unknown]>([
  [false, 'all applications', { value: [application(), application()] }],
  [true, 'a page of applications', { value: [application()], '@odata.nextLink': next }],
  [true, 'an application whose credentials are cut', { value: [application(), cut, application()] }],
  [true, 'the same in a list', [cut, application()]],
  [true, 'the same alone', cut],
  [
    false,
    'pages in a list, of which the last is the last',
    [{ value: [application()], '@odata.nextLink': next }, { value: [application()] }],
  ],
  [
    true,
    'pages in a list, of which the last is not',
    [{ value: [application()] }, { value: [application()], '@odata.nextLink': next }],
  ],
  [false, 'a link to nothing', application({ 'federatedIdentityCredentials@odata.nextLink': '' })],
])('%s: %s', async (isPage, _, value) => {
  const { pages, documents } = await documentsIn([{ name: 'x.json', text: JSON.stringify(value), isOfFolder: false }]);
  expect(documents.length).toBeGreaterThan(0);
  expect(pages).toEqual(isPage ? ['x.json'] : []);
});
