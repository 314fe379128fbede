import { describe, expect, it } from 'vitest';
import { guardsOf } from './guards.ts';

const of = (sub: string, claims: Readonly<Record<string, unknown>> = {}) =>
  guardsOf({ iss: 'https://example.com', sub, aud: 'x', exp: 0, ...claims });
const held = (claims: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(of('repo:octo/app:x', claims).map(({ name, holds }) => [name, holds]));
const main = { ref: 'refs/heads/main', ref_protected: 'true' };

describe('guards before a token', () => {
  it.each([
    [{ ...main }, { environment: false, ref: true }],
    [
      { ...main, ref_protected: 'false', environment: 'production' },
      { environment: true, ref: false },
    ],
    [
      { ...main, environment: 'production', environment_protected: 'true' },
      { environment: true, ref: true },
    ],
    [
      { ...main, environment: 'production', environment_protected: 'false' },
      { environment: false, ref: true },
    ],
    [
      { ...main, workflow_ref: 'a', job_workflow_ref: 'a' },
      { environment: false, ref: true, workflow: false },
    ],
    [
      { ...main, workflow_ref: 'a', job_workflow_ref: 'b' },
      { environment: false, ref: true, workflow: true },
    ],
    [
      { ...main, runner_environment: 'self-hosted' },
      { environment: false, ref: true, runner: false },
    ],
    [
      { ...main, runner_environment: 'github-hosted' },
      { environment: false, ref: true, runner: true },
    ],
  ])('by %j', (claims, expected) => expect(held(claims)).toEqual(expected));

  it.each([
    ['p://contoso/web/release', false],
    ['sc://contoso/web/azure', null],
    [
      '/eid1/c/pub/t/jhxKLz17Uk6aEGyNXn-bAQ/a/rISbSSETf0KqFyZ8ppdXmA/sc/0ca3ddd9-f0b0-4635-a98c-586652696105/4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
      null,
    ],
  ])('of Azure Pipelines are those of the connection: %s', (sub, holds) => {
    expect(of(sub)).toMatchObject([{ name: 'connection', holds }]);
  });

  it('are not told by tokens of a cluster', () => {
    expect(of('system:serviceaccount:agents:azp')).toEqual([]);
  });
});
