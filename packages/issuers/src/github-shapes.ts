import { gitHubClaimsWithoutValue } from './github.ts';
import { type ClaimPart, type Language, ofField, type TokenField, type TokenShape } from './token-shape.ts';

const id: Language = { chars: '0-9' };
const anything: Language = { chars: '^' };
/**
 * Of a branch, a tag or a pull request: without blanks, control characters and these [git, git-check-ref-format]. Empty for a deployment of
 * a commit [GitHub Docs, "Events that trigger workflows", deployment].
 */
const ref: Language = {
  anyOf: ['', { sequence: ['refs/', { anyOf: ['heads/', 'tags/', 'pull/'] }, { chars: '^\0- ~\u005e:?*[\\\u007f' }] }],
};
/** None begins with a hyphen; older ones end with one. */
const account: Language = {
  sequence: [{ chars: 'a-zA-Z0-9_' }, { anyOf: ['', { sequence: ['-', { anyOf: ['', { chars: 'a-zA-Z0-9_-' }] }] }] }],
};
/**
 * `<owner>/<repository>/<path>@<ref or commit>`. A path may have an `@`, and of workflows that GitHub itself runs (`dynamic/…`) it is no
 * file's.
 */
const name: Language = { chars: '^/: \t\n' };
const workflow: Language = { sequence: [name, '/', name, '/', anything, '@', anything] };

const repository: Readonly<Record<string, TokenField>> = {
  owner: { language: account, example: 'stranger', anyCase: true },
  ownerId: { language: id, example: '1000001' },
  repository: { language: { chars: 'a-zA-Z0-9._-' }, example: 'anything' },
  repositoryId: { language: id, example: '2000002' },
};

/** Of every token, beside what its subject says. */
const others: Readonly<Record<string, TokenField>> = {
  actor: { language: { chars: 'a-zA-Z0-9_[]-' }, example: 'stranger' },
  actor_id: { language: id, example: '1000001' },
  aud: { language: anything, example: 'sts.amazonaws.com' },
  enterprise_id: { language: id, example: '3000003', optional: true },
  job_workflow_ref: {
    language: workflow,
    example: 'stranger/anything/.github/workflows/deploy.yml@refs/heads/main',
  },
  workflow: { language: anything, example: 'deploy' },
};

const claimsOfAll: Readonly<Record<string, readonly ClaimPart[]>> = {
  ...Object.fromEntries(Object.keys(others).map((name) => [name, ofField(name)])),
  repository: [{ field: 'owner' }, '/', { field: 'repository' }],
  repository_id: ofField('repositoryId'),
  repository_owner: ofField('owner'),
  repository_owner_id: ofField('ownerId'),
  ref: ofField('ref'),
};

const owner = ['owner', 'ownerId', 'repositoryId', 'enterprise_id'];

interface Context {
  readonly fields: Readonly<Record<string, TokenField>>;
  readonly subject: readonly ClaimPart[];
  readonly claims?: Readonly<Record<string, readonly ClaimPart[]>>;
}

const anyRef: TokenField = { language: ref, example: 'refs/heads/main' };

const contexts: readonly Context[] = [
  { fields: { ref: anyRef }, subject: [':ref:', { field: 'ref' }] },
  {
    // Of a pull request that was merged it is the branch that it was merged into [GitHub Docs, "Contexts reference", github.ref].
    fields: { ref: { language: ref, example: 'refs/pull/1/merge' } },
    subject: [':pull_request'],
  },
  {
    fields: { environment: { language: anything, example: 'production' }, ref: anyRef },
    subject: [':environment:', { field: 'environment', escaped: true }],
    claims: { environment: ofField('environment') },
  },
];

const names: readonly ClaimPart[] = ['repo:', { field: 'owner' }, '/', { field: 'repository' }];
const ids: readonly ClaimPart[] = [
  ...['repo:', { field: 'owner' }, '@', { field: 'ownerId' }],
  ...['/', { field: 'repository' }, '@', { field: 'repositoryId' }],
];

/** With names alone, and with ids. */
const byDefault: readonly TokenShape[] = [names, ids].flatMap((begin) =>
  contexts.map(({ fields, subject, claims }) => ({
    fields: { ...repository, ...fields, ...others },
    claims: { ...claimsOfAll, ...claims, sub: [...begin, ...subject] },
    owner,
  })),
);

/** Claims that whoever owns a repository can put into its subjects, which say nothing of the owner. */
const customizable = [
  ...['actor', 'actor_id', 'base_ref', 'check_run_id', 'enterprise', 'environment', 'environment_node_id'],
  ...['event_name', 'head_ref', 'issuer_scope', 'jti', 'job_workflow_ref', 'job_workflow_sha', 'ref_protected'],
  ...['ref_type', 'repository_visibility', 'run_attempt', 'run_id', 'run_number', 'runner_environment', 'sha'],
  ...['workflow', 'workflow_ref', 'workflow_sha'],
];

/** Without a branch or an environment the claim is there, and empty. */
/** "Any `:` within the metadata values will be replaced with `%3A`" [GitHub Docs, OpenID Connect reference; a server's since 3.19]. */
const value: Language = { anyOf: ['', { chars: '^:' }] };
const saysNothing: Language = {
  anyOf: [
    {
      sequence: [
        { anyOf: [...customizable, { sequence: ['repo_property_', { chars: 'a-zA-Z0-9_' }] }] },
        ':',
        { chars: '^:' },
      ],
    },
    { sequence: [{ anyOf: gitHubClaimsWithoutValue }, ':'] },
    { sequence: ['ref:', ref] },
  ],
};
const saysAny: Language = {
  anyOf: [
    saysNothing,
    'pull_request',
    {
      sequence: [
        { anyOf: ['repo', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'enterprise_id'] },
        ':',
        value,
      ],
    },
  ],
};

/** The first claim of a customized subject that says whose it is, with what it is made of. */
const telling: readonly (readonly ClaimPart[])[] = [
  names,
  ids,
  ['repository:', { field: 'owner' }, '/', { field: 'repository' }],
  ['repository_owner:', { field: 'owner' }],
  ['repository_owner_id:', { field: 'ownerId' }],
  ['repository_id:', { field: 'repositoryId' }],
  ['enterprise_id:', { field: 'enterprise_id' }],
];

/** The context of a pull request is one word; a template may have it without the repository, as Terraform's own example does. */
const saysNothingOfOwner: Language = { anyOf: [saysNothing, 'pull_request'] };
const before: TokenField = { language: { many: { sequence: [saysNothingOfOwner, ':'] } }, example: '' };
const after: TokenField = { language: { many: { sequence: [':', saysAny] } }, example: '' };
const environment: TokenField = { language: anything, example: 'production', optional: true };

/** Claims in any order, of which one says whose the token is, or none. */
const customized: readonly TokenShape[] = [
  ...telling.map((parts) => ({
    fields: {
      before,
      ...repository,
      ...(parts.some((part) => typeof part === 'object' && part.field === 'enterprise_id')
        ? { enterprise_id: { language: id, example: '3000003' } }
        : {}),
      after,
      ...without(
        others,
        parts.some((part) => typeof part === 'object' && part.field === 'enterprise_id'),
      ),
      environment,
      ref: anyRef,
    },
    claims: {
      ...claimsOfAll,
      environment: ofField('environment'),
      sub: [{ field: 'before' }, ...parts, { field: 'after' }],
    },
    owner,
  })),
  {
    fields: {
      subject: {
        language: { sequence: [saysNothingOfOwner, { many: { sequence: [':', saysNothingOfOwner] } }] },
        example: 'environment:production',
      },
      ...repository,
      ...others,
      environment,
      ref: anyRef,
    },
    claims: { ...claimsOfAll, environment: ofField('environment'), sub: ofField('subject') },
    owner,
  },
];

function without(
  fields: Readonly<Record<string, TokenField>>,
  isWithout: boolean,
): Readonly<Record<string, TokenField>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !(isWithout && name === 'enterprise_id')));
}

/**
 * What GitHub signs. A subject is what the organization, or the owner of the repository, made of the claims that GitHub lets them take.
 * Source: GitHub Docs, "OpenID Connect reference", "Customizing the token claims", read 2026-11-25.
 */
export const gitHubShapes: readonly TokenShape[] = [...byDefault, ...customized];
