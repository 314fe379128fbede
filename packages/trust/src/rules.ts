import { azureDevOpsIssuerEnds } from '@fedbridge/issuers';
import { awsRules } from './rules/aws-rules.ts';
import { entraRules } from './rules/entra-rules.ts';
import type { Rule } from './rules/rule.ts';

/** Every rule with its fix: of either cloud's documents, of both, and of what files are read for. */
export const rules = {
  ...awsRules,
  'never-matches': {
    severity: 'error',
    title: 'No token has this',
    fix: 'Copy it from a token: "fedbridge inspect --from-job" in the job that is to be allowed.',
  },
  'hardly-matches': {
    severity: 'warning',
    title: 'Hardly any token has this',
    fix: 'Copy it from a token: "fedbridge inspect --from-job" in the job that is to be allowed. Whoever has such a token all the same is allowed.',
  },
  'allows-nobody': {
    severity: 'error',
    title: 'It allows nobody',
    fix: 'Change or remove one of the conditions or denials that the finding names: nobody can meet all of them.',
  },
  'not-decided': {
    severity: 'warning',
    title: 'It would take too long to decide who is allowed',
    fix: 'Write it with fewer wildcards, or name the values in full: until it is decided, take it for open to anybody.',
  },
  'customized-subject': {
    severity: 'warning',
    title: 'No job has this subject unless the template was changed',
    fix: 'Copy it from a token: "fedbridge inspect --from-job" in the job that is to be allowed.',
  },
  'pull-request': {
    severity: 'warning',
    title: 'Pull requests are allowed',
    fix: 'Whoever can open one runs as this identity. Name a branch or an environment, or give pull requests a role of their own that can do little.',
  },
  'mutable-subject': {
    severity: 'note',
    title: 'The subject holds names alone',
    fix: 'Names can be given to others. Test repository_id or repository_owner_id too; or add the form with ids where the repository has that: "fedbridge trust migrate".',
  },
  'retired-issuer': {
    severity: 'warning',
    title: `The Azure DevOps issuer stops for service connections on ${azureDevOpsIssuerEnds}`,
    fix: 'Convert the connection to the Entra issuer and trust both meanwhile: "fedbridge trust migrate". Not in scope: multi-tenant applications and sovereign clouds.',
  },
  'issuer-trailing-slash': {
    severity: 'error',
    title: 'The issuer ends with a slash',
    fix: 'Write it as the token has it: this issuer has none.',
  },
  'wrong-issuer': {
    severity: 'error',
    title: 'No token has this issuer',
    fix: 'Write it as the token has it: issuers are compared exactly, slashes and case included.',
  },
  ...entraRules,
  'read/unresolved': {
    severity: 'note',
    title: 'A value that is known only when this is deployed',
    fix: 'It was not checked. Give a template its parameters with --parameter name=value, or check what is deployed.',
  },
  'read/not-checked': {
    severity: 'warning',
    title: 'A document that is known only when this is deployed',
    fix: 'It was not checked. Give a template its parameters with --parameter name=value, or check what is deployed.',
  },
  'read/not-looked-at': {
    severity: 'warning',
    title: 'A document in a form that is not read',
    fix: 'Nothing of it was checked. Write it as IAM or Microsoft Graph has it, or check what is deployed.',
  },
  'read/not-read': {
    severity: 'error',
    title: 'A file that cannot be read',
    fix: 'Nothing of it was checked. Correct it, or leave it out.',
  },
  'read/duplicate-member': {
    severity: 'error',
    title: 'A member that stands twice in one object',
    fix: 'IAM denies such a policy, and most tools keep the last member alone. Merge them: the conditions of one operator go into one object.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** The id of a rule, as findings have it. */
export type RuleId = keyof typeof rules;
