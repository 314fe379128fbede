import { aud, guides, hub, hubPolicy, immutable, policy, samples, statement, sub } from './sample.corpus.ts';

const { awsDates } = guides;
const ours = { StringEquals: { ...aud, ...sub(immutable) } };

export const dates = samples(
  [
    'a window of the past, as in the guide',
    hubPolicy({
      ...ours,
      DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' },
      DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' },
    }),
    ['aws/expired'],
    'Nobody is allowed any more.',
    awsDates,
  ],
  [
    'a window that is open',
    hubPolicy({ ...ours, DateGreaterThan: { 'aws:CurrentTime': '2020-04-01T00:00:00Z' } }),
    [],
    'It has begun and has no end.',
    awsDates,
  ],
  [
    'everybody until a day of the past',
    policy({
      ...{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
      Condition: { NumericLessThan: { 'aws:EpochTime': '1593561599' } },
    }),
    ['aws/expired'],
    'It was open to every account, and is open to none.',
    awsDates,
  ],
  [
    'pull requests, which a freeze of the past kept out',
    policy(
      statement(hub, { StringEquals: aud, StringLike: sub('repo:octo@65001/app@724113:*') }),
      statement(
        hub,
        { StringLike: sub('*:pull_request'), DateLessThan: { 'aws:CurrentTime': '2020-06-30T23:59:59Z' } },
        { Effect: 'Deny' },
      ),
    ),
    ['aws/expired-denial', 'aws/whole-repository'],
    'They are allowed since.',
    awsDates,
  ],
  [
    'sessions that were revoked, as the console does it',
    policy(statement(hub, ours), {
      ...{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
      Condition: { DateLessThan: { 'aws:TokenIssueTime': '2020-06-30T23:59:59Z' } },
    }),
    [],
    'A web identity brings no session that was issued before: no clock of ours decides.',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  ],
);
