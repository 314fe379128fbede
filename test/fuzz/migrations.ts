import type { Migration } from '@fedbridge/trust';
import fc from 'fast-check';

export const hub = 'token.actions.githubusercontent.com';
export const devOps = 'vstoken.dev.azure.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
export const tenant = 'login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
export const arnOf = (issuer: string) => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;

export type Policy = Readonly<Record<string, unknown>>;

const listOf = (value: fc.Arbitrary<string>) => fc.oneof(value, fc.uniqueArray(value, { minLength: 1, maxLength: 3 }));

/** Conditions that have nothing to do with the form of a subject. */
const further = fc.constantFrom(
  ['IpAddress', 'aws:SourceIp', '10.0.0.0/8'],
  ['NotIpAddress', 'aws:SourceIp', '10.0.0.0/8'],
  ['DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z'],
  ['StringEquals', 'sts:RoleSessionName', ['deploy', 'release']],
  ['StringLike', `${hub}:job_workflow_ref`, 'octo/flows/*'],
  ['Null', `${hub}:sub`, 'false'],
) as fc.Arbitrary<readonly [string, string, unknown]>;

/** How statements say the one action that a web identity needs. */
const webIdentity = 'sts:AssumeRoleWithWebIdentity';
const actions = [
  ...[webIdentity, webIdentity, webIdentity, [webIdentity], ['sts:TagSession', webIdentity]],
  'sts:assumerole*',
];

function statement(
  condition: fc.Arbitrary<readonly [string, string, unknown]>,
  principals: readonly object[],
): fc.Arbitrary<object> {
  return fc
    .record({
      effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      principal: fc.constantFrom(...principals),
      conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
      further: fc.array(further, { maxLength: 1 }),
      sid: fc.option(fc.constantFrom('One', 'Two'), { nil: undefined }),
      everybody: fc.constantFrom('*', { AWS: '*' }),
      action: fc.constantFrom(...actions),
    })
    .map(({ effect, principal, conditions, further: more, sid, everybody, action }) => {
      const operators: Record<string, Record<string, unknown>> = {};
      for (const [operator, key, values] of [...conditions, ...more])
        operators[operator] = { ...operators[operator], [key]: values };
      return {
        ...(sid === undefined ? {} : { Sid: sid }),
        Effect: effect,
        Principal: effect === 'Deny' && conditions.length === 1 ? everybody : principal,
        Action: action,
        Condition: operators,
      };
    });
}

const policyOf = (one: fc.Arbitrary<object>) =>
  fc.record({
    Version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    Statement: fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 })),
  });

const texts = [
  ...['StringEquals', 'StringLike', 'StringLike', 'StringNotLike', 'StringNotEquals', 'StringEqualsIgnoreCase'],
  ...[
    'ForAnyValue:StringLike',
    'ForAllValues:StringEquals',
    'StringLikeIfExists',
    'StringNotEqualsIgnoreCase',
    'ArnLike',
  ],
];
const names = [
  'octo/app',
  'octo/*',
  'octo/a*',
  'octo/?pp',
  'Octo/App',
  'octo/web',
  '*',
  '*/app',
  'octo@*/app@*',
  'octo@65001/app@724113',
];
const contexts = [
  ...[
    'ref:refs/heads/main',
    'ref:refs/heads/*',
    'pull_request',
    'environment:production',
    '*',
    '?*',
    '*:refs/heads/main',
  ],
  ...['ref:${aws:username}', 'environment:${*}', 'job_workflow_ref:octo/flows/*', 'a:b:c:d'],
];
export const subject = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...contexts)).map(([a, b]) => `repo:${a}:${b}`),
  },
  fc.constantFrom(...names).map((name) => `repo:${name}`),
  fc.constantFrom(...names).map((name) => `environment:production:repo:${name}`),
  fc.constantFrom(
    '*',
    'repo:*',
    'repo:octo*',
    '*:pull_request',
    `repo:\${${hub}:repository}:*`,
    'repository_owner:octo:*',
    '*r*e*p*o*:*o*c*t*o*/*a*p*p*',
  ),
  fc
    .array(fc.constantFrom('repo:', 'octo', '/', 'app', ':', '*', '?', 'a', 'p', 'ref:refs/heads/main'), {
      maxLength: 7,
    })
    .map((all) => all.join('')),
);
export const toIds: Migration = {
  ...{ kind: 'immutable-subjects', owner: 'octo', repository: 'app' },
  ...{ ownerId: '65001', repositoryId: '724113' },
};

/** Policies about repositories, of names and of ids. */
export const idPolicies: fc.Arbitrary<Policy> = policiesAboutSubjects();

function policiesAboutSubjects() {
  const condition = fc.tuple(fc.constantFrom(...texts), fc.constantFrom(`${hub}:sub`, `${hub}:SUB`), listOf(subject));
  const audience = fc.constant(['StringEquals', `${hub}:aud`, 'sts.amazonaws.com'] as const);
  const principals = [{ Federated: arnOf(hub) }, { Federated: [arnOf(hub), arnOf('gitlab.com')] }];
  return policyOf(statement(fc.oneof({ weight: 5, arbitrary: condition }, audience), principals));
}

/**
 * Policies in which several statements say of the two forms of a repository what one could say: denials of either form, under a condition
 * or not.
 */
export const splitPolicies: fc.Arbitrary<Policy> = policiesOfManyStatements();

function policiesOfManyStatements() {
  const forms = ['octo/app', 'octo@65001/app@724113', 'octo/*', '*'];
  const ends = ['pull_request', 'ref:refs/heads/main', '*', 'environment:production'];
  const values = fc.uniqueArray(
    fc.tuple(fc.constantFrom(...forms), fc.constantFrom(...ends)).map(([name, end]) => `repo:${name}:${end}`),
    { minLength: 1, maxLength: 2 },
  );
  const of = (effect: string, principal: object | string, operators: readonly string[]) =>
    fc
      .tuple(values, fc.constantFrom(...operators), fc.option(further, { nil: undefined }))
      .map(([subjects, operator, more]) => ({
        ...{ Effect: effect, Principal: principal, Action: webIdentity },
        Condition: {
          ...(more ? { [more[0]]: { [more[1]]: more[2] } } : {}),
          [operator]: {
            ...(more && more[0] === operator ? { [more[1]]: more[2] } : {}),
            [`${hub}:sub`]: subjects,
          },
        },
      }));
  return fc
    .tuple(
      fc.array(of('Allow', { Federated: arnOf(hub) }, ['StringLike']), { minLength: 1, maxLength: 2 }),
      fc.array(of('Deny', '*', ['StringLike', 'StringEquals', 'StringNotLike', 'StringNotEquals']), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([allowed, denied]) => ({ Version: '2012-10-17', Statement: [...allowed, ...denied] }));
}

/** Of a service connection on the Azure DevOps issuer. */
export const oldSubject = 'sc://contoso/web/aws';

/** Policies about a service connection on either issuer. @param newSubject - on the Entra issuer */
export function issuerPolicies(newSubject: string): fc.Arbitrary<Policy> {
  const key = fc.constantFrom(...[devOps, devOps, devOps, tenant].map((issuer) => `${issuer}:sub`));
  const value = fc.constantFrom(
    ...[
      oldSubject,
      oldSubject,
      'sc://contoso/web/*',
      'sc://contoso/*',
      '*',
      'sc://contoso/web/other',
      'SC://contoso/web/AWS',
    ],
    ...[newSubject, '/eid1/*', 'sc://contoso/${aws:username}/aws', `sc://\${${devOps}:aud}`],
  );
  const audiences = fc.constantFrom(
    ...(['StringEquals', 'StringNotEquals', 'StringLike'] as const).flatMap((operator) => [
      [operator, `${devOps}:aud`, 'api://AzureADTokenExchange'] as const,
      [operator, `${devOps}:aud`, ['api://AzureADTokenExchange', 'sts.amazonaws.com']] as const,
      [operator, `${tenant}:aud`, '499b84ac-1321-427f-aa17-267ca6975798'] as const,
      [operator, 'aws:FederatedProvider', arnOf(devOps)] as const,
    ]),
  );
  const condition = fc.tuple(fc.constantFrom(...texts), key, listOf(value));
  const principals = [
    { Federated: arnOf(devOps) },
    { Federated: [arnOf(devOps), arnOf(tenant)] },
    { Federated: arnOf(tenant) },
  ];
  const policy = policyOf(statement(fc.oneof({ weight: 3, arbitrary: condition }, audiences), principals));
  // A policy that does not name the old issuer says nothing of the connection.
  return policy.filter((document) => JSON.stringify(document).includes(devOps));
}
