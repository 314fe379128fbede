import { parseEndpoint } from '@fedbridge/core';
import { IdToken } from '@fedbridge/identity';
import { describe, expect, it } from 'vitest';
import { denial } from './entra-denial.ts';
import { parseClientId, parseResource, parseTenantId } from './ids.ts';

const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const request = {
  authority: parseEndpoint('https://login.example.com', 'The authority'),
  clientId: parseClientId(guid),
  tenantId: parseTenantId(guid),
  resource: parseResource('https://graph.example.com'),
};

function refused(code: number, claims: object) {
  const answer = { error: 'invalid_client', error_description: `AADSTS${code}: No.` };
  return denial(401, answer, request, idTokenWith(claims)).detail;
}

function idTokenWith(claims: object): IdToken {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = {
    iss: 'https://issuer.example.com',
    aud: 'api://AzureADTokenExchange',
    sub: 'a',
    exp: 2_000_000_000,
    ...claims,
  };
  return IdToken.parse([part({ alg: 'RS256' }), part(all), 'c2ln'].join('.'));
}

describe('what is shown of a denied job', () => {
  it.each([70021, 700211, 700212, 700213, 7002138, 70025, 700214])(
    'AADSTS%i: a whole credential, and what to do with it',
    (code) => {
      const { hint, document = '' } = refused(code, { sub: 'repo:octo/app:ref:refs/heads/main' });
      expect(hint).toContain('This is a whole federated credential');
      expect(hint).toContain(`az ad app federated-credential create --id ${guid}`);
      expect(hint).toMatch(/"update" with --federated-credential-id.*:$/);
      expect(JSON.parse(document)).toEqual({
        name: expect.stringMatching(/^octo-app-ref-main-[\da-f]{8}$/),
        issuer: 'https://issuer.example.com',
        subject: 'repo:octo/app:ref:refs/heads/main',
        audiences: ['api://AzureADTokenExchange'],
      });
    },
  );

  it.each([
    [700212, 'login.microsoftonline.com', 'api://AzureADTokenExchange'],
    [700214, 'login.microsoftonline.com', 'api://AzureADTokenExchange'],
    [700214, 'login.partner.microsoftonline.cn', 'api://AzureADTokenExchangeChina'],
  ])('AADSTS%i of a token of Entra itself: the audience as a credential has it', (code, host, audience) => {
    const iss = `https://${host}/${guid}/v2.0`;
    const { hint, document = '' } = refused(code, { iss, sub: guid, aud: 'fb60f99c-7a34-4190-8149-302f77469936' });
    expect(hint).toMatch(new RegExp(`${audience}[,.]`));
    expect(JSON.parse(document)).toMatchObject({ audiences: [audience] });
  });

  it.each([
    [{ sub: 'p://contoso/web/release' }, 'Entra trusts no pipeline without a service connection'],
    [{ sub: 'a', aud: 'sts.amazonaws.com' }, "which is AWS's"],
    [{ sub: 'x'.repeat(601) }, 'Entra takes 600'],
    [{ sub: 'team-*' }, 'a flexible federated credential'],
  ])('%j: no credential that would never match, but why', (claims, why) => {
    expect(refused(700213, claims)).toMatchObject({ hint: expect.stringContaining(why), document: undefined });
  });

  it('what no credential could change is not blamed on the subject', () => {
    const { hint, document } = refused(90002, { sub: 'p://contoso/web/release' });
    expect(hint).toContain('{tenantId}');
    expect(hint).not.toContain('service connection');
    expect(document).toBeUndefined();
  });

  it.each([
    ['no code', { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' }],
    ['nothing at all', undefined],
  ])('%s: that something else than Entra answered, and what it needs', (_what, answer) => {
    const { hint = '' } = denial(401, answer, request, idTokenWith({})).detail;
    expect(hint).toContain('another server, or a proxy');
    expect(hint).toContain('login.example.com');
    expect(hint).toContain('{authorityHost}');
    expect(hint).toContain(`a client ${guid} that trusts the issuer, subject and audience above`);
    expect(hint).not.toContain('What Entra says');
  });

  it('a code that is not known: what Entra says itself', () => {
    expect(refused(99999, {})).toMatchObject({ hint: expect.stringContaining('What Entra says is above.') });
  });
});
