import { describe, expect, it } from 'vitest';
import { checkProvider, principalOf } from './attribute-mapping.ts';
import type { WorkloadIdentityPoolProvider } from './google-cloud.ts';

const pool = 'projects/123456/locations/global/workloadIdentityPools/pool';
const of = (changed: Partial<WorkloadIdentityPoolProvider> = {}, mapping: Readonly<Record<string, string>> = {}) =>
  ({
    name: `${pool}/providers/github`,
    issuerUri: 'https://i',
    attributeMapping: { 'google.subject': 'assertion.sub', ...mapping },
    ...changed,
  }) as WorkloadIdentityPoolProvider;
const claims = { sub: 'repo:octo/app', repository: 'octo/app', groups: ['a', 'b'], ref: 'refs/heads/main' };

describe('a provider that IAM creates', () => {
  it.each([
    of(),
    of({}, { 'attribute.repository': 'assertion.repository', 'google.groups': 'assertion.groups' }),
    of({ attributeCondition: "assertion.repository == 'octo/app' && google.subject != ''" }),
  ])('%o', (provider) => expect(() => checkProvider(provider)).not.toThrow());

  it.each([
    [of({ name: 'projects/p/locations/global/workloadIdentityPools/pool/providers/x' }), 'name is none of a provider'],
    [of({ attributeMapping: {} }), 'google.subject is not mapped'],
    [of({}, { 'google.email': 'assertion.email' }), 'is no attribute'],
    [of({}, { 'attribute.Repository': 'assertion.repository' }), 'is no attribute'],
    [of({}, { 'attribute.x': `'${'x'.repeat(2047)}'` }), 'is too long'],
    [of({}, { 'attribute.x': 'google.subject' }), 'is not of the assertion alone'],
    [of({}, { 'attribute.x': 'assertion.' }), 'INVALID_ARGUMENT'],
    [of({ attributeCondition: `'${'x'.repeat(4096)}' == ''` }), 'condition is too long'],
    [
      of({}, Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`attribute.a${at}`, 'assertion.sub']))),
      'too many',
    ],
  ])('and not %o: %s', (provider, message) => expect(() => checkProvider(provider)).toThrow(message));
});

describe('who the bearer of a token is', () => {
  it('is what the claims are mapped to', () => {
    const mapping = {
      'attribute.owner': "assertion.repository.extract('{owner}/')",
      'google.groups': 'assertion.groups',
    };
    expect(principalOf(of({}, mapping), claims)).toEqual({
      ...{ pool, subject: 'repo:octo/app', groups: ['a', 'b'], attributes: { owner: 'octo' } },
    });
  });

  it.each([
    ['a claim that is not there', 'assertion.none', {}],
    ['an empty subject', "''", {}],
    ['a subject that is no text', 'assertion.groups', {}],
    ['a subject of more than 127 bytes', 'assertion.sub', { sub: 'ü'.repeat(64) }],
  ])('is nobody with %s', (_what, expression, more) => {
    expect(() => principalOf(of({}, { 'google.subject': expression }), { ...claims, ...more })).toThrow(
      expect.objectContaining({ error: 'invalid_request' }),
    );
  });

  it.each([
    ["assertion.ref == 'refs/heads/main'", true],
    ["assertion.ref == 'refs/heads/other'", false],
    ["google.subject.startsWith('repo:octo/')", true],
    ["attribute.repository == 'octo/app'", true],
    // What cannot be evaluated rejects.
    ["assertion.none == 'x'", false],
    ["'google.subject' == google.subject", false],
  ])('is somebody where the condition is true: %s, %s', (attributeCondition, passes) => {
    const provider = of({ attributeCondition }, { 'attribute.repository': 'assertion.repository' });
    const who = () => principalOf(provider, claims);
    if (passes) expect(who().subject).toBe('repo:octo/app');
    else expect(who).toThrow(expect.objectContaining({ error: 'unauthorized_client' }));
  });

  it('has of a text what stands where a template says, or nothing', () => {
    const extract = (template: string) =>
      principalOf(of({}, { 'attribute.x': `assertion.sub.extract('${template}')` }), claims).attributes.x;
    expect(['repo:{x}', 'repo:{x}/', '{x}:', '/{x}', 'none{x}', 'repo:{x}none', 'repo'].map(extract)).toEqual([
      ...['octo/app', 'octo', 'repo', 'app', '', '', 'repo:octo/app'],
    ]);
  });
});
