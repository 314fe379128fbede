import { gitLab } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import { audiences } from '../job.ts';
import { namedJob } from '../named-job.ts';
import { gitLabCause } from './gitlab.ts';

const clouds = ['aws', 'entra'] as const;
const job = (names: object, cloud: 'aws' | 'entra' = 'aws') =>
  namedJob('gitlab', names, { cloud, audience: audiences[cloud] });

describe.each(clouds)('jobs of a GitLab project for %s', (cloud) => {
  it.each([
    [{ gitlab: 'acme/web', branch: 'main' }, 'https://gitlab.com', 'project_path:acme/web:ref_type:branch:ref:main'],
    [
      { gitlab: 'acme/a/b/web', tag: 'refs/tags/v1/2' },
      'https://gitlab.com',
      'project_path:acme/a/b/web:ref_type:tag:ref:v1/2',
    ],
    [
      { gitlab: 'https://gitlab.example.com:8443/acme/web.git', branch: 'main' },
      'https://gitlab.example.com:8443',
      'project_path:acme/web:ref_type:branch:ref:main',
    ],
    [
      { gitlab: 'acme/web', branch: 'main', projectId: '57', issuer: 'https://keys.example.com/gitlab' },
      'https://keys.example.com/gitlab',
      'project_id:57:ref_type:branch:ref:main',
    ],
  ])('%j', (names, issuer, subject) => {
    expect(job(names, cloud)).toEqual({ issuer, subject, audience: audiences[cloud] });
    expect(gitLab.parseSubject(subject)).toBeDefined();
  });

  it('with their id beside a subject of names', () => {
    const names = { gitlab: 'acme/web', branch: 'main', projectId: '57', mutableSubject: true };
    expect(job(names, cloud)).toMatchObject({
      subject: expect.stringMatching(/^project_path/),
      claims: { project_id: '57' },
    });
  });

  it.each([
    [{ gitlab: 'web', branch: 'main' }, '--gitlab takes'],
    [{ gitlab: '/acme/web', branch: 'main' }, '--gitlab takes'],
    [{ gitlab: 'acme/*', branch: 'main' }, '--gitlab takes'],
    [{ gitlab: 'http://gitlab.example.com/acme/web', branch: 'main' }, '--gitlab takes'],
    [{ gitlab: 'acme/web' }, '--branch or --tag'],
    [{ gitlab: 'acme/web', branch: 'a', tag: 'b' }, '--branch or --tag'],
    [{ gitlab: 'acme/web', branch: 'release-*' }, 'no wildcard'],
    [{ gitlab: 'acme/web', branch: 'refs/tags/v1' }, 'a ref of another kind'],
    [{ gitlab: 'acme/web', branch: 'main', projectId: '0' }, 'not an id'],
    [{ gitlab: 'acme/web', branch: 'main', mutableSubject: true }, '--project-id'],
  ])('%j: %s', (names, message) => {
    expect(() => job(names, cloud)).toThrow(message);
  });
});

it('AWS compares the id of gitlab.com alone', () => {
  const names = {
    gitlab: 'https://gitlab.example.com/acme/web',
    branch: 'main',
    projectId: '57',
    mutableSubject: true,
  };
  expect(() => job(names)).toThrow('AWS compares no project_id of https://gitlab.example.com');
});

it('a denial has a likely cause', () => {
  expect(gitLabCause('project_id:57:ref_type:branch:ref:main')).toContain('begin with its id');
  expect(gitLabCause('project_path:acme/web:ref_type:tag:ref:v1')).toContain('a fork');
  expect(gitLabCause('repo:acme/web:ref:refs/heads/main')).toBeUndefined();
});
