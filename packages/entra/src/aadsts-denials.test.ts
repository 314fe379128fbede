import { parseEndpoint } from '@fedbridge/core';
import { IdToken } from '@fedbridge/identity';
import { describe, expect, it } from 'vitest';
import { explanations, foreign, unknown } from './aadsts-denials.ts';
import { parseClientId, parseResource, parseTenantId } from './ids.ts';

const clientId = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const tenantId = '1a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const resource = 'https://graph.example.com';
const authority = 'login.example.com';
const issuer = 'https://issuer.example.com';
const audience = 'api://AzureADTokenExchange';
const request = {
  authority: parseEndpoint(`https://${authority}`, 'The authority'),
  clientId: parseClientId(clientId),
  tenantId: parseTenantId(tenantId),
  resource: parseResource(resource),
};

function idToken(claims: object = {}): IdToken {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = { iss: issuer, aud: audience, sub: 'repo:octo/app:ref:refs/heads/main', exp: 2_000_000_000, ...claims };
  return IdToken.parse([part({ alg: 'RS256' }), part(all), 'c2ln'].join('.'));
}

describe('each code says what is wrong and what to do', () => {
  it.each(Object.entries({ ...explanations, 'a code that is not known': unknown, 'no code': foreign }))(
    '%s',
    (_, { what, hint }) => {
      expect(what).toMatch(/^[a-zC]['\w ,-]+[a-z]$/);
      expect(hint(request, idToken())).toMatch(/^[A-Z{`h].{20,}[.:]$/s);
    },
  );
});

describe('a hint has the values that are to be looked at', () => {
  it.each([
    [70021, [clientId]],
    [700211, ['{clientId}', clientId, issuer]],
    [700212, ['{audience}', audience]],
    [700213, [clientId]],
    [7002138, [clientId]],
    [70025, ['{clientId}', clientId]],
    [700214, [clientId]],
    [7000272, [issuer]],
    [50013, [issuer]],
    [50027, [issuer]],
    [700027, [issuer]],
    [700222, ['{tenantId}', tenantId]],
    [700223, [issuer]],
    [700016, ['{clientId}', '{tenantId}', clientId, tenantId]],
    [7000229, ['{tenantId}', tenantId, clientId]],
    [7000112, [clientId]],
    [90002, ['{tenantId}', '{environment}', tenantId, authority]],
    [70003, ['{environment}', authority]],
    [900382, ['{environment}', clientId, authority]],
    [500011, ['{resource}', resource, tenantId]],
    [501051, [resource, clientId]],
    [65001, [resource, clientId]],
    [53003, [clientId]],
    [501661, [`${issuer}/.well-known/openid-configuration`]],
  ])('%i', (code, values) => {
    const hint = explanations[code]?.hint(request, idToken());
    for (const value of values) expect(hint).toContain(value);
  });

  it('of a token with several audiences, each', () => {
    expect(explanations[700212]?.hint(request, idToken({ aud: ['one', 'two'] }))).toContain('one, two');
  });

  it('of a tenant that asks for an enterprise, the one of the token, or that it has none', () => {
    const hint = explanations[7002381]?.hint;
    expect(hint?.(request, idToken({ enterprise: 'octo-corp' }))).toContain('; here it is octo-corp. ');
    expect(hint?.(request, idToken())).toContain('; this token has none. ');
  });
});
