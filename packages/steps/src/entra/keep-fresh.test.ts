import { HttpClient, parseEndpoint } from '@fedbridge/core';
import { AccessToken, clouds, parseClientId, parseResource, parseTenantId } from '@fedbridge/entra';
import { Identity } from '@fedbridge/identity';
import { afterAll, describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { quietOutbound } from '../../../../test/harness/outbound.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { standInBroker } from '../../../../test/harness/stand-in-broker.ts';
import { admittedToken } from '../../../../test/harness/tokens.ts';
import type { EntraIdentity } from './entra-identity.ts';
import { entraInputs } from './inputs.ts';
import { keepEntraFresh } from './keep-fresh.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const clientId = parseClientId('8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02');
const tenantId = parseTenantId('contoso.onmicrosoft.com');
const authority = parseEndpoint('https://login.example.com', 'x');
const base = { cloud: clouds.azurecloud, clientId, tenantId, subscriptionId: undefined, isOwnCloud: false };
const byToken: EntraIdentity = { ...base, from: { authority, fromVariable: false, clientId, tenantId } };
const machine = { id: { by: 'system' }, endpoint: { form: 'imds', url: 'http://x' } } as const;
const exp = Math.floor(Date.now() / 1000) + 300;
const idToken = admittedToken({ iss: 'https://i', sub: 's', aud: 'a', iat: exp - 300, exp });
const token = new AccessToken('the access token', {
  ...{ resource: parseResource('https://graph.microsoft.com'), expiresAt: exp * 1000, presented: undefined },
});

async function keep(identity: EntraIdentity, audience: string | undefined, withToken: boolean) {
  const broker = standInBroker();
  const host = hostWith();
  const outbound = quietOutbound(
    { http, deadline: Date.now() + 300_000, maxAttempts: 1, mask: (secret) => host.mask(secret) },
    host.system,
  );
  const context = {
    ...{ host, outbound, brokerScript: broker.script },
    identity: new Identity({ source: { kind: 'aws' }, requiredClaims: [] }, outbound, []),
  };
  const inputs = readInputs(entraInputs, host);
  const kept = await keepEntraFresh(context, inputs, identity, audience, withToken ? idToken : undefined, [token]);
  return { kept, broker, plan: broker.plan(), masked: [...host.masked] };
}
const lease = { resource: 'https://graph.microsoft.com', value: 'the access token', expiresAt: exp * 1000 };

describe('tokens that are kept fresh', () => {
  it('are those of the ID token: of the Entra that was asked, with what was acquired already', async () => {
    const { plan, kept, broker, masked } = await keep(byToken, 'cloud', true);
    expect(plan.endpoints?.entra).toEqual({
      plan: {
        from: { authority: authority.href, fromVariable: false, clientId, tenantId, audience: 'cloud' },
        clientId,
        leases: [lease],
      },
    });
    expect(plan).toMatchObject({
      tokenFile: { audience: 'cloud', lease: { value: idToken.reveal(), expiresAt: exp * 1000 } },
      idTokens: true,
    });
    const { entra, idTokens } = plan.secrets;
    expect(masked).toEqual(expect.arrayContaining([entra, idTokens]));
    expect(entra).not.toBe(idTokens);
    const url = `${broker.origin}/id-token?api-version=2.0`;
    expect(kept).toEqual({
      tokenFile: `${plan.folder}/id-token`,
      variables: { IDENTITY_ENDPOINT: `${broker.origin}/msi/token`, IDENTITY_HEADER: entra },
      // Its providers would ask for the public cloud's audience.
      terraform: { ARM_OIDC_REQUEST_URL: `${url}&audience=cloud`, ARM_OIDC_REQUEST_TOKEN: idTokens },
      gitHubIdToken: { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: idTokens },
    });
  });

  it('are for whom the platform gives them, where nobody chose', async () => {
    const { kept, broker } = await keep(byToken, undefined, true);
    expect(kept.terraform.ARM_OIDC_REQUEST_URL).toBe(`${broker.origin}/id-token?api-version=2.0`);
  });

  it("are a machine's own, and then no ID token is given to anybody", async () => {
    const { plan, kept } = await keep({ ...base, from: { machine } }, undefined, false);
    expect(plan.endpoints?.entra).toEqual({ plan: { from: 'machine', clientId, leases: [lease] } });
    expect(plan).toMatchObject({ idTokens: false });
    expect(plan.tokenFile).toBeUndefined();
    expect(kept).toMatchObject({ tokenFile: undefined, terraform: {} });
  });
});
