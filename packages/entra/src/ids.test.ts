import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudOf, clouds, parseKnownAuthority, sovereignCloudOf } from './cloud.ts';
import { parseClientId, parseResource, parseSubscriptionId, parseTenantId } from './ids.ts';

const invalid = expect.objectContaining({ code: 'INPUT_INVALID' });
const expecting = (what: string) =>
  expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(what) });

describe('identities', () => {
  it('a GUID is a client id and a tenant, whatever its case; a domain is a tenant', () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        expect(parseClientId(guid.toUpperCase())).toBe(guid.toUpperCase());
        expect(parseTenantId(guid)).toBe(guid);
      }),
    );
    expect(parseTenantId('contoso.onmicrosoft.com')).toBe('contoso.onmicrosoft.com');
  });

  it.each([
    '',
    'contoso',
    'a/b.com',
    '../x.com',
    'contoso.com/',
    'contoso..com',
    '-x.com',
    'x.com?y',
    'x .com',
    `${'a'.repeat(64)}.com`,
  ])('refuses the tenant %s', (text) =>
    expect(() => parseTenantId(text)).toThrow(expecting('expected a tenant by its GUID or by a domain')),
  );

  it.each(['a.b', 'A.b-c.D', '1.2', `${'a'.repeat(63)}.com`, `${'a.'.repeat(126)}b`])('%s is a domain', (text) => {
    expect(parseTenantId(text)).toBe(text);
  });

  it.each([`${'a.'.repeat(127)}b`, 'contoso-.com', 'contoso.-com', `x.${'a'.repeat(64)}`])('%s is none', (text) => {
    expect(() => parseTenantId(text)).toThrow(invalid);
  });

  it('says what was expected', () => {
    expect(() => parseClientId('contoso.com')).toThrow(
      expecting('the client id of an application or managed identity'),
    );
    expect(() => parseSubscriptionId('mine')).toThrow(expecting('the id of a subscription'));
  });

  it('no text makes its way out of the path of the token endpoint', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath(), fc.domain()), (text) => {
        try {
          expect(parseTenantId(text)).toMatch(/^[\da-zA-Z.-]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INPUT_INVALID' });
        }
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it.each(['https://graph.microsoft.com', 'api://my-api', '499b84ac-1321-427f-aa17-267ca6975798'])(
    '%s is a resource',
    (text) => {
      expect(parseResource(text)).toBe(text);
      expect(parseResource(`${text}/.default`)).toBe(text);
    },
  );

  it.each(['grpah', 'https://', 'api://a b', 'https://x y', '/.default'])('%s is no resource', (text) => {
    expect(() => parseResource(text)).toThrow(invalid);
  });

  it("reads a service connection's name of a cloud", () => {
    expect(cloudOf('AzureUSGovernment')).toBe('azureusgovernment');
    expect(cloudOf('AzureStack')).toBeUndefined();
    for (const cloud of Object.values(clouds)) {
      for (const resource of Object.values(cloud.resources)) expect(parseResource(resource)).toBe(resource);
    }
  });
});

describe('a cloud that is known by its Entra', () => {
  it.each([
    ['https://login.sovcloud-identity.fr', 'Bleu', 'api://AzureADTokenExchangeFrance'],
    ['https://login.sovcloud-identity.de/', 'Delos', 'api://AzureADTokenExchangeGermany'],
    ['https://login.sovcloud-identity.sg', 'GovSG', undefined],
  ])('%s is %s', (authority, title, audience) => {
    expect(sovereignCloudOf(new URL(authority))).toEqual({ title, audience });
  });

  it.each(['https://login.microsoftonline.com', 'https://login.sovcloud-identity.fr.example.com', 'https://toString'])(
    '%s is none',
    (authority) => expect(sovereignCloudOf(new URL(authority))).toBeUndefined(),
  );
});

it.each([
  ...Object.values(clouds).map(({ authority }) => authority),
  'https://login.microsoftonline.com/',
  'https://login.sovcloud-identity.fr',
  'https://login.windows.net',
  'http://127.0.0.1:1/x',
])('%s may come from the environment', (authority) => {
  expect(parseKnownAuthority(authority, 'fix').href).toContain(authority);
});

it.each([
  'https://login.example.com',
  'https://login.microsoftonline.com.example.com',
  'https://login.microsoftonline.com:444',
  'https://x.login.microsoftonline.com',
  'http://login.microsoftonline.com',
  'https://user@login.microsoftonline.com',
  'login.microsoftonline.com',
])('%s may not', (authority) => {
  expect(() => parseKnownAuthority(authority, 'fix')).toThrow(
    expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED' }),
  );
});
