export const accountId = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const cluster = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E';

/** Of twenty roles eleven are of services, three of other accounts, three of service accounts, and three of repositories. */
export function accountOf(roles: number) {
  return accountWith(roles, trustOf);
}

/**
 * No two roles trust the same: each trusts a repository of its own, by a branch, an environment or all of it.
 *
 * @param withIds - by its name, and by its name with ids
 */
export function accountOfRepositories(roles: number, withIds: boolean) {
  return accountWith(roles, (index) => {
    const forms = [`ref:refs/heads/release-${index}`, 'environment:production', '*'];
    const form = forms[index % forms.length];
    const name = repositoryName(index);
    const byId = `repo:octo@65001/${name}@${724_000 + index}:${form}`;
    return federated(hub, `repo:octo/${name}:${form}`, ...(withIds ? [byId] : []));
  });
}

const words = [
  ...['app', 'api', 'web', 'shop', 'billing', 'payments', 'ledger', 'search', 'index', 'mail', 'notify', 'db', 'cache'],
  ...[
    'queue',
    'worker',
    'batch',
    'etl',
    'data',
    'lake',
    'warehouse',
    'metrics',
    'Logs',
    'trace',
    'alert',
    'ops',
    'infra',
  ],
  ...['network', 'dns', 'edge', 'cdn', 'auth', 'login', 'users', 'teams', 'admin', 'portal', 'docs', 'site', 'blog'],
];

/** Of one to four words, some with a number, an underscore or capitals: no two are the same. */
function repositoryName(index: number): string {
  const word = (at: number) => words[at % words.length] ?? '';
  const name = [
    word(index),
    ...(index % 3 ? [word(Math.floor(index / words.length))] : []),
    ...(index % 7 ? [] : ['api']),
  ];
  return `${name.join(index % 5 ? '-' : '_')}-${index}`;
}

function accountWith(roles: number, trustOf: (index: number) => object) {
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: Array.from({ length: roles }, (_, index) => roleDetail(index, trustOf(index))),
    Policies: Array.from({ length: 300 }, (_, index) => ({
      PolicyName: `p${index}`,
      Arn: `arn:aws:iam::${accountId}:policy/p${index}`,
      DefaultVersionId: 'v1',
      PolicyVersionList: [
        {
          VersionId: 'v1',
          IsDefaultVersion: true,
          Document: permissions(index % 3 ? 's3:GetObject' : 's3:*', `p${index}`),
        },
      ],
    })),
  };
}

function roleDetail(index: number, trust: object) {
  return {
    Path: '/',
    RoleName: `role-${index}`,
    RoleId: `AROA${String(index).padStart(17, '0')}`,
    Arn: `arn:aws:iam::${accountId}:role/role-${index}`,
    CreateDate: '2026-01-02T03:04:05+00:00',
    AssumeRolePolicyDocument: trust,
    InstanceProfileList: [],
    RolePolicyList: [{ PolicyName: 'own', PolicyDocument: permissions('dynamodb:PutItem', `t${index}`) }],
    AttachedManagedPolicies: [1, 7].map((step) => ({
      PolicyName: `p${(index * step) % 300}`,
      PolicyArn: `arn:aws:iam::${accountId}:policy/p${(index * step) % 300}`,
    })),
    Tags: [{ Key: 'team', Value: `team-${index % 40}` }],
    RoleLastUsed: { LastUsedDate: '2026-11-20T00:00:00+00:00', Region: 'eu-central-1' },
  };
}

function trustOf(index: number) {
  const kind = index % 20;
  if (kind < 11)
    return trust({ Service: `${['lambda', 'ec2', 'ecs-tasks'][kind % 3]}.amazonaws.com` }, 'sts:AssumeRole');
  if (kind < 14) return trust({ AWS: `arn:aws:iam::${index % 7 ? accountId : '210987654321'}:root` }, 'sts:AssumeRole');
  // Each service account has a role of its own, each repository six.
  if (kind < 17) return federated(cluster, `system:serviceaccount:team-${index % 40}:app-${index}`);
  const repository = Math.floor(index / 40);
  return federated(hub, `repo:${repository % 50 ? 'octo' : 'acme'}/app-${repository}:environment:production`);
}

function federated(issuer: string, ...subjects: readonly string[]) {
  const isPattern = subjects.every((subject) => subject.endsWith('*'));
  const subject = subjects.length === 1 ? subjects[0] : subjects;
  return trust({ Federated: `arn:aws:iam::${accountId}:oidc-provider/${issuer}` }, 'sts:AssumeRoleWithWebIdentity', {
    Condition: {
      StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', ...(isPattern ? {} : { [`${issuer}:sub`]: subject }) },
      ...(isPattern ? { StringLike: { [`${issuer}:sub`]: subject } } : {}),
    },
  });
}

function trust(principal: object, action: string, more: object = {}) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: action, ...more }],
  };
}

function permissions(action: string, name: string) {
  const resource = `arn:aws:dynamodb:eu-central-1:${accountId}:table/${name}`;
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: [action, 'dynamodb:GetItem'], Resource: resource },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    ],
  };
}
