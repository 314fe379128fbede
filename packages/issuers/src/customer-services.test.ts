import { describe, expect, it } from 'vitest';
import { customerFormsAt, customerServices } from './customer-services.ts';

const titleOf = (iss: string) => customerServices.find((one) => one.is(iss))?.title;

describe('a service whose customers each have a URL', () => {
  it.each([
    ['https://oidc.vercel.com/acme', 'Vercel (team)', 'owner:acme:project:{project}:environment:{job}'],
    ['https://oidc.fly.io/acme', 'Fly.io', 'acme:{project}:{machine}'],
    ['https://acme.app.spacelift.io', 'Spacelift', 'space:{project}:stack:{job}:run_type:{run}:scope:{scope}'],
    ['https://acme.app.us.spacelift.io', 'Spacelift', 'space:{project}:stack:{job}:run_type:{run}:scope:{scope}'],
    ['https://app.harness.io/ng/api/oidc/account/acme', 'Harness', '{…subject}'],
    ['https://app3.harness.io/ng/api/oidc/account/acme', 'Harness', '{…subject}'],
    ['https://acme.semaphoreci.com', 'Semaphore', 'org:acme:project:{project}:repo:{repo}:ref_type:{type}:ref:{…job}'],
  ])('%s is of %s', (iss, title, first) => {
    expect(titleOf(iss)).toBe(title);
    expect(customerServices.find((one) => one.is(iss))?.sharedByStrangers(iss)).toBe(false);
    expect(customerFormsAt(iss)?.subjects[0]).toBe(first);
  });

  it.each([
    'https://oidc.vercel.com',
    'https://oidc.vercel.com/acme/more',
    'https://oidc.vercel.com/a b',
    'https://app.spacelift.io',
    'https://acme.app.spacelift.io/path',
    'https://acme.app.spacelift.io.evil.example',
    'https://evilapp.spacelift.io',
    'https://app9.harness.io/ng/api/oidc/account/acme',
    'https://app.harness.io/acme',
    'https://semaphoreci.com',
    'https://evil.example/acme',
  ])('%s is of none', (iss) => {
    expect(titleOf(iss)).toBeUndefined();
    expect(customerFormsAt(iss)).toBeUndefined();
  });

  it('has subjects, of which each is one of its own', () => {
    for (const { title, exampleSubjects, parseSubject, formatSubject } of customerServices)
      for (const subject of exampleSubjects) {
        expect([title, subject]).toEqual([title, expect.not.stringContaining('{')]);
        expect(formatSubject(parseSubject(subject) ?? '')).toBe(subject);
      }
    expect(customerServices.every(({ parseSubject }) => parseSubject('') === undefined)).toBe(true);
  });
});
