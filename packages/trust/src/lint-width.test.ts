/**
 * Tests as well:
 * - packages/trust/src/who/parts-of-tokens.ts
 * - packages/trust/src/who/width.ts
 */

import { matchesPattern } from '@fedbridge/core/pattern';
import { conditionPrefix } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { sampled } from '../../../test/harness/sampled.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import type { WidthRule } from './lint-width.ts';

/** A subject, and subjects of others that a pattern of it may fit, by what is said then. */
interface Neighborhood {
  readonly iss: string;
  readonly subject: string;
  readonly strangers: readonly string[];
  /** Of the same owner. */
  readonly projects: readonly string[];
  /** Of the same project. */
  readonly jobs: readonly string[];
}

const id = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const of = (form: (owner: string, project: string, job: string) => string) => ({
  subject: form('octo', 'app', 'main'),
  strangers: [form('octo-2', 'app', 'main'), form('evil', 'app', 'main'), form('xocto', 'app', 'x')],
  projects: [form('octo', 'app-2', 'main'), form('octo', 'evil', 'main'), form('octo', 'xapp', 'x')],
  jobs: [form('octo', 'app', 'main-2'), form('octo', 'app', 'x')],
});
const ids: Readonly<Record<string, string>> = { octo: '65001', app: '724113' };
const withId = (name: string) => `${name}@${ids[name] ?? '9'}`;

const neighborhoods: Readonly<Record<string, Neighborhood>> = {
  'GitHub, names alone': {
    iss: 'https://token.actions.githubusercontent.com',
    ...of((owner, project, job) => `repo:${owner}/${project}:ref:refs/heads/${job}`),
  },
  'GitHub, with ids': {
    iss: 'https://token.actions.githubusercontent.com',
    ...of((owner, project, job) => `repo:${withId(owner)}/${withId(project)}:ref:refs/heads/${job}`),
  },
  'GitHub, environments': {
    iss: 'https://token.actions.githubusercontent.com',
    ...of((owner, project, job) => `repo:${withId(owner)}/${withId(project)}:environment:${job}`),
  },
  // The URL is the organization's.
  'Azure DevOps': {
    iss: `https://vstoken.dev.azure.com/${id}`,
    ...of((_owner, project, job) => `sc://octo/${project}/${job}`),
    strangers: [],
  },
  Kubernetes: {
    iss: 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    ...of((_owner, project, job) => `system:serviceaccount:${project}:${job}`),
    strangers: [],
  },
  GitLab: {
    iss: 'https://gitlab.com',
    ...of((owner, project, job) => `project_path:${owner}/${project}:ref_type:branch:ref:${job}`),
  },
  'HCP Terraform': {
    iss: 'https://app.terraform.io',
    ...of((owner, project, job) => `organization:${owner}:project:${project}:workspace:${job}:run_phase:apply`),
    // The name of a workspace is its organization's.
    projects: ['app-2', 'evil'].map((project) => `organization:octo:project:${project}:workspace:x:run_phase:apply`),
  },
  Buildkite: {
    iss: 'https://agent.buildkite.com',
    ...of((owner, project, job) => `organization:${owner}:pipeline:${project}:ref:refs/heads/${job}:commit:c:step:s`),
  },
};

/** With a wildcard in the place of a part, and of two: some of all. */
function* patternsOf(subject: string): Generator<string> {
  let count = 0;
  for (let start = 0; start <= subject.length; start += 1) {
    for (let end = start; end <= subject.length; end += 1) {
      count += 1;
      if (count % 13 !== 0) continue;
      yield `${subject.slice(0, start)}*${subject.slice(end)}`;
      const rest = subject.slice(end);
      if (/@\d/.test(rest)) yield `${subject.slice(0, start)}*${rest.replace(/@\d+/, '@*')}`;
    }
  }
}

/** What lint says of a policy with a subject. */
function saidOf(iss: string, operator: string, subject: string): readonly { rule: string; message: string }[] {
  const name = conditionPrefix(iss);
  return lintTrustPolicy({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${name}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { [operator]: { [`${name}:sub`]: subject } },
    },
  });
}

const ofOwners: readonly WidthRule[] = ['wildcard-owner', 'any-owner'];
const ofProjects: readonly WidthRule[] = [...ofOwners, 'wildcard-repository', 'whole-owner'];
const ofJobs: readonly WidthRule[] = [
  ...ofProjects,
  ...(['whole-repository', 'wildcard-ref', 'any-branch', 'open-name'] as const),
  ...(['wildcard-connection', 'wildcard-service-account'] as const),
];
const widthIn = (said: readonly { rule: string }[]) =>
  ofJobs.find((width) => said.some(({ rule }) => rule === `aws/${width}`));

describe('a pattern that others fit', () => {
  it.each(Object.entries(neighborhoods))('is told by who fits: %s', (_title, neighborhood) => {
    const { iss, subject, ...others } = neighborhood;
    for (const pattern of sampled([...patternsOf(subject)])) {
      const said = saidOf(iss, 'StringLike', pattern);
      const width = widthIn(said);
      const fits = (all: readonly string[]) => all.find((one) => matchesPattern(one, pattern));
      const [stranger, relative, other] = [fits(others.strangers), fits(others.projects), fits(others.jobs)];
      if (stranger !== undefined)
        expect([pattern, stranger, ofOwners.includes(width as WidthRule)]).toEqual([pattern, stranger, true]);
      else if (relative !== undefined)
        expect([pattern, relative, ofProjects.includes(width as WidthRule)]).toEqual([pattern, relative, true]);
      // What a separator keeps together is a choice: release/*, azp-*.
      else if (other !== undefined && /\w\*/.test(pattern))
        expect([pattern, other, width === undefined]).toEqual([pattern, other, false]);
      // Who is named fits.
      for (const { rule, message } of said) {
        if (!ofJobs.some((one) => rule === `aws/${one}`)) continue;
        const [, example = ''] = / It allows (\S+?)( of .*)?\.$/.exec(message) ?? [];
        expect([pattern, example, matchesPattern(example, pattern)]).toEqual([pattern, example, true]);
      }
    }
  });

  it.each(Object.entries(neighborhoods))('is told by nothing where it is exact: %s', (_title, { iss, subject }) => {
    expect(widthIn(saidOf(iss, 'StringEquals', subject))).toBeUndefined();
  });
});
