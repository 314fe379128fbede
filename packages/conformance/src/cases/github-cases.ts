import { type ConformanceCase, casesOf } from './case.ts';
import { sources } from './sources.ts';
import type { Members } from './token.ts';
import type { TrustName } from './trusts.ts';

const ordinary = (trust: TrustName, what: string) =>
  ({
    trust,
    expected: 'accepted',
    why: `This is the token of ${what}, which is trusted.`,
    source: sources.gitHub,
  }) as const;
const refused = (trust: TrustName, claims: Members, why: string, source: string = sources.gitHub) =>
  ({ trust, token: { claims }, expected: 'refused', why, source }) as const;

const fork = {
  sub: 'repo:mona/app:ref:refs/heads/main',
  repository: 'mona/app',
  repository_id: '990001',
  repository_owner: 'mona',
  repository_owner_id: '1001',
};
const pull = { ref: 'refs/pull/7/merge', event_name: 'pull_request', head_ref: 'feature', base_ref: 'main' };
const pullSubject = 'repo:octo/app:pull_request';
const merged = 'A pull request can come from anybody who may fork: its code was merged by nobody.';
const kind =
  'The subject of a job says what it runs for: a branch, a tag, an environment and a pull request are different subjects.';
const flow = 'octo/flows/.github/workflows/deploy.yml';
const workflow = 'Who trusts a reusable workflow trusts one file at one ref: another file or ref may do anything.';
const ids =
  'Names are given anew once they are free: with ids in the subject, a repository is the same one and no namesake.';
const exact = 'A claim that is trusted is compared exactly.';

/** Jobs of GitHub Actions. */
export const gitHubCases: readonly ConformanceCase[] = casesOf('jobs', {
  'github-branch': ordinary('github-branch', 'a job on a branch'),
  'github-tag': ordinary('github-tag', 'a job on a tag'),
  'github-environment': ordinary('github-environment', 'a job with an environment'),
  'github-pull-request': ordinary('github-pull-request', 'a job for a pull request'),
  'github-immutable': ordinary('github-immutable', 'a job of a repository with immutable subjects'),
  'github-reusable-workflow': ordinary('github-reusable', 'a reusable workflow, by a customized subject'),
  'github-reusable-workflow-with-environment': ordinary(
    'github-reusable-environment',
    'a reusable workflow with an environment, by a customized subject',
  ),
  'github-owner-and-visibility': ordinary(
    'github-owner',
    "a private repository of an owner's, by a customized subject",
  ),
  'github-claims': ordinary('github-claims', 'a repository by its id, on a branch'),
  'github-another-branch': refused('github-branch', { sub: 'repo:octo/app:ref:refs/heads/feature' }, kind),
  'github-tag-by-the-name-of-a-branch': refused(
    'github-branch',
    { sub: 'repo:octo/app:ref:refs/tags/main', ref: 'refs/tags/main', ref_type: 'tag' },
    'Whoever may push a tag need not be allowed to push to the branch of its name.',
  ),
  'github-branch-by-the-name-of-a-tag': refused(
    'github-tag',
    { sub: 'repo:octo/app:ref:refs/heads/v1.2.0', ref: 'refs/heads/v1.2.0', ref_type: 'branch' },
    'Whoever may push a branch need not be allowed to push the tag of its name.',
  ),
  'github-branch-by-the-name-of-a-ref': refused(
    'github-branch',
    { sub: 'repo:octo/app:ref:refs/heads/refs/heads/main', ref: 'refs/heads/refs/heads/main' },
    kind,
  ),
  'github-merge-queue': refused(
    'github-branch',
    {
      sub: 'repo:octo/app:ref:refs/heads/gh-readonly-queue/main/pr-7-8f2c1d0e',
      ref: 'refs/heads/gh-readonly-queue/main/pr-7-8f2c1d0e',
      event_name: 'merge_group',
    },
    'The branch of a merge queue is not the branch that it will be merged to.',
  ),
  'github-fork': refused(
    'github-branch',
    fork,
    'A fork has the name of the repository and the branch, and another owner.',
  ),
  'github-fork-where-pull-requests-are-trusted': refused(
    'github-pull-request',
    { ...fork, sub: 'repo:mona/app:pull_request' },
    'A pull request within a fork is not one of the repository.',
  ),
  'github-pull-request-where-a-branch-is-trusted': refused('github-branch', { sub: pullSubject, ...pull }, merged),
  'github-branch-where-pull-requests-are-trusted': refused(
    'github-pull-request',
    { sub: 'repo:octo/app:ref:refs/heads/main', ref: 'refs/heads/main', event_name: 'push' },
    kind,
  ),
  'github-pull-request-where-an-environment-is-trusted': refused(
    'github-environment',
    { sub: pullSubject, ...pull },
    merged,
  ),
  'github-branch-where-an-environment-is-trusted': refused(
    'github-environment',
    { sub: 'repo:octo/app:ref:refs/heads/main' },
    'A job that names no environment has passed none of its protection rules.',
  ),
  'github-environment-where-a-branch-is-trusted': refused(
    'github-branch',
    { sub: 'repo:octo/app:environment:production', environment: 'production' },
    'Where a job names an environment, its subject has it in the place of the branch, whichever that is.',
  ),
  'github-environment-that-begins-alike': refused(
    'github-environment',
    { sub: 'repo:octo/app:environment:production-eu', environment: 'production-eu' },
    'Anybody who may write a workflow can name an environment, and one that is new has no protection rules.',
  ),
  'github-environment-of-another-repository': refused(
    'github-environment',
    { sub: 'repo:octo/other:environment:production', repository: 'octo/other', repository_id: '724114' },
    'Environments are those of their repository.',
  ),
  'github-environment-with-a-colon': refused(
    'github-environment-colon',
    { sub: 'repo:octo/app:environment:production%3Aeu' },
    'A colon in a name is written %3A, so that no name can pose as a further part. It must not be decoded.',
  ),
  'github-names-where-ids-are-trusted': refused('github-immutable', { sub: 'repo:octo/app:ref:refs/heads/main' }, ids),
  'github-ids-where-names-are-trusted': refused(
    'github-branch',
    { sub: 'repo:octo@65001/app@724113:ref:refs/heads/main' },
    'A subject with ids is another text than the one that is trusted: who migrates changes the trust first.',
  ),
  'github-repository-made-again': refused(
    'github-immutable',
    { sub: 'repo:octo@65001/app@880001:ref:refs/heads/main', repository_id: '880001' },
    ids,
  ),
  'github-owner-made-again': refused(
    'github-immutable',
    { sub: 'repo:octo@99001/app@724113:ref:refs/heads/main', repository_owner_id: '99001' },
    ids,
  ),
  'github-repository-renamed': refused(
    'github-immutable',
    { sub: 'repo:octo@65001/app-2@724113:ref:refs/heads/main', repository: 'octo/app-2' },
    'The name is a part of the subject beside the id: who renames changes the trust.',
  ),
  'github-reusable-workflow-at-another-ref': refused(
    'github-reusable',
    { sub: `job_workflow_ref:${flow}@refs/heads/feature`, job_workflow_ref: `${flow}@refs/heads/feature` },
    workflow,
    sources.gitHubReusable,
  ),
  'github-reusable-workflow-of-another-file': refused(
    'github-reusable',
    { sub: 'job_workflow_ref:octo/flows/.github/workflows/test.yml@refs/tags/v1' },
    workflow,
    sources.gitHubReusable,
  ),
  'github-reusable-workflow-copied': refused(
    'github-reusable',
    { sub: 'job_workflow_ref:octo/app/.github/workflows/deploy.yml@refs/tags/v1' },
    'A copy in the caller’s own repository is under the control of who may write there.',
    sources.gitHubReusable,
  ),
  'github-reusable-workflow-without-environment': refused(
    'github-reusable-environment',
    { sub: `repo:octo/app:ref:refs/heads/main:job_workflow_ref:${flow}@refs/tags/v1` },
    'A customized subject has all of its parts, and each of them counts.',
  ),
  'github-public-where-private-is-trusted': refused(
    'github-owner',
    { sub: 'repository_owner:octo:repository_visibility:public', repository_visibility: 'public' },
    'A customized subject has all of its parts, and each of them counts.',
  ),
  'github-rerun': {
    trust: 'github-branch',
    token: { claims: { run_attempt: '2', triggering_actor: 'hubot' } },
    expected: 'accepted',
    why: 'A job that is run again runs for the same commit and ref, and has the same subject.',
    source: sources.gitHubReruns,
  },
  'github-rerun-by-claims': {
    trust: 'github-claims',
    token: { claims: { run_attempt: '3', actor: 'mona' } },
    expected: 'accepted',
    why: 'A job that is run again runs for the same commit and ref.',
    source: sources.gitHubReruns,
  },
  'github-claims-of-a-renamed-repository': {
    trust: 'github-claims',
    token: { claims: { repository: 'octo/app-2', sub: 'repo:octo/app-2:ref:refs/heads/main' } },
    expected: 'accepted',
    why: 'An id stays where a name changes: this is why it is trusted.',
    source: sources.gitHub,
  },
  'github-claims-of-a-namesake': refused('github-claims', { repository_id: '880001' }, ids),
  'github-claims-of-another-branch': refused('github-claims', { ref: 'refs/heads/feature' }, exact),
  'github-claims-in-another-case': refused('github-claims', { ref: 'refs/heads/MAIN' }, exact),
  'github-claims-of-a-pull-request': refused('github-claims', pull, merged),
  'github-claims-of-pull-request-target': refused(
    'github-claims',
    { event_name: 'pull_request_target' },
    'This event runs on the branch itself, with what a pull request says: the subject does not tell, the event does.',
  ),
  'github-claims-with-one-missing': {
    trust: 'github-claims',
    token: { without: ['event_name'] },
    expected: 'refused',
    why: 'A claim that is asked for must be there.',
    source: sources.gitHub,
  },
  'github-claims-with-one-null': refused('github-claims', { event_name: null }, 'A claim that is null has no value.'),
  'github-claims-doubled': {
    trust: 'github-claims',
    token: { twice: { claims: { repository_id: '880001' }, where: 'behind' } },
    expected: 'refused',
    why: 'Of a doubled claim the last one counts, unless the token is refused.',
    source: 'https://www.rfc-editor.org/rfc/rfc7519#section-4',
  },
  'github-claims-of-a-reusable-workflow': ordinary('github-claims-reusable', 'a reusable workflow, by its claim'),
  'github-claims-of-a-reusable-workflow-at-another-ref': refused(
    'github-claims-reusable',
    { job_workflow_ref: `${flow}@refs/heads/feature` },
    workflow,
    sources.gitHubReusable,
  ),
  'github-claims-of-a-reusable-workflow-for-another-owner': refused(
    'github-claims-reusable',
    { repository_owner_id: '1001' },
    'A public reusable workflow can be called from any repository: the caller must be trusted too.',
    sources.gitHubReusable,
  ),
  'github-claims-without-environment': {
    trust: 'github-claims-environment',
    token: { without: ['environment'], claims: { sub: 'repo:octo/app:ref:refs/heads/main' } },
    expected: 'refused',
    why: 'A job that names no environment has passed none of its protection rules.',
    source: sources.gitHub,
  },
});
