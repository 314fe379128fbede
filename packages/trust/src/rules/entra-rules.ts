import { entraAudience } from '@fedbridge/issuers';
import { credentialLimits, nameForm } from '../credential-form.ts';
import { type Rule, wildcardFixes } from './rule.ts';

/** Rules of Entra's federated credentials. */
export const entraRules = {
  'entra/too-many': {
    severity: 'error',
    title: `More than ${credentialLimits.perIdentity} federated credentials`,
    fix: `Entra takes ${credentialLimits.perIdentity} on one identity. Use several identities.`,
  },
  'entra/duplicate': {
    severity: 'error',
    title: 'Two federated credentials with the same issuer and subject',
    fix: 'Remove one: issuer and subject together are unique on an application or a managed identity.',
  },
  'entra/pattern': {
    severity: 'error',
    title: 'A wildcard in a subject',
    fix: 'Entra compares a subject exactly, so that * is a letter: write a credential for each subject, or a flexible one, whose claimsMatchingExpression has an operator for patterns, matches.',
  },
  'entra/audiences': {
    severity: 'error',
    title: 'Not exactly one audience',
    fix: `Entra takes exactly one: keep ${entraAudience.uri}, or the same of your cloud.`,
  },
  'entra/wrong-audience': {
    severity: 'error',
    title: 'An audience that Entra rejects',
    fix: `Write ${entraAudience.uri}, or the same of your cloud, whatever the audience in the token is.`,
  },
  'entra/malformed': {
    severity: 'error',
    title: 'Entra rejects this federated credential',
    fix: `It has a name of ${nameForm}; an issuer and a subject of at most ${credentialLimits.letters} letters; and audiences.`,
  },
  'entra/wildcard-owner': {
    severity: 'error',
    title: 'No owner is named, or an expression spans owners',
    fix: wildcardFixes.exact,
  },
  'entra/wildcard-repository': {
    severity: 'error',
    title: 'An expression spans repositories or projects',
    fix: wildcardFixes.exact,
  },
  'entra/whole-repository': {
    severity: 'note',
    title: 'An expression spans every branch, tag and pull request of a repository that ids pin',
    fix: wildcardFixes.oneRef,
  },
  'entra/wildcard-ref': {
    severity: 'warning',
    title: 'An expression spans every branch, tag and pull request of a repository',
    fix: wildcardFixes.oneRef,
  },
  'entra/any-branch': { severity: 'note', title: 'An expression spans every branch', fix: wildcardFixes.anyBranch },
  'entra/open-name': {
    severity: 'warning',
    title: 'An expression has a wildcard right behind the letters of a name',
    fix: wildcardFixes.openName,
  },
} as const satisfies Readonly<Record<string, Rule>>;
