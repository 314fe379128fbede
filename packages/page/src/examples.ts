import { awsAudience, conditionPrefix, gitHubIssuer } from '@fedbridge/issuers';
import { entraTrust, gitHubJob, providerArn } from '@fedbridge/trust';

/** Documents to try, with what is wrong with each. */
export interface Example {
  readonly title: string;
  readonly text: string;
  readonly mine: string;
}

const key = (name: string) => `${conditionPrefix(gitHubIssuer)}:${name}`;
const policy = (condition: object) =>
  json({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn(gitHubIssuer, '123456789012', 'aws') },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    ],
  });

/** What a person can begin with. */
export const examples: readonly Example[] = [
  {
    title: 'AWS: a wildcard too many',
    text: policy({ StringLike: { [key('sub')]: 'repo:octo*:ref:refs/heads/main' } }),
    mine: 'github:octo',
  },
  {
    title: 'AWS: one environment',
    text: policy({
      StringEquals: {
        [key('aud')]: awsAudience('aws'),
        [key('sub')]: 'repo:octo@65001/app@724113:environment:production',
      },
    }),
    mine: 'github:octo@65001',
  },
  {
    title: 'Entra: federated credentials',
    text: json([
      entraTrust(gitHubJob({ owner: 'octo', repository: 'app', branch: 'main' }, 'entra')),
      {
        ...entraTrust(gitHubJob({ owner: 'octo', repository: 'app', pullRequest: true }, 'entra')),
        name: 'pull requests',
      },
    ]),
    mine: 'github:octo',
  },
];

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
