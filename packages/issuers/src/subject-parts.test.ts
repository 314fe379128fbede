import { describe, expect, it } from 'vitest';
import { azureDevOps } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { circleCi } from './circleci.ts';
import { isMutableGitHubSubject } from './github.ts';
import { gitLab } from './gitlab.ts';
import { isEksHost, kubernetes } from './kubernetes.ts';

const guid = '8d1e6f3a-42b7-4c9d-b5e8-0a1b2c3d4e02';
const none = undefined;

describe('the parts of a subject, or of a pattern of some', () => {
  it.each([
    [azureDevOps, 'p://contoso/web/release', { owner: 'contoso', project: 'web', job: 'release' }],
    [azureDevOps, 'sc://contoso/web/a/b', { owner: 'contoso', project: 'web', job: 'a/b' }],
    [azureDevOps, 'sc://contoso/web', { owner: 'contoso', project: 'web', job: none }],
    [azureDevOps, 'sc://contoso*', { owner: 'contoso*', project: none, job: none }],
    [azureDevOps, 'x://contoso/web/release', none],
    [azureDevOps, '*', none],
    [bitbucket, `{${guid}}:{a}:{b}`, { owner: none, project: `{${guid}}`, job: '{a}:{b}' }],
    [bitbucket, `{${guid}}*:{a}`, { owner: none, project: `{${guid}}`, job: '{a}' }],
    [bitbucket, `{${guid}}`, { owner: none, project: `{${guid}}`, job: none }],
    [bitbucket, guid, none],
    [gitLab, 'project_path:acme/web:ref_type:branch', { owner: 'acme', project: 'web', job: 'ref_type:branch' }],
    [gitLab, 'project_path:acme/a/b', { owner: 'acme', project: 'a/b', job: none }],
    [gitLab, 'project_path:acme*', { owner: 'acme*', project: none, job: none }],
    [gitLab, 'project_path:/web:x', { owner: '', project: 'web', job: 'x' }],
    [gitLab, 'project_path:', { owner: '', project: none, job: none }],
    [gitLab, 'project_id:7:ref:main', { owner: '7', project: '7', job: 'ref:main' }],
    [gitLab, 'project_id:7', { owner: '7', project: '7', job: none }],
    [gitLab, 'project:acme/web', none],
    [kubernetes, 'system:serviceaccount:agents:azp', { owner: none, project: 'agents', job: 'azp' }],
    [kubernetes, 'system:serviceaccount:agents', { owner: none, project: 'agents', job: none }],
    [kubernetes, 'system:serviceaccount:a:b:c', { owner: none, project: 'a', job: 'b:c' }],
    [kubernetes, 'system:node:agents:azp', none],
  ])('case %#', (issuer, subject, parts) => {
    expect(issuer.subjectParts(subject)).toEqual(parts);
  });
});

describe('a subject of CircleCI', () => {
  const who = `org/${guid}/project/${guid}/user/${guid}`;
  const ids = { organization: guid, project: guid, user: guid };
  it.each([
    [who, ids],
    [
      `${who}/vcs-origin/github.com/o/r/vcs-ref/refs/heads/main`,
      { ...ids, change: { origin: 'github.com/o/r', ref: 'refs/heads/main' } },
    ],
    [`${who}/vcs-origin/o`, none],
    [`${who}/vcs-origin//vcs-ref/r`, none],
    [`${who}/vcs-origin/o/vcs-ref/r/vcs-ref/s`, none],
    [`${who}/`, none],
    [who.replace(guid, 'o'), none],
    [`org/${guid}/project/p/user/${guid}`, none],
    [`org/${guid}/project/${guid}/user/u`, none],
    [who.replace('org', 'organization'), none],
  ])('%s', (subject, parsed) => expect(circleCi.parseSubject(subject)).toEqual(parsed));
});

it.each([
  [`{${guid}}:{${guid}}`, { repository: guid, step: guid }],
  [`{${guid}}:{${guid}}:{${guid}}`, { repository: guid, environment: guid, step: guid }],
  [`{${guid}}`, none],
  [`{${guid}}:{${guid}}:{${guid}}:{${guid}}`, none],
  [`${guid}:{${guid}}`, none],
  [`{${guid}}:{main}`, none],
])('Bitbucket: %s is of %o', (subject, parsed) => expect(bitbucket.parseSubject(subject)).toEqual(parsed));

it.each([
  ['repo:octo/app:ref:refs/heads/main', true],
  ['repo:octo/app:*', true],
  ['repo:octo@65001/app@724113:ref:refs/heads/main', false],
  ['repo:octo@65001/app:ref:refs/heads/main', false],
  ['repo:octo/app', false],
  ['repo:octo', false],
  ['repo:octo:x/app:ref:refs/heads/main', false],
  ['environment:prod', false],
])('GitHub: %s can be of somebody else tomorrow: %s', (subject, is) =>
  expect(isMutableGitHubSubject(subject)).toBe(is),
);

it.each([
  ['system:serviceaccount:agents:azp', { namespace: 'agents', serviceAccount: 'azp' }],
  ['system:serviceaccount:agents:a.b-c', { namespace: 'agents', serviceAccount: 'a.b-c' }],
  ['system:serviceaccount:agents', none],
  ['system:serviceaccount:agents:azp:x', none],
  ['system:serviceaccount:Agents:azp', none],
  ['system:serviceaccount:-agents:azp', none],
  ['system:serviceaccount:agents:azp.', none],
  ['system:node:agents:azp', none],
  ['other:serviceaccount:agents:azp', none],
])('Kubernetes: %s is of %o', (subject, parsed) => expect(kubernetes.parseSubject(subject)).toEqual(parsed));

it.each([
  ['oidc.eks.eu-central-1.amazonaws.com', true],
  ['oidc-eks.us-gov-west-1.api.aws', true],
  ['oidc.eks.cn-north-1.amazonaws.com.cn', true],
  ['oidc.eks.eu-central-1.api.aws', false],
  ['oidc-eks.eu-central-1.amazonaws.com', false],
  ['oidc.eks.eu.amazonaws.com', false],
  ['oidc.eks.eu-central-1x.amazonaws.com', false],
  ['x.oidc.eks.eu-central-1.amazonaws.com', false],
])('%s is of EKS: %s', (host, is) => expect(isEksHost(host)).toBe(is));

it.each([
  ['https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF', true],
  ['https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF0', false],
  ['https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789abcdef0123456789abcdef', false],
  ['https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF/x', false],
])('%s is an issuer of clusters: %s', (iss, is) => expect(kubernetes.is(iss)).toBe(is));
