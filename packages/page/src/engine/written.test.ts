import { kindOptions } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { emptyForm, type FormValues, fields, missingFields } from './fields.ts';
import { written } from './written.ts';

const guid = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const forms: Readonly<Record<string, Partial<FormValues>>> = {
  'a branch of GitHub': { kind: 'github', github: 'octo/app', ref: 'main', ownerId: '65001', repositoryId: '724113' },
  'an environment, by the address of its repository': {
    ...{ kind: 'github', github: 'https://github.com/octo/app', jobs: 'environment', ref: 'production' },
    ...{ ownerId: '65001', repositoryId: '724113' },
  },
  'a service connection of Azure Pipelines': {
    ...{ kind: 'azurePipelines', azurePipelines: 'contoso/web', organizationId: guid, by: 'connection', named: 'prod' },
  },
  'a branch of GitLab': { kind: 'gitlab', gitlab: 'acme/platform/web', ref: 'main' },
  'a tag of GitLab, where subjects begin with the id': {
    ...{ kind: 'gitlab', gitlab: 'https://gitlab.example.com/acme/web', refs: 'tag', ref: 'v1', projectId: '4217' },
  },
  'a service account': {
    kind: 'serviceAccount',
    serviceAccount: 'agents/azp',
    issuer: `https://oidc.eks.eu-central-1.amazonaws.com/id/${'0'.repeat(32)}`,
  },
  'a subject': { kind: 'subject', issuer: 'https://issuer.example.com', subject: 'job:1' },
};
const clouds: Readonly<Record<string, Partial<FormValues>>> = {
  aws: { cloud: 'aws', account: '123456789012' },
  entra: { cloud: 'entra', application: guid },
};
const all = Object.entries(forms).flatMap(([title, form]) =>
  Object.entries(clouds).map(([cloud, place]) => [title, cloud, { ...emptyForm, ...form, ...place }] as const),
);

describe('the document for a job', () => {
  it.each(all)('%s, for %s, allows that and nobody else', async (_title, _cloud, form) => {
    expect(missingFields(form)).toEqual([]);
    const result = written(form);
    if ('problem' in result) throw new Error(result.problem);
    const { standing, documents } = await check({
      text: result.document,
      mine: '',
      token: '',
      parameters: '',
      now: 1_790_000_000,
    });
    expect(['named others', 'not known']).toContain(standing);
    expect(documents.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'))).toEqual([]);
  });

  it.each(['json', 'aws', 'terraform', 'cloudformation'])('is written for AWS as %s', (awsFormat) => {
    const result = written({ ...emptyForm, ...forms['a branch of GitHub'], ...clouds.aws, awsFormat });
    expect(result).toMatchObject({ text: expect.stringContaining('repo:octo@65001/app@724113:ref:refs/heads/main') });
  });

  it.each(['json', 'az', 'terraform', 'bicep'])('is written for Entra as %s', (entraFormat) => {
    const place = { place: 'managedIdentity', managedIdentity: 'agents', resourceGroup: 'ci', entraFormat };
    const result = written({ ...emptyForm, ...forms['a branch of GitHub'], ...clouds.entra, ...place });
    expect(result).toMatchObject({ text: expect.stringContaining('repo:octo@65001/app@724113:ref:refs/heads/main') });
  });

  it('says where it is wider', () => {
    const form = { ...emptyForm, ...forms['a branch of GitHub'], ...clouds.aws, jobs: 'anyRef' };
    expect(written(form)).toMatchObject({ wider: 'every branch, tag, environment and pull request of octo/app' });
  });

  it('says why there is none, in the words of the form', () => {
    const form = {
      ...emptyForm,
      ...forms['a branch of GitHub'],
      ...clouds.entra,
      jobs: 'anyRef',
      ownerId: '',
      repositoryId: '',
    };
    expect(written(form)).toEqual({ problem: expect.stringContaining("“Owner's id” and “Repository's id”") });
    expect(written({ ...form, cloud: 'aws', account: '12' })).toEqual({ problem: 'An account has twelve digits.' });
    expect(written({ ...form, github: 'octo' })).toEqual({ problem: expect.stringMatching(/^“Repository” takes/) });
    const ofGitLab = { ...emptyForm, ...forms['a branch of GitLab'], ...clouds.entra };
    expect(written({ ...ofGitLab, gitlab: 'acme' })).toEqual({ problem: expect.stringMatching(/^“Project” takes/) });
    expect(written({ ...ofGitLab, mutableSubject: 'true' })).toEqual({
      problem: expect.stringContaining("“Project's id”"),
    });
  });

  it('is of a branch or a tag of GitLab, by names or by the id', () => {
    const subjectOf = (form: Partial<FormValues>) => {
      const result = written({ ...emptyForm, kind: 'gitlab', ...clouds.entra, ...form });
      return 'text' in result ? JSON.parse(result.document)[0].subject : result.problem;
    };
    const web = { gitlab: 'acme/web', ref: 'main' };
    expect(subjectOf(web)).toBe('project_path:acme/web:ref_type:branch:ref:main');
    expect(subjectOf({ ...web, refs: 'tag', ref: 'v1' })).toBe('project_path:acme/web:ref_type:tag:ref:v1');
    expect(subjectOf({ ...web, projectId: '4217' })).toBe('project_id:4217:ref_type:branch:ref:main');
    // What was said of another kind is not said of this one.
    expect(subjectOf({ ...web, jobs: 'pullRequest', environment: 'x' } as Partial<FormValues>)).toBe(subjectOf(web));
  });

  it('is for every kind of job that the command knows', () =>
    expect(Object.keys(fields.kind.choices ?? {})).toEqual(Object.keys(kindOptions)));

  it('needs what nothing can be written without', () => {
    expect(missingFields(emptyForm)).toEqual(['github', 'ref', 'account']);
    expect(missingFields({ ...emptyForm, kind: 'subject', cloud: 'entra', place: 'managedIdentity' })).toEqual([
      ...['issuer', 'subject', 'managedIdentity', 'resourceGroup'],
    ]);
  });
});
