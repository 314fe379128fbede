import { inspect } from 'node:util';
import { HttpClient, parseEndpoint } from '@fedbridge/core';
import {
  exchangeForAccessToken,
  machineAccessToken,
  parseClientId,
  parseResource,
  parseTenantId,
} from '@fedbridge/entra';
import { Identity, type ManagedIdentity } from '@fedbridge/identity';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { ids } from '../harness/setup.ts';
import { admittedToken } from '../harness/tokens.ts';

const http = new HttpClient({});
afterAll(() => http.close());
/** Not a whole second. */
const now = 1_795_000_000_700;
const masked: string[] = [];
const outbound = quietOutbound(
  { http, deadline: now + 10_000, maxAttempts: 9, mask: (secret) => masked.push(secret) },
  { now: () => now, random: () => 0, sleep: async () => {} },
);
const claims = {
  iss: 'https://issuer.example.com',
  sub: 'the job',
  aud: 'api://AzureADTokenExchange',
  exp: now / 1000 + 300,
};
const idToken = admittedToken(claims);
const identityOf = (identity: ManagedIdentity) =>
  new Identity({ source: { kind: 'managed-identity', identity, known: true }, requiredClaims: [] }, outbound, []);

async function exchange(answer: Answer, path = '', more: { readonly fromVariable?: boolean } = {}) {
  await using server = await answering(answer);
  const request = {
    authority: parseEndpoint(`${server.url}${path}`, 'The authority host'),
    tenantId: parseTenantId(ids.tenant),
    clientId: parseClientId(ids.app),
    resource: parseResource('https://vault.azure.net/.default'),
    ...more,
  };
  const outcome = await outcomeOf(exchangeForAccessToken(request, async () => idToken, outbound));
  return { ...outcome, asked: server.asked };
}
const token = { access_token: 'secret-of-entra', expires_in: 3599, token_type: 'Bearer' };

describe('an exchange with Entra', () => {
  it('connects while the ID token is on its way, and goes by that connection', async () => {
    await using server = await answering({ body: token });
    const onItsWay = async () => {
      await expect.poll(() => server.connections).toBe(1);
      return idToken;
    };
    const request = {
      authority: parseEndpoint(server.url, 'The authority host'),
      tenantId: parseTenantId(ids.tenant),
      clientId: parseClientId(ids.app),
      resource: parseResource('https://vault.azure.net/.default'),
    };
    await exchangeForAccessToken(request, onItsWay, outbound);
    expect(server).toMatchObject({ connections: 1, asked: [{ method: 'POST' }] });
  });

  // Source: Microsoft Learn, "Client credentials flow", third case.
  it.each(['', '/', '/adfs', '/adfs/'])(
    'sends the documented form, below the path %j of the authority',
    async (path) => {
      const { asked } = await exchange({ body: token }, path);
      const base = path.replace(/\/$/, '');
      expect(asked).toEqual([
        {
          method: 'POST',
          url: `${base}/${ids.tenant}/oauth2/v2.0/token`,
          headers: expect.objectContaining({
            accept: 'application/json',
            'content-type': 'application/x-www-form-urlencoded',
          }),
          body:
            `grant_type=client_credentials&client_id=${ids.app}&scope=https%3A%2F%2Fvault.azure.net%2F.default` +
            '&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer' +
            `&client_assertion=${idToken.reveal()}`,
        },
      ]);
    },
  );

  it.each(['Bearer', 'bearer'])(
    'gives the token of type %s, which ends to the second and is masked',
    async (token_type) => {
      const { got } = await exchange({ body: { ...token, token_type } });
      expect(got?.reveal()).toBe('secret-of-entra');
      expect(got).toMatchObject({
        resource: 'https://vault.azure.net',
        expiresAt: 1_795_000_000_000 + 3_599_000,
        presented: { issuer: 'https://issuer.example.com', subject: 'the job' },
      });
      expect(masked).toContain('secret-of-entra');
      for (const shown of [String(got), JSON.stringify(got), inspect(got), `${got}`]) {
        expect(shown).toContain('AccessToken(https://vault.azure.net)');
        expect(shown).not.toContain('secret');
      }
    },
  );

  it('takes no token that takes long to be hidden', async () => {
    const of = (length: number) => exchange({ body: { ...token, access_token: 'x'.repeat(length) } });
    expect((await of(65_536)).error).toBeUndefined();
    expect((await of(65_537)).error).toMatchObject({ code: 'ANSWER_MALFORMED' });
  });

  it.each([
    { ...token, access_token: undefined },
    { ...token, access_token: 7 },
    { ...token, expires_in: undefined },
    ...['0x10', true, [3599], 1e300, 1.5, ' 3599', '1e3', null, {}, 604_801].map((expires_in) => ({
      ...token,
      expires_in,
    })),
    ...['two words', 'line\nbreak', '"quoted"', 'a=b', '##vso[x]'].map((access_token) => ({ ...token, access_token })),
    { ...token, expires_in: 0 },
    { ...token, expires_in: -1 },
    { ...token, expires_in: 'soon' },
    { ...token, token_type: undefined },
    { ...token, token_type: 'mac' },
    {},
    null,
  ])('takes no token from %j', async (body) => {
    const { error } = await exchange({ body });
    expect(error).toMatchObject({
      code: 'ANSWER_MALFORMED',
      message: 'Entra answered without an access token.',
      detail: { answer: 'HTTP 200' },
    });
  });

  it.each([
    [{ error_description: 'AADSTS700213: x', error_codes: [70021] }, 'AADSTS700213, HTTP 401: x', 'EXCHANGE_REFUSED'],
    [
      { error_description: 'x AADSTS700213: x', error_codes: [700016] },
      'AADSTS700016, HTTP 401: x AADSTS700213: x',
      'EXCHANGE_REJECTED',
    ],
    [
      { error_description: `AADSTS1: Not ${idToken.reveal()}. y`, error: 'bad' },
      'bad, HTTP 401: Not ***. y',
      'EXCHANGE_REJECTED',
    ],
    [
      { error_description: 'AADSTS1: x', error_codes: ['700016'], error: 'bad' },
      'bad, HTTP 401: x',
      'EXCHANGE_REJECTED',
    ],
    [{ error_codes: 700016, error: 'bad' }, 'bad, HTTP 401', 'EXCHANGE_REJECTED'],
    [{ error_codes: [] }, 'HTTP 401', 'EXCHANGE_REJECTED'],
    [{}, 'HTTP 401', 'EXCHANGE_REJECTED'],
    [null, 'HTTP 401', 'EXCHANGE_REJECTED'],
    [
      { error_codes: [50166], trace_id: 'a-1', correlation_id: 'b-2' },
      'AADSTS50166, HTTP 401, trace_id a-1, correlation_id b-2',
      'UNAVAILABLE',
    ],
    [{ error_codes: [90002], trace_id: '', correlation_id: 'no id' }, 'AADSTS90002, HTTP 401', 'EXCHANGE_REJECTED'],
    [{ error_codes: [90002], trace_id: 'a'.repeat(65) }, 'AADSTS90002, HTTP 401', 'EXCHANGE_REJECTED'],
    [{ error_codes: [90002], trace_id: '(a' }, 'AADSTS90002, HTTP 401', 'EXCHANGE_REJECTED'],
  ])('%j is told as %s', async (body, answer, code) => {
    const { error, asked } = await exchange({ status: 401, body });
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/^Entra (denied|could not give) a token for https:\/\/vault\.azure\.net: /),
      detail: { answer, presented: { subject: 'the job' } },
    });
    const isRefused = code === 'EXCHANGE_REFUSED';
    expect(error?.detail.document === undefined).toBe(!isRefused);
    if (isRefused)
      expect(JSON.parse(error?.detail.document ?? '')).toMatchObject({
        name: expect.stringMatching(/^the-job-/),
        subject: 'the job',
      });
    // A denial is presented three times, what is wrong for good once.
    expect(asked).toHaveLength({ UNAVAILABLE: 9, EXCHANGE_REFUSED: 3 }[code] ?? 1);
  });

  it('sends a token of the internet to no process of this machine that a variable names', async () => {
    const { error, asked } = await exchange({ body: token }, '', { fromVariable: true });
    expect(error).toMatchObject({
      code: 'ENDPOINT_NOT_ALLOWED',
      message: expect.stringMatching(/^AZURE_AUTHORITY_HOST names 127\.0\.0\.1:\d+, on this machine\.$/),
      detail: { presented: { subject: 'the job' }, hint: expect.stringContaining('See what sets that variable.') },
    });
    expect(asked).toEqual([]);
  });

  it('tells what Entra says of itself while it fails', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = { error: 'temporarily_unavailable', error_description: 'AADSTS90033: Come back later.' };
    const { error } = await exchange({ status: 503, headers, body });
    expect(error).toMatchObject({ code: 'UNAVAILABLE', detail: { answer: 'AADSTS90033, HTTP 503: Come back later.' } });
  });

  it.each([
    [{ status: 503, body: {} }, 'UNAVAILABLE', 'Entra, asked for a token for https://vault.azure.net, is failing'],
    [{ status: 200, body: 'no JSON' }, 'ANSWER_MALFORMED', 'Entra'],
  ])('tells of whom %j came', async (answer, code, who) => {
    const { error } = await exchange(answer);
    expect(error).toMatchObject({ code, message: expect.stringContaining(who) });
  });
});

describe("a machine's own access token", () => {
  it.each([
    [{ client_id: ids.machine }, ids.machine],
    [{}, undefined],
  ])('with %j', async (more, clientId) => {
    const body = {
      access_token: 'secret-of-machine',
      expires_on: String(Math.floor(now / 1000) + 60),
      token_type: 'Bearer',
      ...more,
    };
    await using server = await answering({ body });
    const machine = { id: { by: 'system' }, endpoint: { form: 'imds', url: server.url } } as const;
    const resource = parseResource('https://vault.azure.net');
    const got = await machineAccessToken(identityOf(machine), resource);
    expect(got.clientId).toBe(clientId);
    expect(got.token).toMatchObject({ resource, presented: undefined, expiresAt: now - 700 + 60_000 });
    expect(got.token.reveal()).toBe('secret-of-machine');
  });
});

describe('what a resource may be', () => {
  it.each([
    ['https://vault.azure.net/.default', 'https://vault.azure.net'],
    ['https://vault.azure.net/.default/x', 'https://vault.azure.net/.default/x'],
    ['api2+x://app', 'api2+x://app'],
    [ids.app, ids.app],
  ])('%s is %s', (given, resource) => expect(parseResource(given)).toBe(resource));
  it.each([
    'vault',
    'https://',
    'https:///x',
    '1https://a',
    ' https://a',
    'https://a b',
    'see https://a',
    'https://[a',
  ])('%j is none', (given) => expect(() => parseResource(given)).toThrow('expected arm, graph, key-vault'));
});
