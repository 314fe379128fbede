import { expect, it } from 'vitest';
import { formFaults, tooLong } from './credential-form.ts';

const usual = {
  name: 'main',
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'repo:octo/app:ref:refs/heads/main',
  audiences: ['api://AzureADTokenExchange'],
};
const faultsOf = (more: object) => formFaults({ ...usual, ...more }).map(({ member, why }) => `${member}: ${why}`);

it('a credential in the form that Entra takes has no faults, nor has one without a name', () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ name: usual.subject })).toEqual([]);
  expect(faultsOf({ issuer: 'http://127.0.0.1:8080' })).toEqual([]);
});

it.each([
  [{ name: 'a b' }, 'name: The name is "a b"'],
  [
    { issuer: 'http://issuer.example.com' },
    'issuer: The issuer is http://issuer.example.com, which is not an https://',
  ],
  [{ issuer: 'https:///' }, 'issuer: The issuer is https:///, which is not an https://'],
  [{ subject: '' }, 'subject: The subject is empty.'],
  [{ subject: 'x'.repeat(601) }, 'subject: The subject has 601 characters, and Entra takes 600.'],
  [{ issuer: `https://a.example/${'x'.repeat(600)}` }, 'issuer: The issuer has 618 characters, and Entra takes 600.'],
])('%j has a fault', (more, why) => expect(faultsOf(more)).toEqual([expect.stringContaining(why)]));

it('as many letters as Entra takes are not too many', () => {
  expect(tooLong('subject', 'x'.repeat(600))).toBeUndefined();
  expect(tooLong('subject')).toBeUndefined();
});
