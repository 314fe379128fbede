import { remembered } from '@fedbridge/core/remembered';
import { azureDevOps } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { buildkite } from './buildkite.ts';
import { circleCi } from './circleci.ts';
import { entra, entraIssuer } from './entra.ts';
import { gitHub, gitHubIssuer, gitHubServiceOf } from './github.ts';
import { gitHubShapes } from './github-shapes.ts';
import { gitLab } from './gitlab.ts';
import { google } from './google.ts';
import { base64OfGuid } from './guid-bytes.ts';
import { issuerOf } from './issuers.ts';
import { kubernetes } from './kubernetes.ts';
import { customerPrefixesAt, loginServices } from './shared-services.ts';
import { directoryShape, loginShapes, sharedShapes } from './shared-shapes.ts';
import { terraformCloud } from './terraform-cloud.ts';
import {
  amr,
  anyLists,
  anything,
  type ClaimPart,
  field,
  type Language,
  noColon,
  ofField,
  optional,
  rest,
  shapeOf,
  type TokenShape,
  text,
} from './token-shape.ts';
import { userDirectoryAt } from './user-directories.ts';

/**
 * All tokens that an issuer signs, a form each. Of one that is not known nothing is said but that it has a subject and an audience.
 *
 * @param subject - of a token or a policy, by which an issuer with an address of its own is told
 */
export function tokenShapesOf(iss: string, subject?: string): readonly TokenShape[] {
  return issuerOf(iss) ? known(iss) : allShapesOf(iss, subject);
}

/** The same ones again: what is made of them once serves for all questions. */
const known = remembered((iss) => allShapesOf(iss, undefined));

function allShapesOf(iss: string, subject: string | undefined): readonly TokenShape[] {
  const users = usersShapesOf(iss);
  if (users) return users.flatMap(withAndWithoutAzp);
  const shapes = shapesOf(iss, subject);
  // A subject in a policy says what somebody expects, not that the issuer signs nothing else.
  const all = issuerOf(iss) || shapes.includes(unknownShape) ? shapes : [...shapes, unknownShape];
  return all.flatMap(withAndWithoutAzp);
}

/** Of who signs for the users of applications, and not for jobs; undefined for all others. */
function usersShapesOf(iss: string): readonly TokenShape[] | undefined {
  const login = issuerOf(iss) ? undefined : loginServices.find(({ host }) => iss === `https://${host}`);
  if (login) return loginShapes(login);
  const directory = userDirectoryAt(iss);
  return directory && [directoryShape(directory)];
}

/** A token's `azp` counts before its `aud`, so that those that may have one are two forms. */
function withAndWithoutAzp(shape: TokenShape): readonly TokenShape[] {
  const { azp, ...fields } = shape.fields;
  const { azp: _, ...claims } = shape.claims;
  if (!azp) return [shape];
  const { language, example } = azp;
  // With it a token may have several audiences, which STS denies without.
  const { aud: __, ...lists } = shape.lists ?? {};
  return [
    { ...shape, fields: { ...shape.fields, azp: { language, example } } },
    { ...shape, lists, fields, claims },
  ];
}

function shapesOf(iss: string, subject: string | undefined): readonly TokenShape[] {
  const issuer = issuerOf(iss, subject);
  if (issuer === gitHub) return iss === gitHubIssuer ? gitHubShapes : gitHubShapesOf(iss).map(ofOneOwner);
  if (issuer === azureDevOps) return azureDevOpsShapes;
  if (issuer === entra) return entraShapes(iss);
  if (issuer === gitLab) return issuer.sharedByStrangers(iss) ? gitLabShapes : gitLabShapes.map(ofOneOwner);
  if (issuer === terraformCloud)
    return issuer.sharedByStrangers(iss) ? terraformShapes : terraformShapes.map(ofOneOwner);
  if (issuer === buildkite) return buildkiteShapes;
  if (issuer === google) return googleShapes;
  if (issuer === circleCi) return [circleCiShape(iss)];
  if (issuer === bitbucket) return bitbucketShapes;
  const prefixes = customerPrefixesAt(iss);
  if (prefixes) return sharedShapes(prefixes, issuer?.ownerClaims.some(({ claim }) => claim === 'aud') === true);
  return issuer === kubernetes ? [kubernetesShape] : [unknownShape];
}

/** An address of its own, an enterprise's or a server's, signs for nobody else. */
const ofOneOwner = (shape: TokenShape): TokenShape => ({ ...shape, owner: [] });

const noSlash: Language = { chars: '^/' };
const guid: Language = { chars: '0-9a-f-' };
const digits: Language = { chars: '0-9' };
const exampleId = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

/** A server of before 3.19 writes colons in values as they are [GitHub Docs, OpenID Connect reference]. */
const unescapedShape = shapeOf([{ field: 'subject' }], {
  subject: field(anything, 'repo:stranger/anything:ref:refs/heads/main'),
});

const gitHubShapesOf = (iss: string) =>
  gitHubServiceOf(iss) === 'server' ? [...gitHubShapes, unescapedShape] : gitHubShapes;

const azureDevOpsShapes: readonly TokenShape[] = ['sc://', 'p://'].map((scheme) =>
  shapeOf([scheme, { field: 'organization' }, '/', { field: 'project' }, '/', { field: 'name' }], {
    organization: field(noSlash, 'contoso'),
    project: field(noSlash, 'anything'),
    name: field(anything, 'anything'),
  }),
);

function entraShapes(iss: string): readonly TokenShape[] {
  // Both are there where an application asks for them, or its tenant maps claims [Microsoft Learn, Optional claims reference].
  const others = { azp: optional(guid, exampleId), email: optional(text, 'stranger@example.com') };
  const connection = shapeOf(
    [
      ...[
        '/eid1/c/',
        { field: 'cloud' },
        '/t/',
        // That it is the issuer's own was not seen of every connection.
        { field: 'tenant' },
        '/a/',
        { field: 'application' },
        '/sc/',
      ],
      ...[{ field: 'organization' }, '/', { field: 'connection' }],
    ],
    {
      cloud: field({ chars: 'a-z' }, 'pub'),
      tenant: field({ chars: 'A-Za-z0-9_-' }, base64OfGuid(entraIssuer(iss)?.tenant ?? '')),
      application: field({ chars: 'A-Za-z0-9_-' }, 'rISbSSETf0KqFyZ8ppdXmA'),
      organization: field(guid, exampleId),
      connection: field(guid, exampleId),
    },
    { others },
  );
  // Of a service principal or a user: the first a GUID, the second made for the application.
  const principal = shapeOf(
    [{ field: 'principal' }],
    { principal: field({ chars: 'A-Za-z0-9_-' }, exampleId) },
    // All personal accounts are of one tenant.
    { owner: entra.sharedByStrangers(iss) ? ['principal'] : [], others },
  );
  // A user's may say how he signed in, and what his tenant likes.
  return [connection, principal].map((shape) => ({ ...shape, lists: { amr }, isOpen: true }));
}

const kubernetesName: Language = { chars: 'a-z0-9.-' };
const kubernetesShape = shapeOf(['system:serviceaccount:', { field: 'namespace' }, ':', { field: 'account' }], {
  namespace: field(kubernetesName, 'anything'),
  account: field(kubernetesName, 'anything'),
});

const unknownShape: TokenShape = {
  ...shapeOf(
    [{ field: 'subject' }],
    { subject: field(text, 'anything') },
    { others: { azp: optional(anything, 'anything'), email: optional(text, 'stranger@example.com') } },
  ),
  lists: anyLists,
  isOpen: true,
};

const gitLabClaims = [
  ...['pipeline_source', 'ref_protected', 'runner_environment', 'user_access_level', 'user_email', 'user_id'],
  'user_login',
];
/** A project chooses whether its subjects begin with its path or with its id. */
const gitLabSubjects: readonly (readonly ClaimPart[])[] = [
  ['project_path:', { field: 'group' }, '/', { field: 'project' }, { field: 'rest' }],
  ['project_id:', { field: 'projectId' }, { field: 'rest' }],
];
const gitLabShapes: readonly TokenShape[] = gitLabSubjects.map((subject) =>
  shapeOf(
    subject,
    {
      group: { ...field({ chars: '^:/' }, 'stranger'), anyCase: true },
      project: field(noColon, 'anything'),
      projectId: field(digits, '2000002'),
      rest: field(rest, ':ref_type:branch:ref:main'),
      namespaceId: field(digits, '1000001'),
    },
    {
      owner: ['group', 'namespaceId', 'projectId'],
      claims: {
        namespace_id: ofField('namespaceId'),
        project_id: ofField('projectId'),
        project_path: [{ field: 'group' }, '/', { field: 'project' }],
      },
      others: Object.fromEntries(gitLabClaims.map((name) => [name, optional(text, 'anything')])),
    },
  ),
);

const terraformShapes: readonly TokenShape[] = [
  shapeOf(
    ['organization:', { field: 'organization' }, ':project:', { field: 'project' }, { field: 'rest' }],
    {
      organization: { ...field(noColon, 'stranger'), anyCase: true },
      project: field(noColon, 'anything'),
      rest: field(rest, ':workspace:anything:run_phase:apply'),
    },
    { owner: ['organization'] },
  ),
];

const buildkiteOthers = {
  cluster_id: optional(guid, exampleId),
  cluster_name: optional(text, 'anything'),
  build_branch: field(text, 'main'),
};
const buildkiteIds = {
  organizationId: field(guid, exampleId),
  pipelineId: field(guid, '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9'),
};
const buildkiteNames = {
  organization: field({ chars: 'a-z0-9-' }, 'stranger'),
  pipeline: field({ chars: 'a-z0-9-' }, 'anything'),
};
const buildkiteClaims = {
  organization_id: ofField('organizationId'),
  organization_slug: ofField('organization'),
  pipeline_id: ofField('pipelineId'),
  pipeline_slug: ofField('pipeline'),
};
const buildkiteOwner = ['organization', 'organizationId', 'pipelineId'];
const buildkiteShapes: readonly TokenShape[] = [
  shapeOf(
    ['organization:', { field: 'organization' }, ':pipeline:', { field: 'pipeline' }, { field: 'rest' }],
    {
      ...buildkiteNames,
      rest: field(rest, ':ref:refs/heads/main:commit:9f3a1c:step:deploy'),
      ...buildkiteIds,
    },
    { owner: buildkiteOwner, claims: buildkiteClaims, others: buildkiteOthers },
  ),
  // What a job may ask to have in its place: an id that never changes.
  ...(['organizationId', 'pipelineId'] as const).map((id) =>
    shapeOf(
      [{ field: id }],
      { ...buildkiteIds, ...buildkiteNames },
      { owner: buildkiteOwner, claims: buildkiteClaims, others: buildkiteOthers },
    ),
  ),
  shapeOf(
    [{ field: 'cluster_id' }],
    { cluster_id: field(guid, exampleId), ...buildkiteIds, ...buildkiteNames },
    {
      owner: buildkiteOwner,
      claims: { ...buildkiteClaims, cluster_id: ofField('cluster_id') },
      others: { cluster_name: buildkiteOthers.cluster_name, build_branch: buildkiteOthers.build_branch },
    },
  ),
];

const googleShapes: readonly TokenShape[] = [
  shapeOf(
    [{ field: 'account' }],
    { account: field(digits, '108000000000000000001') },
    {
      owner: ['account', 'google/organization_number'],
      others: {
        azp: optional(anything, '1000001'),
        email: optional(text, 'stranger@example.com'),
        'google/organization_number': optional(digits, '1000001'),
      },
    },
  ),
];

function circleCiShape(iss: string): TokenShape {
  const organization = iss.slice(iss.lastIndexOf('/') + 1);
  return shapeOf(
    [`org/${organization}/project/`, { field: 'project' }, '/user/', { field: 'user' }, { field: 'change' }],
    {
      project: field(guid, exampleId),
      user: field(guid, exampleId),
      change: field({ anyOf: ['', { sequence: ['/vcs-origin/', anything] }] }, ''),
    },
    { claims: { 'oidc.circleci.com/project-id': ofField('project') } },
  );
}

const bitbucketShapes: readonly TokenShape[] = [
  shapeOf(
    ['{', { field: 'repository' }, '}', { field: 'rest' }],
    {
      repository: field(guid, exampleId),
      rest: field({ sequence: [':', { chars: '{}0-9a-f:-' }] }, `:{${exampleId}}`),
    },
    {},
  ),
];
