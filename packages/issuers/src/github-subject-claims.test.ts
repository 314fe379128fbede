import { expect, it } from 'vitest';
import { claimsInSubject, formatClaim, gitHubClaimsWithoutValue } from './github-subject-claims.ts';

it.each([
  ['repo:octo/app:environment:a%3Ab', ['repo octo/app', 'environment a:b']],
  ['repository_id:7:pull_request:actor:ann', ['repository_id 7', 'pull_request ', 'actor ann']],
  ['pull_request', ['pull_request ']],
  ['repo_property_team:web:jti:3a1e7c52', ['repo_property_team web', 'jti 3a1e7c52']],
  ['ref::head_ref:', ['ref ', 'head_ref ']],
  // Templates of the context and what it is by its own name.
  ['repo:octo/app:ref:refs/tags/v1:ref:refs/tags/v1', ['repo octo/app', 'ref refs/tags/v1', 'ref refs/tags/v1']],
  ['environment:dev:actor:ann:environment:dev', ['environment dev', 'actor ann', 'environment dev']],
  ['environment:dev:environment:dev:ref:', ['environment dev', 'environment dev', 'ref ']],
  ['ref::environment::ref:', ['ref ', 'environment ', 'ref ']],
  ['pull_request:ref:refs/pull/1/merge', ['pull_request ', 'ref refs/pull/1/merge']],
])('%s says %j', (subject, said) => {
  const claims = claimsInSubject(subject);
  expect(claims?.map((one) => one.join(' '))).toEqual(said);
  expect(claims?.map(formatClaim).join(':')).toBe(subject);
});

it.each([
  ['actor:ann:actor:ann', 'a claim twice'],
  ['pull_request:pull_request', 'a context twice'],
  ['ref:refs/heads/a:ref:refs/heads/b', 'two branches'],
  ['environment:dev:environment:prod', 'two environments'],
  ['environment::environment:', 'an environment for a context where there is none'],
  ['ref::ref::ref:', 'a claim more often than the context and itself'],
  ['environment:dev:ref::ref:', 'a branch for the context of a job with an environment'],
  ['pull_request:ref::ref:', 'two contexts'],
  ['repo:octo/app:actor', 'a claim without its text'],
  ['repo:octo:actor:ann', 'a repository without its owner'],
  ['repo:octo/app:color:red', 'a claim that no token has'],
  ['iss:x', 'a claim of the token that no subject has'],
  ['ref:main', 'a branch without refs/heads/'],
  ['actor:', 'a claim that is never empty'],
  ['', 'nothing'],
])('%s is no subject: %s', (subject) => expect(claimsInSubject(subject)).toBeUndefined());

it('claims that a job may be without are there, and empty', () => {
  for (const claim of gitHubClaimsWithoutValue) expect(claimsInSubject(`${claim}:`)).toEqual([[claim, '']]);
});
