import { awsAudience, azureDevOpsIssuerEnds, tokenExchange } from '@fedbridge/issuers';

/** Something in a trust document that is wrong, wider than it need be, or will stop working. */
export interface Finding {
  /** Stable, `aws/no-sub` for example. */
  readonly rule: RuleId;
  readonly severity: Severity;
  /** What was found, a sentence. */
  readonly message: string;
  /** Where: `Statement[0]`, or a credential's name. */
  readonly where: string;
}

export type Severity = 'error' | 'warning' | 'note';

interface Rule {
  readonly severity: Severity;
  /** What is wrong, without the particulars. */
  readonly title: string;
  readonly mend: string;
}

const exact =
  'Name the whole of it: owner, repository and a branch, tag or environment; or organisation, project and connection.';

/** Every rule with its mend. */
export const rules = {
  'aws/malformed': {
    severity: 'error',
    title: 'IAM does not take this document',
    mend: 'Write it anew with "fedbridge trust aws".',
  },
  'aws/no-aud': {
    severity: 'warning',
    title: 'No condition on the audience',
    mend: 'Add StringEquals on <issuer>:aud, so that tokens made for others do not fit.',
  },
  'aws/no-sub': {
    severity: 'error',
    title: 'No condition on the subject',
    mend: 'Add StringEquals on <issuer>:sub: without it every job of every user of this issuer gets in.',
  },
  'aws/entra-issuer-no-sub': {
    severity: 'error',
    title: 'An Entra issuer without a condition on the subject',
    mend: 'Add StringEquals on <issuer>:sub: the issuer is shared by every workload identity of the tenant.',
  },
  'aws/wildcard-owner': { severity: 'error', title: 'A wildcard spans owners or organisations', mend: exact },
  'aws/wildcard-repository': { severity: 'error', title: 'A wildcard spans repositories or projects', mend: exact },
  'aws/wildcard-ref': {
    severity: 'warning',
    title: 'Every branch, tag and pull request of a repository',
    mend: 'Name a branch, a tag or an environment.',
  },
  'aws/wildcard-connection': {
    severity: 'warning',
    title: 'Every service connection or pipeline of a project',
    mend: 'Name one service connection or pipeline.',
  },
  'aws/wildcard-service-account': {
    severity: 'warning',
    title: 'Every service account of a namespace, or of a cluster',
    mend: 'Name the namespace and one service account.',
  },
  'aws/literal-wildcard': {
    severity: 'error',
    title: 'A wildcard where it is a letter like any other',
    mend: 'Nobody gets in: StringEquals knows no wildcards. Name the subject in full, or use StringLike.',
  },
  'aws/string-like': {
    severity: 'note',
    title: 'StringLike where StringEquals would do',
    mend: 'Use StringEquals: a value without wildcards is meant to the letter.',
  },
  'aws/for-all-values': {
    severity: 'error',
    title: 'ForAllValues without a check that the key is there',
    mend: 'Leave ForAllValues out: it holds for a key that is missing.',
  },
  'aws/if-exists': { severity: 'warning', title: 'A condition that a missing key passes', mend: 'Leave IfExists out.' },
  'aws/negated-sub': {
    severity: 'error',
    title: 'The subject is tested only for what it is not',
    mend: 'Say with StringEquals which subject is trusted: everything else gets in now.',
  },
  'aws/wildcard-principal': {
    severity: 'error',
    title: 'Every provider is trusted',
    mend: 'Name the ARN of one OIDC provider in Principal.Federated.',
  },
  'aws/old-version': {
    severity: 'note',
    title: 'An old version of the policy language',
    mend: 'Write "Version": "2012-10-17": the old one knows no variables.',
  },
  'aws/wrong-partition': {
    severity: 'error',
    title: 'Partition and audience, or two partitions, do not go together',
    mend: `Use the ARNs of one partition; China has the audience ${awsAudience('aws-cn')}, all others ${awsAudience('aws')}.`,
  },
  'pull-request': {
    severity: 'warning',
    title: 'Pull requests are let in',
    mend: 'Whoever can open one runs as this identity. Name a branch or an environment, or give pull requests a role of their own that can do little.',
  },
  'mutable-subject': {
    severity: 'note',
    title: 'The subject holds names alone',
    mend: 'Names can be given to others. Add the form with ids: "fedbridge trust migrate".',
  },
  'retired-issuer': {
    severity: 'warning',
    title: `The Azure DevOps issuer stops for service connections on ${azureDevOpsIssuerEnds}`,
    mend: 'Convert the connection to the Entra issuer and trust both meanwhile: "fedbridge trust migrate".',
  },
  'issuer-trailing-slash': {
    severity: 'error',
    title: 'The issuer ends with a slash',
    mend: 'Write it as the token has it: these issuers have none.',
  },
  'entra/too-many': {
    severity: 'error',
    title: 'More than 20 federated credentials',
    mend: 'Entra takes 20 on one identity. Use several identities.',
  },
  'entra/duplicate': {
    severity: 'error',
    title: 'Two federated credentials with the same issuer and subject',
    mend: 'Remove one: Entra wants them unique.',
  },
  'entra/pattern': {
    severity: 'error',
    title: 'A wildcard in a subject',
    mend: 'Entra compares to the letter: write a credential for each subject.',
  },
  'entra/audiences': {
    severity: 'error',
    title: 'Not exactly one audience',
    mend: `Give each credential one audience, ${tokenExchange.uri} for most.`,
  },
  'entra/malformed': {
    severity: 'error',
    title: 'Not a federated credential',
    mend: 'It has name, issuer, subject and audiences.',
  },
  'read/unresolved': {
    severity: 'note',
    title: 'A value that is known only when this is deployed',
    mend: 'It was not checked. Give a template its parameters with --parameter name=value, or check what is deployed.',
  },
  'read/not-checked': {
    severity: 'warning',
    title: 'A policy that is known only when this is deployed',
    mend: 'It was not checked. Give a template its parameters with --parameter name=value, or check what is deployed.',
  },
  'read/duplicate-member': {
    severity: 'error',
    title: 'A member that stands twice in one object',
    mend: 'IAM denies such a policy, and most tools keep the last member alone. Merge them: the conditions of one operator go into one object.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleId = keyof typeof rules;

export function finding(rule: RuleId, where: string, message: string): Finding {
  return { rule, severity: rules[rule].severity, message, where };
}

/** A finding with its place. */
export interface FindingInFile extends Finding {
  /** The path of the file. */
  readonly file: string;
  /** What the document is called there, empty where it is all of the file. */
  readonly document: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Findings as code scanning shows them. Source: OASIS, SARIF 2.1.0. */
export function sarif(findings: readonly FindingInFile[]) {
  const used = [...new Set(findings.map(({ rule }) => rule))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fedbridge',
            rules: used.map((id) => ({
              id,
              shortDescription: { text: rules[id].title },
              help: { text: rules[id].mend },
              defaultConfiguration: { level: rules[id].severity },
            })),
          },
        },
        results: findings.map(({ rule, severity, message, where, file, document, line, column }) => ({
          ruleId: rule,
          ruleIndex: used.indexOf(rule),
          level: severity,
          message: { text: `${message} ${rules[rule].mend}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column },
              },
              logicalLocations: [{ fullyQualifiedName: document === '' ? where : `${document} ${where}` }],
            },
          ],
        })),
      },
    ],
  };
}

/** RFC 3986, a relative reference as code scanning matches it with the files of a repository. */
function uriOf(file: string): string {
  return encodeURI(file.replaceAll('\\', '/')).replaceAll('?', '%3F').replaceAll('#', '%23');
}
