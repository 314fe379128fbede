import { expect, it } from 'vitest';
import { isMember, principalName } from './google-cloud.ts';

const pool = 'projects/123456789/locations/global/workloadIdentityPools/ci-jobs';
const subject = 'repo:octo/app:ref:refs/heads/main';
const principal = { pool, subject, groups: ['web'], attributes: { repository: 'octo/app' } };
const set = `principalSet://iam.googleapis.com/${pool}`;

it.each([
  [principalName(principal), true],
  [`${set}/attribute.repository/octo/app`, true],
  [`${set}/group/web`, true],
  [`${set}/*`, true],
  [`${set}/attribute.repository/octo`, false],
  [`${set}/attribute.repository/*`, false],
  [`${set}/attribute.ref/octo/app`, false],
  [`${set}/subject/${subject}`, false],
  [`principal://iam.googleapis.com/${pool}/subject/*`, false],
  [`principalSet://iam.googleapis.com/${pool}-2/*`, false],
  ['allUsers', false],
])('a member of a binding is, or holds, a workload: %s, %s', (member, is) => {
  expect(isMember(member, principal)).toBe(is);
});
