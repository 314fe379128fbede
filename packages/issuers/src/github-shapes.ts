import { gitRefName } from './git-ref-language.ts';
import { customizedShapes } from './github-subject-shapes.ts';
import {
  type ClaimPart,
  digits,
  type Language,
  ofAnyNames,
  ofField,
  type TokenField,
  type TokenShape,
} from './token-shape.ts';

const anything: Language = { chars: '^' };
const fullRef: Language = { sequence: ['refs/', { anyOf: ['heads/', 'tags/', 'pull/'] }, gitRefName] };
/** Empty for a deployment of a commit [GitHub Docs, "Events that trigger workflows", deployment]. */
const ref: Language = { anyOf: ['', fullRef] };
/** None begins with a hyphen; older ones end with one. */
const account: Language = {
  sequence: [{ chars: 'a-zA-Z0-9_' }, { anyOf: ['', { sequence: ['-', { anyOf: ['', { chars: 'a-zA-Z0-9_-' }] }] }] }],
};
/**
 * `<owner>/<repository>/.github/workflows/<file>@<ref or commit>`. A file's name may have an `@`; what GitHub itself runs (`dynamic/…`) has
 * no file. Source: GitHub Docs, "Reuse workflows": subfolders of that folder are not supported; the latter in tokens of Pages and CodeQL.
 */
const name: Language = { chars: '^/: \t\n' };
const workflow: Language = {
  sequence: [
    ...[name, '/', name, '/'],
    {
      anyOf: [
        { sequence: ['.github/workflows/', { chars: '^/\0-\u001f' }, { anyOf: ['.yml', '.yaml'] }] },
        { sequence: ['dynamic/', { chars: '^\0-\u001f' }] },
      ],
    },
    '@',
    {
      anyOf: [fullRef, { chars: '0-9a-f', length: 40 }],
    },
  ],
};

const repository: Readonly<Record<string, TokenField>> = {
  owner: { language: account, example: 'stranger', anyCase: true },
  ownerId: { language: digits, example: '1000001' },
  repository: { language: { chars: 'a-zA-Z0-9._-' }, example: 'anything' },
  repositoryId: { language: digits, example: '2000002' },
};

/** Of every token, beside what its subject says. */
const others: Readonly<Record<string, TokenField>> = {
  actor: { language: { chars: 'a-zA-Z0-9_[]-' }, example: 'stranger' },
  actor_id: { language: digits, example: '1000001' },
  aud: { language: anything, example: 'sts.amazonaws.com' },
  enterprise_id: { language: digits, example: '3000003', optional: true },
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
const anyEnvironment: TokenField = { language: anything, example: 'production', optional: true };

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

const byToken = {
  fields: { ...repository, ...others, environment: anyEnvironment, ref: anyRef },
  claims: { ...claimsOfAll, environment: ofField('environment') },
  owner,
  ref,
};

/**
 * What GitHub signs. A subject is what the organization, or the owner of the repository, made of the claims that GitHub lets them take.
 * Source: GitHub Docs, "OpenID Connect reference", "Customizing the token claims", read 2026-11-25.
 *
 * @param said - what `saidBy` has, as JSON
 */
export const gitHubShapes = (said: string): readonly TokenShape[] =>
  [...byDefault, ...customizedShapes(byToken, JSON.parse(said))].map(ofAnyNames);
