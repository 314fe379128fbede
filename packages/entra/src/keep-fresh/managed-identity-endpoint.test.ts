import type { Answer, Failure, KeepFresh } from '@fedbridge/identity';
import { expect, it } from 'vitest';
import { parseClientId, parseResource } from '../ids.ts';
import { managedIdentityEndpoint } from './managed-identity-endpoint.ts';

const clientId = parseClientId('8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02');
const vault = parseResource('https://vault.azure.net');
const lease = { value: 'the token', expiresAt: 1_795_000_000_700 };
const ask = { 'api-version': '2019-08-01', resource: vault };

/** The address of an identity, with a token for one resource. */
function endpointOf(id: typeof clientId | undefined) {
  const keepFresh = (() => async () => lease) as unknown as KeepFresh;
  const plan = { from: 'machine', clientId: id, leases: [{ resource: vault, ...lease }] } as const;
  const [route] = managedIdentityEndpoint.routes(plan, keepFresh);
  if (!route) throw new Error('there is none');
  return {
    ...route,
    get: (query: Record<string, string>): Promise<Answer> => route.answer(new URLSearchParams(query)),
  };
}

// Source: Microsoft Learn, "How to use managed identities for App Service", REST endpoint reference.
it('answers as App Service does', async () => {
  expect(await endpointOf(clientId).get(ask)).toEqual({
    status: 200,
    body: {
      access_token: 'the token',
      client_id: clientId,
      expires_on: '1795000000',
      resource: vault,
      token_type: 'Bearer',
    },
  });
});

it.each([{ client_id: clientId }, { client_id: clientId.toUpperCase() }, {}])(
  'has the one identity that is meant by %j',
  async (named) => {
    expect(await endpointOf(clientId).get({ ...ask, ...named })).toMatchObject({ status: 200 });
  },
);

it.each([
  [{ 'api-version': '2018-02-01' }, 'api-version must be 2019-08-01.'],
  [{ 'api-version': '' }, 'api-version must be 2019-08-01.'],
  [{ client_id: '00000000-0000-4000-8000-000000000000' }, `There is one identity here: the client id ${clientId}.`],
  [{ principal_id: clientId }, `There is one identity here: the client id ${clientId}.`],
  [{ object_id: clientId }, `There is one identity here: the client id ${clientId}.`],
  [{ mi_res_id: '/subscriptions/x' }, `There is one identity here: the client id ${clientId}.`],
])('has nothing for %j', async (changed, message) => {
  expect(await endpointOf(clientId).get({ ...ask, ...changed })).toEqual({
    status: 400,
    body: { statusCode: 400, message },
  });
});

it("says that the machine's own identity is the one, where its client id is not known", async () => {
  const message = "There is one identity here: the machine's own.";
  expect(await endpointOf(undefined).get({ ...ask, client_id: clientId })).toMatchObject({ body: { message } });
  expect(await endpointOf(undefined).get(ask)).toMatchObject({ status: 200 });
});

it('has tokens for 64 resources, and for those it goes on', async () => {
  const { get } = endpointOf(clientId);
  const of = (name: string) => get({ ...ask, resource: `https://${name}.example.com` });
  for (let one = 1; one < 64; one += 1) expect(await of(`r${one}`)).toMatchObject({ status: 200 });
  expect(await of('r64')).toMatchObject({ status: 400, body: { message: 'Too many resources.' } });
  expect(await of('r63')).toMatchObject({ status: 200 });
});

it('denies who does not show the secret in X-IDENTITY-HEADER', () => {
  const { secretIn, denied } = endpointOf(clientId);
  expect(secretIn({ 'x-identity-header': 'shown' })).toBe('shown');
  expect(denied({})).toEqual({
    status: 401,
    body: { statusCode: 401, message: 'X-IDENTITY-HEADER is not the right one.' },
  });
});

it.each([
  ['UNAVAILABLE', 503],
  ['INTERNAL', 503],
  ['HTTP_TIMEOUT', 503],
  ['EXCHANGE_REFUSED', 400],
  ['EXCHANGE_REJECTED', 400],
  ['ANSWER_MALFORMED', 400],
])('clients ask again where it passes: %s is answered by %i', (code, statusCode) => {
  const why: Failure = { code, message: 'No token.' };
  expect(endpointOf(clientId).failed(why)).toEqual({
    status: statusCode,
    body: { statusCode, message: `No token. [${code}]` },
  });
});
