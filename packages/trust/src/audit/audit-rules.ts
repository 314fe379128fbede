import type { Rule } from '../rules/rule.ts';
import { rules } from '../rules.ts';

/** Rules of an audit, beside those of lint. */
const ownRules = {
  'audit/anybody': {
    severity: 'error',
    title: 'Anybody is allowed',
    fix: 'Name the owner and the repository, project or service account in the conditions: "fedbridge trust who" shows a token that is allowed.',
  },
  'audit/others': {
    severity: 'warning',
    title: 'Others than ours are allowed',
    fix: 'Remove them, or name them with --mine where they are ours.',
  },
  'audit/not-read': {
    severity: 'warning',
    title: 'Who is allowed is not known',
    fix: 'Fix the document, or audit what is deployed in the place of a template.',
  },
  'audit/incomplete': {
    severity: 'warning',
    title: 'One page of a list, of which the rest was not audited',
    fix: 'Export all of it: without --max-items and --no-paginate, or with what the next link gives.',
  },
  'audit/missing-provider': {
    severity: 'note',
    title: 'A trusted OIDC provider that the account does not have',
    fix: 'Nobody is allowed by it. Remove the statement, or create the provider: whoever may create it decides whose tokens are accepted.',
  },
  'audit/unknown-access': {
    severity: 'note',
    title: 'What the policies allow is not known, and is at most admin',
    fix: 'Export with "aws iam get-account-authorization-details" without --filter, which prints users, groups and attached policies too, and give the exports of all accounts together.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Every rule of an audit with its fix, those of lint first. */
export const auditRules = { ...rules, ...ownRules };

/** The id of a rule of an audit. */
export type AuditRuleId = keyof typeof auditRules;
