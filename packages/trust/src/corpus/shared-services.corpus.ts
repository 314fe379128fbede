import { guides, keys, of, policy, samples, statement } from './sample.corpus.ts';

const fresh = (sub: string) => of('oidc.codefresh.io', 'https://g.codefresh.io', {}, { sub });
const pulumi = (equal: object, like?: object) =>
  of('api.pulumi.com/oidc', 'aws:acme', equal as Record<string, string>, like as Record<string, string> | undefined);
const codefresh = 'Codefresh Docs, OpenID Connect for pipelines';
const environment = 'pulumi:environments:org:acme:env:web/prod';
const fly = 'https://fly.io/docs/reference/openid-connect/';
const esc = 'https://www.pulumi.com/docs/esc/guides/configuring-oidc/aws/';

export const sharedServices = samples(
  [
    'Codefresh: one pipeline',
    fresh('account:4f1c:pipeline:66ab:*'),
    [],
    "As Codefresh writes it: what starts a pipeline is the pipeline's own to say.",
    codefresh,
  ],
  ['Codefresh: an account', fresh('account:4f1c:*'), ['aws/wildcard-repository'], 'Every pipeline of it.', codefresh],
  ['Codefresh: any account', fresh('account:*'), ['aws/wildcard-owner'], 'Every customer.', guides.awsShared],
  [
    'Codefresh: a pipeline of any account',
    fresh('account:*:pipeline:66ab:*'),
    ['aws/wildcard-owner'],
    'The star spans accounts.',
    guides.awsShared,
  ],
  [
    'Codefresh: accounts that begin alike',
    fresh('account:4f*:pipeline:66ab:*'),
    ['aws/wildcard-owner'],
    'Of strangers.',
    guides.awsShared,
  ],
  ['Codefresh: a star', fresh('*'), ['aws/required-claim', 'aws/wildcard-owner'], 'Every customer.', guides.awsShared],
  [
    'Codefresh: the audience alone',
    of('oidc.codefresh.io', 'https://g.codefresh.io', {}),
    ['aws/no-sub'],
    'Every customer.',
    guides.awsShared,
  ],
  ['Pulumi: an organization by its audience', pulumi({}), ['aws/whole-owner'], 'The audience names it.', esc],
  ['Pulumi: one environment', pulumi({ sub: environment }), [], 'Audience and subject.', esc],
  [
    'Pulumi: one stack, whatever it does',
    pulumi({}, { sub: 'pulumi:deploy:org:acme:project:web:stack:prod:*' }),
    [],
    'A stack is named.',
    esc,
  ],
  [
    'Pulumi: every stack of a project',
    pulumi({}, { sub: 'pulumi:deploy:org:acme:project:web:*' }),
    ['aws/wildcard-ref'],
    'A project is named.',
    esc,
  ],
  [
    'Pulumi: any organization in the subject, one in the audience',
    pulumi({}, { sub: 'pulumi:deploy:org:*' }),
    ['aws/wildcard-repository'],
    'The audience names the organization.',
    esc,
  ],
  [
    'Pulumi: any audience',
    of('api.pulumi.com/oidc', 'acme', {}, { aud: '*', sub: 'pulumi:deploy:org:acme:project:web:stack:prod:*' }),
    [],
    'acme beside it is one.',
    guides.awsShared,
  ],
  [
    'Pulumi: no audience',
    policy(statement('api.pulumi.com/oidc', { StringEquals: keys('api.pulumi.com/oidc', { sub: environment }) })),
    ['aws/no-aud', 'aws/required-claim'],
    'IAM wants the audience of this one.',
    guides.awsShared,
  ],
  [
    'Pulumi: an issuer without its path',
    of('api.pulumi.com', 'aws:acme', { sub: environment }),
    ['hardly-matches'],
    'It is api.pulumi.com/oidc.',
    esc,
  ],
  [
    'Vercel: a team by its audience',
    of('oidc.vercel.com', 'https://vercel.com/acme', {}),
    ['aws/whole-owner'],
    'Each project of the team.',
    'Vercel Docs, OIDC, AWS',
  ],
  [
    'Vercel: one environment of a project',
    of('oidc.vercel.com', 'https://vercel.com/acme', { sub: 'owner:acme:project:web:environment:production' }),
    [],
    'As Vercel writes it.',
    'Vercel Docs, OIDC, AWS',
  ],
  ['Fly: an app', of('oidc.fly.io/acme', 'sts.amazonaws.com', {}, { sub: 'acme:web:*' }), [], 'Its machines.', fly],
  [
    'Fly: apps that begin alike',
    of('oidc.fly.io/acme', 'sts.amazonaws.com', {}, { sub: 'acme:web*' }),
    ['aws/wildcard-repository'],
    'Others of the organization.',
    fly,
  ],
  [
    'Scalr: any account',
    of('scalr.io', 'aws', {}, { sub: 'account:*:environment:prod:workspace:web' }),
    ['aws/wildcard-owner'],
    'Every customer.',
    guides.awsShared,
  ],
  [
    'a shared service of which no subject is known, a pattern',
    of('proidc.upbound.io', 'aws', {}, { sub: 'mcp:acme/*' }),
    ['aws/wildcard-owner'],
    'What the star spans nobody can tell.',
    guides.awsShared,
  ],
  [
    'a shared service of which no subject is known, exact',
    of('proidc.upbound.io', 'aws', { sub: 'mcp:acme/web:provider:aws' }),
    [],
    'One subject.',
    guides.awsShared,
  ],
  [
    'a shared service that AWS does not list, without a subject',
    of('identity.depot.dev', 'sts.amazonaws.com', {}),
    ['aws/no-sub'],
    'Every customer.',
    'CloudArq-net/issuers',
  ],
);
