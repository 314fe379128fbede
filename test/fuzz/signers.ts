import fc from 'fast-check';
import { type Claims, guids, maybe, named, nameOf, oneOf, type Signer } from './signer.ts';
import { gitHubSigners } from './signers-of-github.ts';

const [guid, otherGuid] = guids;
const common = ['sub', 'sub', 'sub', 'aud', 'oaud', 'email', 'amr', 'unknown'];
const cluster = 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const devOps = `https://vstoken.dev.azure.com/${guid}`;
const isCalled = (name: string, pattern: RegExp) => (claims: Claims) =>
  pattern.exec(String(claims.sub))?.[1]?.toLowerCase() === name ? 'ours' : 'others';

const devOpsSubject = fc
  .tuple(oneOf('sc', 'p'), nameOf('contoso', 'Contoso', 'contoso2'), oneOf('web', 'a b', 'web2'), oneOf('prod', 'a/b'))
  .map(([scheme, organization, project, name]) => ({
    sub: `${scheme}://${organization}/${project}/${name}`,
    // No job can choose it.
    aud: name === 'a/b' ? 'api://AzureADTokenExchangeUSGov' : 'api://AzureADTokenExchange',
  }));

const azurePipelines: readonly Signer[] = [
  named(devOps, {
    mine: ['azure-pipelines:contoso'],
    owner: isCalled('contoso', /^\w+:\/\/([^/]*)/),
    claims: devOpsSubject,
    keys: common,
    texts: ['sc://*', 'sc://contoso/*', 'p://contoso/web/*', '*://contoso/*', '??://contoso/*'],
  }),
  named(devOps, {
    mine: [`azure-pipelines:contoso@${guid}/web`],
    owner: isCalled('web', /^\w+:\/\/[^/]*\/([^/]*)/),
    claims: devOpsSubject,
    keys: common,
    texts: ['sc://*', 'sc://contoso/web/*', '*/web/*'],
  }),
];

const principal = '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901';
const connection = (organization: string) =>
  `/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/${organization}/${otherGuid}`;

const plugIn = '/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/qzXoWDkuqUa3l6zM5mM0Rw/n/plugin/e/x';
const devOpsApplication = '499b84ac-1321-427f-aa17-267ca6975798';

const entra: readonly Signer[] = [
  named(`https://login.microsoftonline.com/${guid}/v2.0`, {
    mine: [`azure-pipelines:@${guid}`],
    owner: isCalled(guid, /\/sc\/([^/]*)/),
    claims: fc
      .record({
        ...{
          sub: oneOf(connection(guid), connection(otherGuid), principal, plugIn),
          email: maybe('a@contoso.com', ''),
        },
        ...{ aud: oneOf('fb60f99c-7a34-4190-8149-302f77469936', guid), azp: maybe(devOpsApplication, otherGuid) },
        amr: maybe(['pwd'], ['pwd', 'mfa']),
      })
      // Who asked for an access token is told; an ID token is for who asked.
      .map((one) => ({ ...one, azp: one.aud === guid ? one.azp : (one.azp ?? otherGuid) }))
      .map((one) => ({ ...one, azp: one.sub.includes('/sc/') ? devOpsApplication : one.azp })),
    keys: common,
    texts: ['/eid1/*', `*/sc/${guid}/*`, '*@contoso.com', 'pwd', '499b84ac-*', '*/n/*'],
  }),
  named('https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/', {
    mine: [],
    claims: fc.record({ sub: oneOf(principal, guid), aud: oneOf('api://x', guid) }),
    keys: common,
    texts: ['2c3d*', '*'],
  }),
];

const clusters: readonly Signer[] = [
  named(cluster, {
    mine: [`issuer:${cluster}`],
    claims: fc.record({ sub: oneOf('system:serviceaccount:ns:app', 'system:serviceaccount:other:app') }),
    keys: common,
    texts: ['system:*', 'system:serviceaccount:ns:*', 'system:serviceaccount:*:app'],
  }),
  // Of which nothing is known but its address.
  named('https://oidc.corp.example', {
    mine: [],
    claims: fc.record({
      sub: oneOf('system:serviceaccount:ns:app', 'admin', '', 'true', 'arn:a:b:c:d:e:f'),
      ...{ aud: oneOf<unknown>('a', ['a'], ['a', 'b']), azp: maybe('p'), email: maybe<unknown>('', 'a@b', true) },
      amr: maybe(['a'], ['a', 'b'], []),
    }),
    keys: common,
    texts: ['system:*', '', '*', 'a', 'b', 'true', 'arn:*:*:c:*:*', '?*'],
  }),
];

const terraform = (iss: string, mine: string) =>
  named(iss, {
    mine: [mine],
    owner: isCalled('acme', /^organization:([^:]*)/),
    called: ({ sub }) => [String(sub).split(':')[1]?.toLowerCase() ?? ''],
    claims: fc.record({
      sub: fc
        .tuple(nameOf('acme', 'Acme', 'acme2'), oneOf('web', 'a b'), oneOf('apply', 'plan'))
        .map(([one, project, phase]) => `organization:${one}:project:${project}:workspace:w:run_phase:${phase}`),
      aud: oneOf('aws.workload.identity', 'api://AzureADTokenExchange'),
    }),
    keys: common,
    texts: ['organization:*', 'organization:acme:*', 'organization:acme*:project:web:*', '*:run_phase:apply'],
    flexible: { matched: ['sub'], equal: ['sub'] },
  });

const otherRunners: readonly Signer[] = [
  named('https://gitlab.com', {
    mine: ['gitlab:acme'],
    owner: isCalled('acme', /^project_path:([^/]*)/),
    called: ({ sub, namespace_id: namespace, project_id: project }) => [
      ...[/^project_path:([^/]*)/.exec(String(sub))?.[1]?.toLowerCase() ?? '', `@${namespace}`, `@${project}`],
    ],
    claims: fc.record({
      sub: fc
        .tuple(nameOf('acme', 'ACME', 'acme2'), oneOf('web', 'sub/web'), oneOf('branch:ref:main', 'tag:ref:v1'))
        .map(([group, project, ref]) => `project_path:${group}/${project}:ref_type:${ref}`),
      ...{ namespace_id: oneOf('7', '8'), project_id: oneOf('57', '58'), user_login: maybe('octo', '') },
      ...{ ref_protected: oneOf<unknown>('true', true, 'false'), user_id: oneOf<unknown>('1', 1) },
    }),
    keys: [...common, 'namespace_id', 'project_id', 'user_login', 'ref_protected', 'user_id'],
    texts: ['project_path:*', 'project_path:acme/*', 'project_path:acme*/web:*', '*:ref:main', 'true', '7', '5?'],
    flexible: { matched: ['sub'], equal: ['project_id', 'namespace_id', 'user_id'] },
  }),
  terraform('https://app.terraform.io', 'terraform-cloud:acme'),
  terraform('https://app.eu.terraform.io', 'terraform-cloud-eu:acme'),
  named('https://agent.buildkite.com', {
    mine: ['buildkite:acme'],
    owner: ({ organization_slug: slug }) => (slug === 'acme' ? 'ours' : 'others'),
    called: (claims) => [String(claims.organization_slug), `@${claims.organization_id}`, `@${claims.pipeline_id}`],
    claims: fc
      .record({
        organization: nameOf('acme').map((slug) => ({ slug, id: slug === 'acme' ? guid : otherGuid })),
        ...{ pipeline: oneOf('web', 'web2'), step: oneOf('deploy', ''), isById: fc.boolean(), cluster: maybe('c', '') },
      })
      .map(({ organization: { slug, id }, pipeline, step, isById, cluster }) => ({
        sub: isById ? id : `organization:${slug}:pipeline:${pipeline}:ref:refs/heads/main:commit:9f:step:${step}`,
        ...{ organization_slug: slug, organization_id: id, pipeline_slug: pipeline, pipeline_id: principal },
        ...{ build_branch: 'main', cluster_name: cluster },
      })),
    keys: [...common, 'organization_slug', 'organization_id', 'pipeline_slug', 'build_branch', 'cluster_name'],
    texts: ['organization:*', 'organization:acme:*', 'organization:acme:pipeline:web*', '*:step:', 'acme*', guid],
  }),
  named(`https://oidc.circleci.com/org/${guid}`, {
    mine: [`circleci:${guid}`],
    claims: oneOf(guid, otherGuid).map((project) => ({
      sub: `org/${guid}/project/${project}/user/${principal}`,
      'oidc.circleci.com/project-id': project,
    })),
    keys: [...common, 'oidc.circleci.com/project-id'],
    texts: [`org/${guid}/*`, `org/${guid}/project/${guid}/*`, guid],
  }),
  named('https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc', {
    mine: [],
    claims: oneOf(`{${guid}}:{${otherGuid}}`, `{${otherGuid}}:{${guid}}:{${guid}}`).map((sub) => ({ sub })),
    keys: common,
    texts: [`{${guid}}*`, '*'],
  }),
];

const login = (host: string, claims: fc.Arbitrary<Claims>, keys: readonly string[], texts: readonly string[]): Signer =>
  named(`https://${host}`, { mine: [], provider: host, claims, keys: [...common, ...keys], texts });

const apps = '.apps.googleusercontent.com';

const logins: readonly Signer[] = [
  {
    ...login(
      'accounts.google.com',
      fc
        .record({
          ...{ sub: oneOf('108000000000000000001', '109000000000000000002'), isOfService: fc.boolean() },
          ...{ aud: oneOf(`1${apps}`, 'sts.amazonaws.com'), azp: maybe(`1${apps}`, `2-x${apps}`), email: fc.boolean() },
        })
        .map(({ sub, aud, azp, isOfService, email }) => {
          const address = isOfService ? `deploy@p-${sub}.iam.gserviceaccount.com` : `a-${sub}@b.c`;
          return isOfService
            ? { sub, aud, azp: sub, email: email ? address : undefined }
            : { sub, aud: `1${apps}`, azp, email: email ? address : undefined };
        }),
      ['google/organization_number'],
      ['108*', `1${apps}`, '*', '*.gserviceaccount.com'],
    ),
    mine: ['google:108000000000000000001'],
    owner: ({ sub }) => (sub === '108000000000000000001' ? 'ours' : 'others'),
  },
  login(
    'cognito-identity.amazonaws.com',
    fc.record({
      ...{ sub: oneOf('eu-central-1:a', 'eu-central-1:b'), aud: oneOf('eu-central-1:pool', 'eu-central-1:other') },
      // One or the other is always there [Amazon Cognito Developer Guide, Role trust and permissions].
      amr: oneOf(
        ['unauthenticated'],
        ['authenticated'],
        ['authenticated', 'graph.facebook.com', 'graph.facebook.com:1'],
      ),
    }),
    ['amr', 'amr'],
    ['eu-central-1:pool', 'authenticated', 'unauthenticated', '*authenticated', 'graph.*'],
  ),
  login(
    'www.amazon.com',
    fc.record({ sub: oneOf('x'), app_id: oneOf('a', 'b'), user_id: maybe('u') }),
    ['app_id', 'user_id'],
    ['a', 'u'],
  ),
];

/** Customers' users, of whom each is somebody else's. */
const directories: readonly Signer[] = [
  'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12',
  'https://securetoken.google.com/octo-shop',
].map((iss) =>
  named(iss, {
    mine: [],
    called: ({ sub }) => [String(sub).toLowerCase()],
    claims: fc.record({ ...{ sub: nameOf('b7', 'B7', 'b8'), aud: oneOf('app', 'app2') }, email: maybe('a@b.c') }),
    keys: common,
    texts: ['app', 'app*', 'b7', '*'],
  }),
);

const services: readonly Signer[] = [
  named('https://api.pulumi.com/oidc', {
    mine: [],
    claims: fc
      .record({
        ...{ customer: nameOf('acme', 'acme2'), cloud: oneOf('', 'aws:', 'azure:') },
        form: oneOf(
          ...[(one: string) => `pulumi:deploy:org:${one}:project:web:stack:dev:operation:update:scope:write`],
          ...[
            (one: string) => `pulumi:environments:org:${one}:env:web/dev`,
            (one: string) => `pulumi:insights:org:${one}`,
          ],
          (one: string) => `pulumi:environments:pulumi.organization.login:${one}:pulumi.user.login:x`,
        ),
      })
      .map(({ customer, cloud, form }) => ({ sub: form(customer), aud: `${cloud}${customer}` })),
    keys: common,
    texts: [
      'pulumi:deploy:org:acme:*',
      'pulumi:*',
      'aws:acme',
      'pulumi:insights:*',
      'pulumi:deploy:org:*:project:web:*',
    ],
  }),
  named('https://oidc.codefresh.io', {
    mine: [],
    claims: oneOf(
      'account:acme:pipeline:x:initiator:y',
      'accounts:x',
      'acc',
      'account:evil:pipeline:x:initiator:z',
    ).map((sub) => ({ sub })),
    keys: common,
    texts: ['account:acme:*', 'acc*', 'account:*'],
  }),
  named('https://oidc.fly.io/acme', {
    mine: ['issuer:https://oidc.fly.io/acme'],
    claims: oneOf('acme:app:machine', 'acme:other:m1').map((sub) => ({ sub })),
    keys: common,
    texts: ['acme:*', '*', 'acme:app:*'],
  }),
  named('https://acme.semaphoreci.com', {
    mine: ['issuer:https://acme.semaphoreci.com'],
    claims: oneOf('web', 'api').map((name) => ({
      sub: `org:acme:project:${guid}:repo:${name}:ref_type:branch:ref:refs/heads/main`,
    })),
    keys: common,
    texts: ['org:acme:*', '*:ref_type:branch:*'],
  }),
];

/** One of each kind that is known. */
export const signers: readonly Signer[] = [
  ...[
    ...gitHubSigners,
    ...azurePipelines,
    ...entra,
    ...clusters,
    ...otherRunners,
    ...logins,
    ...services,
    ...directories,
  ],
];
