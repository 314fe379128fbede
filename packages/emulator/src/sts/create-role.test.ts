import { describe, expect, it } from 'vitest';
import type { AwsAccount } from './aws-account.ts';
import { checkRoles, IamProblem } from './create-role.ts';

const created = (Principal: unknown, Effect = 'Allow') => {
  const trustPolicy = { Version: '2012-10-17', Statement: [{ Effect, Principal, Action: 'sts:AssumeRole' }] };
  const account = { roles: [{ name: 'deploy', trustPolicy }] } as unknown as AwsAccount;
  return () => checkRoles([account], 'https://token.actions.githubusercontent.com');
};

describe('a role whose trust policy has a wildcard in a principal', () => {
  it.each([
    ['AWS', 'arn:aws:iam::123456789012:role/*', 'AWS'],
    ['AWS', '1234*', 'AWS'],
    ['Federated', 'arn:aws:iam::123456789012:oidc-provider/*', 'FEDERATED'],
    ['Service', '*.amazonaws.com', 'SERVICE'],
    ['Service', '*', 'SERVICE'],
  ])('is not created: %s %s', (kind, name, told) => {
    for (const effect of ['Allow', 'Deny'])
      expect(created({ [kind]: name }, effect)).toThrow(
        new IamProblem('MalformedPolicyDocument', `Invalid principal in policy: "${told}":"${name}"`),
      );
  });

  it.each([[{ AWS: '*' }], [{ AWS: 'arn:aws:iam::123456789012:root', Service: 'ec2.amazonaws.com' }]])(
    'is where it is the whole of it, or there is none: %j',
    (principal) => {
      expect(created(principal)).not.toThrow();
    },
  );
});
