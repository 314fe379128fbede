import { matchesPattern } from '@fedbridge/core/pattern';
import { type Issuer, issuerOf } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { reachOf, type Width } from './lint-width.ts';

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

/** With a wildcard in the place of each part, and of each two. */
function* patternsOf(subject: string): Generator<string> {
  for (let start = 0; start <= subject.length; start += 1) {
    for (let end = start; end <= subject.length; end += 1) {
      yield `${subject.slice(0, start)}*${subject.slice(end)}`;
      const rest = subject.slice(end);
      const at = rest.search(/@\d/);
      if (at >= 0) yield `${subject.slice(0, start)}*${rest.replace(/@\d+/, '@*')}`;
    }
  }
}

const ofOwners: readonly Width[] = ['wildcard-owner', 'any-owner'];
const ofProjects: readonly Width[] = [...ofOwners, 'wildcard-repository', 'whole-owner'];

describe('a pattern that others fit', () => {
  it.each(Object.entries(neighborhoods))('is told by who fits: %s', (_title, { iss, subject, ...others }) => {
    const issuer = issuerOf(iss) as Issuer;
    for (const pattern of patternsOf(subject)) {
      const [{ width } = {}] = reachOf(iss, issuer, [{ claim: 'sub', values: [pattern] }]);
      const fits = (all: readonly string[]) => all.find((one) => matchesPattern(one, pattern));
      const [stranger, relative, other] = [fits(others.strangers), fits(others.projects), fits(others.jobs)];
      if (stranger !== undefined)
        expect([pattern, stranger, ofOwners.includes(width as Width)]).toEqual([pattern, stranger, true]);
      else if (relative !== undefined)
        expect([pattern, relative, ofProjects.includes(width as Width)]).toEqual([pattern, relative, true]);
      // What a separator keeps together is a choice: release/*, azp-*, environment:*.
      else if (other !== undefined && /\w\*/.test(pattern))
        expect([pattern, other, width === undefined]).toEqual([pattern, other, false]);
    }
  });

  it.each(Object.entries(neighborhoods))('is told by nothing where it is exact: %s', (_title, { iss, subject }) => {
    const [reach] = reachOf(iss, issuerOf(iss), [{ claim: 'sub', values: [subject] }]);
    expect(reach?.width).toBeUndefined();
  });
});
