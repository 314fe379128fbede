import { gitRefName } from './git-ref-language.ts';
import { gitLab } from './gitlab.ts';
import {
  anything,
  type ClaimPart,
  digits,
  exampleId,
  field,
  guid,
  type Language,
  noColon,
  ofAnyNames,
  ofField,
  optional,
  shapeOf,
  type TokenField,
  type TokenShape,
  text,
} from './token-shape.ts';

const notEmpty: Language = { chars: '^:/' };
const gitLabFields: Readonly<Record<string, TokenField>> = {
  group: { ...field(notEmpty, 'stranger'), anyCase: true },
  // In a group of the group, too.
  project: field({ sequence: [notEmpty, { many: { sequence: ['/', notEmpty] } }] }, 'anything'),
};
/** None of what GitLab puts into a subject is empty, has a colon or begins with a slash. */
const gitLabValue: Language = { sequence: [{ chars: '^:/', length: 1 }, { anyOf: ['', noColon] }] };
/** Further claims, of which a subject may have each too. */
const gitLabClaims: Readonly<Record<string, TokenField>> = {
  project_id: field(digits, '2000002'),
  namespace_id: field(digits, '1000001'),
  ref_protected: optional({ anyOf: ['true', 'false'] }, 'true'),
  ...Object.fromEntries(
    ['pipeline_source', 'runner_environment', 'user_access_level', 'user_email', 'user_id', 'user_login'].map(
      (name) => [name, optional(text, 'anything')] as const,
    ),
  ),
};
/** A project chooses whether its subjects begin with its path or with its id. */
const gitLabProjects: readonly (readonly ClaimPart[])[] = [
  ['project_path:', { field: 'group' }, '/', { field: 'project' }],
  ['project_id:', { field: 'project_id' }],
];

/** Of 40 digits, or of 64. */
const commit: Language = { chars: '0-9a-f' };
/** Values of keys of which it is known what they are. */
const gitLabValues: Readonly<Record<string, Language>> = {
  ref: gitRefName,
  ref_type: { anyOf: ['branch', 'tag'] },
  sha: commit,
  ci_config_sha: commit,
  // Sources: GitLab Docs, "Deployment tier of environments"; "OpenID Connect (OIDC) authentication using ID tokens", "Token payload".
  deployment_tier: { anyOf: ['production', 'staging', 'testing', 'development', 'other'] },
  environment_protected: { anyOf: ['true', 'false'] },
  project_visibility: { anyOf: ['public', 'internal', 'private'] },
  ...Object.fromEntries(['job_id', 'pipeline_id', 'runner_id'].map((name) => [name, digits])),
};

/** Of these each subject has one, of which patterns speak; a further one of another is found in a token alone. */
const gitLabOnce = ['ref', 'ref_type'];

/** Keys and values that a project puts into its subjects, but these. */
function gitLabRest(but: readonly string[]): Language {
  const known = Object.entries(gitLabValues).filter(([name]) => !gitLabOnce.includes(name));
  const keys = gitLab.claims.filter((one) => ![...Object.keys(gitLabValues), 'project_path', ...but].includes(one));
  const others: Language = {
    many: {
      anyOf: [
        ...known.map(([name, values]): Language => ({ sequence: [`:${name}:`, values] })),
        { sequence: [':', { anyOf: keys }, ':', gitLabValue] },
      ],
    },
  };
  const then = (names: readonly string[]): Language => ({
    anyOf: [
      '',
      ...names.map((name): Language => {
        const rest = names.filter((one) => one !== name);
        return { sequence: [`:${name}:`, gitLabValues[name] ?? gitLabValue, others, then(rest)] };
      }),
    ],
  });
  return { sequence: [others, then(gitLabOnce)] };
}

const unsaid = gitLabRest(Object.keys(gitLabClaims));

/** @param said - claims that the subject has too: the id of the project where it begins with that, and the first of those that follow */
function gitLabShape(project: readonly ClaimPart[], said: readonly string[], followed?: string): TokenShape {
  const bound = [...said, ...[followed ?? []].flat()].map((name) => {
    const { optional: _, ...field } = gitLabClaims[name] as TokenField;
    return [name, { ...field, language: field.language === text ? gitLabValue : field.language }] as const;
  });
  const others = Object.entries(gitLabClaims).filter(([name]) => !bound.some(([one]) => one === name));
  const inOrder = [
    ...bound.filter(([name]) => said.includes(name)),
    ['rest', field(unsaid, followed === undefined ? ':ref_type:branch:ref:main' : '')] as const,
    ...bound.filter(([name]) => name === followed),
    ['more', field(gitLabRest([...said, ...[followed ?? []].flat()]), '')] as const,
  ];
  const following: readonly ClaimPart[] =
    followed === undefined ? [] : [`:${followed}:`, { field: followed }, { field: 'more' }];
  return shapeOf(
    [...project, { field: 'rest' }, ...following],
    { ...gitLabFields, ...Object.fromEntries(inOrder) },
    {
      owner: ['group', 'namespace_id', 'project_id'],
      claims: {
        ...Object.fromEntries(bound.map(([name]) => [name, ofField(name)])),
        project_path: [{ field: 'group' }, '/', { field: 'project' }],
      },
      others: Object.fromEntries(others),
    },
  );
}

/** Whoever signs in with gitlab.com to an application has a token for that. Source: GitLab Docs, "GitLab as OpenID Connect identity provider". */
const gitLabUser: TokenShape = shapeOf(
  [{ field: 'user' }],
  { user: field(digits, '1000001') },
  { owner: ['user'], others: { email: optional(text, 'stranger@example.com') } },
);

/** The tokens of gitlab.com. */
export const gitLabShapes: readonly TokenShape[] = [
  ...gitLabProjects.flatMap((project) => {
    const said = project[0] === 'project_id:' ? ['project_id'] : [];
    const others = Object.keys(gitLabClaims).filter((name) => !said.includes(name));
    return [gitLabShape(project, said), ...others.map((name) => gitLabShape(project, said, name))];
  }),
  gitLabUser,
].map(ofAnyNames);

const terraformFields: Readonly<Record<string, TokenField>> = {
  organization: { ...field(noColon, 'stranger'), anyCase: true },
  ...Object.fromEntries(
    ['project', 'workspace', 'stack', 'deployment'].map((name) => [name, field(noColon, 'anything')] as const),
  ),
  run_phase: field(noColon, 'apply'),
  operation: field(noColon, 'apply'),
};

/** The tokens of HCP Terraform: of a workspace, and of a stack. */
export const terraformShapes: readonly TokenShape[] = [
  ['organization', 'project', 'workspace', 'run_phase'],
  ['organization', 'project', 'stack', 'deployment', 'operation'],
].map((keys) =>
  shapeOf(
    keys.flatMap((key, index) => [`${index === 0 ? '' : ':'}${key}:`, { field: key }]),
    Object.fromEntries(Object.entries(terraformFields).filter(([key]) => keys.includes(key))),
    { owner: ['organization'] },
  ),
);

/** In a token that was asked for with them [Buildkite Docs, "buildkite-agent oidc", Optional claims]: anybody may leave them out. */
const buildkiteIds: Readonly<Record<string, TokenField>> = {
  organization_id: optional(guid, exampleId),
  pipeline_id: optional(guid, '1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9'),
  cluster_id: optional(guid, exampleId),
};
const buildkiteNames: Readonly<Record<string, TokenField>> = {
  organization: field({ chars: 'a-z0-9-' }, 'stranger'),
  pipeline: field({ chars: 'a-z0-9-' }, 'anything'),
};
const buildkiteClaims: Readonly<Record<string, readonly ClaimPart[]>> = {
  organization_slug: ofField('organization'),
  pipeline_slug: ofField('pipeline'),
};
const cluster_name = optional(text, 'anything');
// Whoever makes a build names its branch; how one of a fork, user:branch, stands in a subject was not seen.
const branch = field(noColon, 'main');
const buildkiteOwner = ['organization', ...Object.keys(buildkiteIds)];

/** Subjects that are one id that never changes, in the place of all names: with a claim of the same, and without. */
function byId(id: string): readonly TokenShape[] {
  const { [id]: same, ...others } = buildkiteIds;
  const shape = shapeOf(
    [{ field: id }],
    { [id]: field(guid, same?.example ?? exampleId), ...buildkiteNames },
    {
      owner: [...new Set([...buildkiteOwner, id])],
      claims: buildkiteClaims,
      others: { ...others, cluster_name, build_branch: branch },
    },
  );
  return same ? [{ ...shape, claims: { ...shape.claims, [id]: ofField(id) } }, shape] : [shape];
}

/** The tokens of Buildkite. */
export const buildkiteShapes: readonly TokenShape[] = [
  // Of a branch, whose name is a claim of its own, and of a tag.
  ...['heads', 'tags'].map((folder) =>
    shapeOf(
      [
        ...['organization:', { field: 'organization' }, ':pipeline:', { field: 'pipeline' }, `:ref:refs/${folder}/`],
        ...[{ field: folder === 'heads' ? 'build_branch' : 'tag' }, ':commit:', { field: 'commit' }],
        ...[':step:', { field: 'step' }],
      ],
      {
        ...buildkiteNames,
        ...(folder === 'heads' ? { build_branch: branch } : { tag: field(noColon, 'v1') }),
        commit: field(noColon, '9f3a1c'),
        // A step without a key.
        step: field({ anyOf: ['', noColon] }, 'deploy'),
      },
      {
        owner: buildkiteOwner,
        claims: { ...buildkiteClaims, build_branch: ofField('build_branch') },
        others: { ...buildkiteIds, cluster_name, ...(folder === 'heads' ? {} : { build_branch: branch }) },
      },
    ),
  ),
  ...Object.keys(buildkiteIds).flatMap(byId),
  // Of a queue, an agent, a build or a job.
  ...byId('otherId'),
];

/** The tokens of an organization of CircleCI. */
export function circleCiShape(iss: string): TokenShape {
  return shapeOf(
    [
      ...[`org/${iss.slice(iss.lastIndexOf('/') + 1)}/project/`, { field: 'project' }, '/user/'],
      ...[{ field: 'user' }, { field: 'change' }],
    ],
    {
      project: field(guid, exampleId),
      user: field(guid, exampleId),
      change: field({ anyOf: ['', { sequence: ['/vcs-origin/', anything, '/vcs-ref/', gitRefName] }] }, ''),
    },
    { claims: { 'oidc.circleci.com/project-id': ofField('project') } },
  );
}

const bitbucketId: Language = { sequence: [':{', guid, '}'] };
/** The tokens of a workspace of Bitbucket. */
export const bitbucketShapes: readonly TokenShape[] = [
  shapeOf(
    ['{', { field: 'repository' }, '}', { field: 'rest' }],
    {
      repository: field(guid, exampleId),
      // A step, or an environment and a step.
      rest: field({ anyOf: [bitbucketId, { sequence: [bitbucketId, bitbucketId] }] }, `:{${exampleId}}`),
    },
    {},
  ),
];
