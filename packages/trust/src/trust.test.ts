/**
 * Tests as well:
 * - packages/trust/src/issuer-url.ts
 * - packages/trust/src/named.ts
 * - packages/trust/src/who/can-sign.ts
 * - packages/trust/src/who/credential-conditions.ts
 */

import { conditionKeysOf, credentialAudience } from '@fedbridge/issuers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledCount } from '../../../test/harness/sampled.ts';
import { azurePipelinesJob } from './azure-pipelines-job.ts';
import { evaluateTrustPolicy } from './evaluate.ts';
import { type FederatedCredential, matchFederatedCredential } from './federated-credential.ts';
import { gitHubJob } from './github-job.ts';
import { connectionJob, kubernetesJob, type TrustedJob } from './job.ts';
import { lintTrustPolicy } from './lint-aws.ts';
import { lintFederatedCredentials } from './lint-entra.ts';
import { migrateFederatedCredentials } from './migration/federated-credentials.ts';
import type { Migration } from './migration/migration.ts';
import { migrateTrustPolicy } from './migration/trust-policy.ts';
import { parseTrustPolicy } from './policy.ts';
import { providerAccepts, webIdentityRequest } from './web-identity.ts';
import { awsTrust } from './write-aws.ts';
import { entraTrust } from './write-entra.ts';

const account = '123456789012';
const place = { account, partition: 'aws' };
const now = 1_790_000_000;

/** Few names, so that equal ones and those that differ in case or by a prefix meet. */
const name = fc.constantFrom('octo', 'Octo', 'octo-org', 'app', 'App', 'app.js', 'web');
/** Of what GitHub lets owners be called. */
const owner = name.filter((one) => !one.includes('.'));
const ref = fc.constantFrom('main', 'Main', 'main2', 'release/1', 'a:b', '${aws:username}', '$', 'x y');
/** What git allows of these. */
const gitRef = ref.filter((one) => !/[: ]/.test(one));
const id = fc.constantFrom('65001', '724113', '6500');
const guid = fc.constantFrom('0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d', '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9');

const gitHub = fc
  .record({
    owner,
    repository: name,
    ids: fc.option(fc.record({ ownerId: id, repositoryId: id }), { nil: undefined }),
    kind: fc.oneof(
      fc.record({ branch: gitRef }),
      fc.record({ tag: gitRef }),
      fc.record({ environment: ref }),
      fc.constant({ pullRequest: true }),
    ),
  })
  .map(({ owner, repository, ids, kind }) => gitHubJob({ owner, repository, ...ids, ...kind }, 'aws'));
const azurePipelines = fc
  .record({
    organization: name,
    organizationId: guid,
    project: ref.filter((one) => !one.includes('/')),
    kind: fc.oneof(fc.record({ pipeline: ref }), fc.record({ connection: ref })),
  })
  .map(({ kind, ...job }) => azurePipelinesJob({ ...job, ...kind }));
const connection = fc.record({ tenant: guid, organization: guid, id: guid }).map(({ tenant, organization, id }) => {
  const subject = `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/${organization}/${id}`;
  return connectionJob(`https://login.microsoftonline.com/${tenant}/v2.0`, subject);
});
const kubernetes = fc
  .record({ namespace: fc.constantFrom('agents', 'agents2'), account: fc.constantFrom('azp', 'azp-2') })
  .map((pod) => kubernetesJob('https://oidc.example.com/cluster', pod.namespace, pod.account, 'aws'));
const job: fc.Arbitrary<TrustedJob> = fc.oneof(gitHub, azurePipelines, connection, kubernetes);

/** Whether AWS lets a job in, by the policy and by the provider that were written for another. */
function getsInAtAws(trusted: TrustedJob, who: TrustedJob): boolean {
  const { provider, trustPolicy } = awsTrust(trusted, place);
  return (
    provider?.Url === who.issuer && providerAccepts(provider.ClientIDList, claimsOf(who)) && admits(trustPolicy, who)
  );
}

function admits(policy: unknown, who: TrustedJob): boolean {
  const arn = `arn:aws:iam::${account}:oidc-provider/${who.issuer.replace('https://', '')}`;
  return evaluateTrustPolicy(
    parseTrustPolicy(policy),
    webIdentityRequest(claimsOf(who), arn, conditionKeysOf(who.issuer), now),
  ).allowed;
}

function claimsOf({ issuer, subject, audience, azp }: TrustedJob) {
  return { iss: issuer, sub: subject, aud: audience, ...(azp === undefined ? {} : { azp }) };
}

const isAdmitted = (credentials: readonly FederatedCredential[], who: TrustedJob) =>
  matchFederatedCredential(credentials, { ...who, audience: credentialAudience(who.audience) }).matched !== undefined;
const isSame = (one: TrustedJob, other: TrustedJob) =>
  one.issuer === other.issuer && one.subject === other.subject && one.audience === other.audience;

describe('what is written for a job', () => {
  it('lets that job in, and another only if its issuer, subject and audience are equal', () => {
    fc.assert(
      fc.property(job, job, (one, other) => {
        expect(getsInAtAws(one, one)).toBe(true);
        expect(getsInAtAws(one, other)).toBe(isSame(one, other));
        expect(isAdmitted([entraTrust(one, 'x')], one)).toBe(true);
        expect(isAdmitted([entraTrust(one, 'x')], other)).toBe(isSame(one, other));
      }),
      { numRuns: sampledCount(2_000) },
    );
  });

  it('has nothing that lint finds but what the job itself is: names without ids, pull requests, the retired issuer', () => {
    fc.assert(
      fc.property(job, (one) => {
        const expected = [
          ...(/^repo:[^@]+?\/[^@]+?:/.test(one.subject) ? ['mutable-subject'] : []),
          ...(one.subject.endsWith(':pull_request') ? ['pull-request'] : []),
          ...(one.subject.startsWith('sc://') ? ['retired-issuer'] : []),
        ];
        const found = lintTrustPolicy(awsTrust(one, place).trustPolicy).map(({ rule }) => rule);
        expect(found).toEqual(expected);
        const audience = one.audience === 'sts.amazonaws.com' ? 'api://AzureADTokenExchange' : one.audience;
        const listed = lintFederatedCredentials([entraTrust({ ...one, audience }, 'the-job')]).map(({ rule }) => rule);
        expect(listed).toEqual(one.subject.startsWith('p://') ? ['hardly-matches'] : expected);
      }),
      { numRuns: sampledCount(1_000) },
    );
  });

  it('is wider only where that was asked for, and says so', () => {
    const wide = gitHubJob({ owner: 'octo', repository: 'app', anyRef: true }, 'aws');
    expect(wide.wider).toBe('every branch, tag, environment and pull request of octo/app');
    const { trustPolicy } = awsTrust(wide, place);
    expect(trustPolicy.Statement[0].Sid).toBe('WiderThanOneKindOfJob');
    const within = { ...wide, subject: 'repo:octo/app:ref:refs/heads/x' };
    expect(admits(trustPolicy, within)).toBe(true);
    for (const subject of ['repo:octo/app2:ref:refs/heads/x', 'repo:octo2/app:x', 'repo:Octo/app:x']) {
      expect(admits(trustPolicy, { ...wide, subject })).toBe(false);
    }
  });

  it('asks for a claim beside the subject where a reusable workflow is wanted', () => {
    const workflow = 'octo/flows/.github/workflows/deploy.yml@refs/heads/main';
    const through = gitHubJob({ owner: 'octo', repository: 'app', branch: 'main', workflow }, 'aws');
    const policy = parseTrustPolicy(awsTrust(through, place).trustPolicy);
    const arn = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
    const ask = (claims: object) =>
      evaluateTrustPolicy(
        policy,
        webIdentityRequest({ ...claimsOf(through), ...claims }, arn, conditionKeysOf(through.issuer), now),
      ).allowed;
    expect(ask({ job_workflow_ref: workflow })).toBe(true);
    expect(ask({ job_workflow_ref: workflow.replace('main', 'mine') })).toBe(false);
    expect(ask({})).toBe(false);
  });
});

describe.each([
  ['no kind of job', { owner: 'o', repository: 'r' }],
  ['two kinds of job', { owner: 'o', repository: 'r', branch: 'main', tag: 'v1' }],
  ['one id of two', { owner: 'o', repository: 'r', branch: 'main', ownerId: '1' }],
  ['an id that is no number', { owner: 'o', repository: 'r', branch: 'main', ownerId: 'o', repositoryId: '2' }],
  ['a pattern for a branch', { owner: 'o', repository: 'r', branch: 'release/*' }],
  ['a pattern for a repository', { owner: 'o', repository: '*', branch: 'main' }],
  ['a colon in a name', { owner: 'o', repository: 'r:ref', branch: 'main' }],
] as const)('%s', (_title, jobs) => {
  it('is refused', () =>
    expect(() => gitHubJob(jobs, 'aws')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' })));
});

describe('migrate', () => {
  const ids = { ownerId: '65001', repositoryId: '724113' };
  const toIds: Migration = { kind: 'immutable-subjects', owner: 'octo', repository: 'app', ...ids };
  const fromNames = gitHub.filter(({ subject }) => !subject.includes('@'));
  /** The form with ids of a job of octo/app, however its policy spells that; other repositories do not move. */
  const moved = (one: TrustedJob): TrustedJob => ({
    ...one,
    subject: one.subject.replace(/^repo:(octo)\/(app):/i, 'repo:$1@65001/$2@724113:'),
  });
  const movesAtAll = (all: readonly TrustedJob[]) => all.some(({ subject }) => /^repo:octo\/app:/i.test(subject));

  it('to ids: keeps in who is in, adds the other form alone, and with finish leaves only that', () => {
    fc.assert(
      fc.property(fc.array(fromNames, { minLength: 1, maxLength: 4 }), gitHub, (trusted, probe) => {
        fc.pre(movesAtAll(trusted));
        const before = {
          Version: '2012-10-17',
          Statement: trusted.map((one) => awsTrust(one, place).trustPolicy.Statement[0]),
        };
        const both = migrateTrustPolicy(before, toIds, false).document;
        for (const one of trusted) {
          expect(admits(both, one)).toBe(true);
          expect(admits(both, moved(one))).toBe(true);
        }
        const isOneOfTheForms = trusted.some((one) => isSame(one, probe) || isSame(moved(one), probe));
        expect(admits(both, probe)).toBe(isOneOfTheForms);
        const done = migrateTrustPolicy(both, toIds, true).document;
        expect(admits(done, probe)).toBe(trusted.some((one) => isSame(moved(one), probe)));
        // Once more changes nothing.
        expect(migrateTrustPolicy(both, toIds, false).document).toEqual(both);
        expect(migrateTrustPolicy(done, toIds, true).document).toEqual(done);
      }),
      { numRuns: sampledCount(500) },
    );
  });

  it('to ids, at Entra: the same', () => {
    fc.assert(
      fc.property(fc.array(fromNames, { minLength: 1, maxLength: 4 }), gitHub, (all, one) => {
        // For AWS a credential would allow nobody, and have no successor.
        const [probe, ...trusted] = [one, ...all].map((job) => ({ ...job, audience: 'api://AzureADTokenExchange' }));
        fc.pre(probe !== undefined && movesAtAll(trusted));
        const before = trusted.map((one, index) => entraTrust(one, `c${index}`));
        const both = migrateFederatedCredentials(before, toIds, false).document;
        expect(isAdmitted(both, probe)).toBe(trusted.some((one) => isSame(one, probe) || isSame(moved(one), probe)));
        const done = migrateFederatedCredentials(both, toIds, true).document;
        expect(isAdmitted(done, probe)).toBe(trusted.some((one) => isSame(moved(one), probe)));
        expect(migrateFederatedCredentials(both, toIds, false).document).toEqual(both);
      }),
      { numRuns: sampledCount(500) },
    );
  });

  const oldJob = azurePipelinesJob({
    organization: 'contoso',
    organizationId: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d',
    project: 'web',
    connection: 'azure',
  });
  const newJob = connectionJob(
    'https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0',
    '/eid1/c/pub/t/x/a/y/sc/z',
  );
  const toEntra: Migration = { kind: 'entra-issuer', oldSubject: oldJob.subject, to: newJob };

  it('to the Entra issuer: both forms get in, no other, and with finish the new one alone', () => {
    fc.assert(
      fc.property(fc.oneof(azurePipelines, connection, fc.constant(oldJob), fc.constant(newJob)), (probe) => {
        const before = awsTrust(oldJob, place).trustPolicy;
        const { document: both, notes } = migrateTrustPolicy(before, toEntra, false);
        expect(notes.join('\n')).toContain('2027-07-01');
        expect(admits(both, probe)).toBe(isSame(probe, oldJob) || isSame(probe, newJob));
        expect(admits(migrateTrustPolicy(both, toEntra, true).document, probe)).toBe(isSame(probe, newJob));
        const credentials = migrateFederatedCredentials([entraTrust(oldJob, 'c')], toEntra, false).document;
        expect(isAdmitted(credentials, probe)).toBe(isSame(probe, oldJob) || isSame(probe, newJob));
      }),
      { numRuns: sampledCount(500) },
    );
  });

  it('keeps what the document says beside: other statements, conditions, and who is denied', () => {
    const [statement] = awsTrust(gitHubJob({ owner: 'octo', repository: 'app', branch: 'main' }, 'aws'), place)
      .trustPolicy.Statement;
    const hub = 'token.actions.githubusercontent.com';
    const document = {
      Version: '2012-10-17',
      Id: 'kept',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        { ...statement, Condition: { ...statement.Condition, DateLessThan: { 'aws:CurrentTime': '2099-01-01' } } },
        { ...statement, Effect: 'Deny', Condition: { StringEquals: { [`${hub}:sub`]: 'repo:octo/app:pull_request' } } },
      ],
    };
    const both = migrateTrustPolicy(document, toIds, false).document as typeof document;
    expect(both.Statement[0]).toEqual(document.Statement[0]);
    expect(both.Statement[1]).toMatchObject({ Condition: { DateLessThan: { 'aws:CurrentTime': '2099-01-01' } } });
    expect(both.Statement[2]).toMatchObject({
      Condition: {
        StringEquals: { [`${hub}:sub`]: ['repo:octo/app:pull_request', 'repo:octo@65001/app@724113:pull_request'] },
      },
    });
  });

  it('with finish before the new form is there is refused, and so is a list that would be too long', () => {
    const policy = awsTrust(gitHubJob({ owner: 'octo', repository: 'app', branch: 'main' }, 'aws'), place).trustPolicy;
    const invalid = expect.objectContaining({ code: 'INPUT_INVALID' });
    expect(() => migrateTrustPolicy(policy, toIds, true)).toThrow(invalid);
    expect(() => migrateTrustPolicy(awsTrust(oldJob, place).trustPolicy, toEntra, true)).toThrow(invalid);
    const many = Array.from({ length: 11 }, (_, index) =>
      entraTrust(gitHubJob({ owner: 'octo', repository: 'app', branch: `b${index}` }, 'entra'), `c${index}`),
    );
    expect(() => migrateFederatedCredentials(many, toIds, false)).toThrow(invalid);
  });

  it('of a document that has nothing of it says so', () => {
    const policy = awsTrust(gitHubJob({ owner: 'other', repository: 'app', branch: 'main' }, 'aws'), place).trustPolicy;
    const { document, notes } = migrateTrustPolicy(policy, toIds, false);
    expect(document).toEqual(policy);
    expect(notes).toEqual(['There is nothing to do: nothing here is about it, or it is done already.']);
  });
});
