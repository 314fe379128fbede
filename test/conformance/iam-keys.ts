import { languageRows, type PolicyRow, when } from './iam-policies.ts';

const entra = { aud: 'fb60f99c-7a34-4190-8149-302f77469936', azp: 'first-client' };
const both = { ':aud': 'first-client', ':oaud': entra.aud };
const ofAll = [
  when(
    'aud is azp where there is one',
    'iamKeys',
    true,
    { StringEquals: { ':aud': 'first-client' } },
    { claims: entra },
  ),
  when(
    'aud is not the audience where there is an azp',
    'iamKeys',
    false,
    { StringEquals: { ':aud': entra.aud } },
    { claims: entra },
  ),
  when('oaud is the audience', 'iamKeys', true, { StringEquals: both }, { claims: entra }),
  when('oaud is the audience without azp too', 'iamKeys', true, { StringEquals: { ':oaud': 'first-client' } }),
  when('iss is no key', 'iamKeys', false, { Null: { ':iss': 'false' } }),
  when(
    'a claim of an issuer that AWS does not know',
    'iamKeys',
    false,
    { StringEquals: { ':repository': 'octo/app' } },
    { claims: { repository: 'octo/app' } },
  ),
  when(
    'email',
    'iamKeys',
    true,
    { StringEquals: { ':email': 'mona@example.com' } },
    { claims: { email: 'mona@example.com' } },
  ),
  when(
    'the name of the session',
    'stsServiceKeys',
    true,
    { StringEquals: { 'sts:RoleSessionName': 'deploy-7' } },
    { sessionName: 'deploy-7' },
  ),
];

/** A claim of GitHub's tokens, and its value in the rows. */
const ofGitHub = {
  ...{ actor: 'mona', actor_id: '1001', enterprise_id: '77', environment: 'prod', ref: 'refs/heads/main' },
  ...{ repository: 'octo/app', repository_id: '724113', repository_owner_id: '65001', workflow: 'deploy' },
  job_workflow_ref: 'octo/app/.github/workflows/deploy.yml@refs/heads/main',
};
const withoutKey = {
  repository_owner: 'octo',
  repository_visibility: 'private',
  event_name: 'push',
  runner_environment: 'github-hosted',
  repo_property_team: 'build',
};
const control = { StringLike: { ':sub': 'repo:*' } };
const ofGitHubAlone = [
  ...Object.entries(ofGitHub).map(([claim, value]) =>
    when(
      `GitHub: ${claim} is a key`,
      'stsServiceKeys',
      true,
      { ...control, StringEquals: { [`:${claim}`]: value } },
      { issuer: 'GitHub', claims: ofGitHub },
    ),
  ),
  ...Object.entries(withoutKey).map(([claim, value]) =>
    when(
      `GitHub: ${claim} is no key`,
      'stsServiceKeys',
      false,
      { ...control, StringEquals: { [`:${claim}`]: value } },
      { issuer: 'GitHub', claims: withoutKey },
    ),
  ),
  when(
    'GitHub: a key that is never filled, negated, keeps nobody out',
    'stsServiceKeys',
    true,
    { ...control, StringNotEquals: { ':repository_owner': 'octo' } },
    { issuer: 'GitHub', claims: withoutKey },
  ),
];

/** What IAM documents of trust policies: their language, and the keys that STS fills. */
export const documentedPolicyRows: readonly PolicyRow[] = [...languageRows, ...ofAll, ...ofGitHubAlone];
