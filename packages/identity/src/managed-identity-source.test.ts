import { HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { answering } from '../../../test/harness/answering.ts';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { unsignedToken } from '../../../test/harness/tokens.ts';
import { ManagedIdentityIdTokenSource } from './managed-identity-source.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const tenant = '2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01';
const app = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
const exchange = 'api://AzureADTokenExchange';
const exp = Math.floor(Date.now() / 1000) + 3600;

/** A machine that gives a token with these claims, whatever it is asked for. */
async function ask(audience: string | undefined, claims: object = {}) {
  const good = { iss: `https://sts.windows.net/${tenant}/`, sub: app, aud: audience, exp };
  await using endpoint = await answering({
    body: { access_token: unsignedToken({ ...good, ...claims }), expires_on: String(exp) },
  });
  const outbound = quietOutbound({ http, deadline: Date.now() + 300_000, maxAttempts: 1 }, realSystem({}));
  const identity = { id: { by: 'system' }, endpoint: { form: 'app-service', url: endpoint.url, header: 'x' } } as const;
  const answer = await new ManagedIdentityIdTokenSource(outbound, { identity, known: true }).getIdToken(audience).then(
    ({ audiences }) => audiences,
    ({ code, message, detail }) => ({ code, message, hint: detail.hint }),
  );
  return { answer, asked: endpoint.asked };
}

describe('whom a managed identity can be asked a token for', () => {
  it.each(['api://my-app', 'https://my-app.example.com', `api://${app}`, app, exchange, 'API+x.y-1://z'])(
    'an application, by its URI or its client id: %s',
    async (audience) => {
      const { answer, asked } = await ask(audience);
      expect(answer).toEqual([audience]);
      expect(new URL(asked[0]?.url ?? '', 'http://x').searchParams.get('resource')).toBe(audience);
    },
  );

  it.each([undefined, '', 'sts.amazonaws.com', 'my-app', 'api://', 'api:// x', '://x', '1a://x', `x${app}`])(
    'no other, and nothing is asked: %j',
    async (audience) => {
      const { answer, asked } = await ask(audience);
      expect(answer).toMatchObject({ code: 'INPUT_INVALID', hint: expect.stringContaining('api://my-app') });
      expect(answer).toMatchObject({ message: expect.stringContaining(audience ?? 'without an audience') });
      expect(asked).toEqual([]);
    },
  );
});

describe('the token that comes', () => {
  const named = (aud: string, audience: string) => ask(audience, { aud }).then(({ answer }) => answer);

  it('may have the client id for the URI that says it, and the other way round', async () => {
    expect(await named(app, `api://${app}`)).toEqual([app]);
    expect(await named(`api://${app}`, app)).toEqual([`api://${app}`]);
    expect(await named('fb60f99c-7a34-4190-8149-302f77469936', exchange)).toHaveLength(1);
  });

  it.each([
    ['api://other', 'api://my-app'],
    [app, 'api://my-app'],
    [app, `api://${app}/scope`],
    [`api://${app}`, exchange],
    ['https://management.azure.com', app],
  ])('of another application goes nowhere: %s for %s', async (aud, audience) => {
    expect(await named(aud, audience)).toMatchObject({ code: 'ID_TOKEN_AUDIENCE' });
  });

  it.each([`https://login.microsoftonline.com/${tenant}/v2.0`, `https://sts.windows.net/${tenant}/`])(
    'is of Entra: %s',
    async (iss) => expect((await ask(app, { iss })).answer).toEqual([app]),
  );

  it.each([
    'https://sts.windows.net.example.com/x/',
    `https://example.com/${tenant}/v2.0`,
    `http://sts.windows.net/${tenant}/`,
  ])('is not of another issuer: %s', async (iss) =>
    expect((await ask(app, { iss })).answer).toMatchObject({ code: 'ID_TOKEN_ISSUER' }),
  );

  it('has not expired', async () => {
    expect((await ask(app, { exp: 1 })).answer).toMatchObject({ code: 'ID_TOKEN_EXPIRED' });
  });
});
