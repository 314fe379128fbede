/**
 * Tests as well:
 * - packages/conformance/src/cases/algorithm-cases.ts
 * - packages/conformance/src/cases/audience-cases.ts
 * - packages/conformance/src/cases/case.ts
 * - packages/conformance/src/cases/form-cases.ts
 * - packages/conformance/src/cases/github-cases.ts
 * - packages/conformance/src/cases/header-cases.ts
 * - packages/conformance/src/cases/issuer-cases.ts
 * - packages/conformance/src/cases/platform-cases.ts
 * - packages/conformance/src/cases/sources.ts
 * - packages/conformance/src/cases/subject-cases.ts
 * - packages/conformance/src/cases/time-cases.ts
 */
import { describe, expect, it } from 'vitest';
import { profileNames } from '../profiles/names.ts';
import { profileOf } from '../profiles/profiles.ts';
import { cases } from './cases.ts';
import { issuers } from './issuers.ts';
import { ordinarySubject, type Trust, trusts, usualClaims } from './trusts.ts';

describe('the cases', () => {
  it('are at least 150, each with an id of its own', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  it('are data: they can be written as JSON', () => {
    expect(JSON.parse(JSON.stringify(cases))).toEqual(cases);
    expect(JSON.parse(JSON.stringify(trusts))).toEqual(trusts);
  });

  it('say no two times the same', () => {
    const what = cases.map(({ trust, token, rotatesTo, only }) => JSON.stringify([trust, token, rotatesTo, only]));
    expect(what.filter((one, at) => what.indexOf(one) !== at)).toEqual([]);
  });

  it.each(cases)('$id has a reason and a document', ({ id, group, why, source }) => {
    expect(id).toMatch(new RegExp(`^${group}/[a-z0-9-]+$`));
    expect(why).toMatch(/^\p{Lu}.{20,}\.$/u);
    expect(new URL(source)).toMatchObject({ protocol: 'https:', search: '' });
  });

  it('ask every trust, and each group accepts something where it refuses something', () => {
    expect(new Set(cases.map(({ trust }) => trust))).toEqual(new Set(Object.keys(trusts)));
    for (const group of new Set(cases.map((one) => one.group))) {
      const decisions = new Set(cases.filter((one) => one.group === group).map(({ expected }) => expected));
      // What a token is signed with, how it is written and who signed it: the ordinary one is accepted first.
      if (!['algorithms', 'form', 'issuers'].includes(group))
        expect({ group, size: decisions.size }).toEqual({ group, size: 2 });
    }
  });
});

describe('a trust', () => {
  it.each(Object.entries(trusts) as [string, Trust][])('%s allows its ordinary token', (_name, trust) => {
    const claims: Readonly<Record<string, unknown>> = { ...usualClaims[trust.platform], ...trust.token };
    expect(claims).toMatchObject(trust.claims ?? {});
    const { subject } = trust;
    if (subject === undefined) return;
    if ('equals' in subject) expect(ordinarySubject(trust)).toBe(subject.equals);
    else expect(ordinarySubject(trust).startsWith(subject.like.split('*')[0] ?? '')).toBe(true);
  });

  it('is of an issuer and a subject that no other is of: not every server takes two', () => {
    const all = (Object.values(trusts) as Trust[]).flatMap(({ issuer, subject }) =>
      subject && 'equals' in subject ? [`${issuer} ${subject.equals}`] : [],
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('has an issuer, of which Kubernetes takes 64', () => {
    expect(Object.keys(issuers).length).toBeLessThan(64);
  });
});

it.each(profileNames)('what is documented of %s is of cases', async (name) => {
  const { documented } = await profileOf(name);
  const expected = new Map(cases.map((one) => [one.id, one.expected]));
  for (const [id, { decision }] of Object.entries(documented))
    expect([id, expected.get(id)]).not.toEqual([id, decision]);
  expect(Object.keys(documented).filter((id) => !expected.has(id))).toEqual([]);
});
