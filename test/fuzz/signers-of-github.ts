import fc from 'fast-check';
import { type Claims, maybe, oneOf, providerOf, type Signer, tokenOf } from './signer.ts';

interface Named {
  readonly name: string;
  readonly id: string;
}

/** What jobs are called. */
interface Words {
  readonly owners: readonly Named[];
  readonly repositories: readonly Named[];
  readonly refs: readonly string[];
  readonly environments: readonly string[];
  readonly flows: readonly string[];
}

const words: Words = {
  owners: [
    { name: 'octo', id: '65001' },
    { name: 'octo', id: '99' },
    { name: 'evil', id: '99' },
    { name: 'octopus', id: '6500' },
    { name: 'OCTO', id: '65001' },
    { name: 'evil-octo', id: '7' },
  ],
  repositories: [
    { name: 'app', id: '7' },
    { name: 'flows', id: '8' },
  ],
  refs: ['refs/heads/main', 'refs/tags/v1', 'refs/heads/a/b', ''],
  environments: ['prod', 'a:b'],
  flows: ['octo/flows/.github/workflows/d.yml@refs/heads/main', 'evil/x/.github/workflows/x.yml@refs/heads/m'],
};

interface Job {
  readonly owner: Named;
  readonly repository: Named;
  readonly ref: string;
  readonly environment: string | undefined;
  readonly isPullRequest: boolean;
  readonly form: keyof typeof subjects;
  readonly enterprise: string | undefined;
  readonly flow: string;
  readonly actor: string;
  readonly aud: string;
}

const jobOf = ({ owners, repositories, refs, environments, flows }: Words): fc.Arbitrary<Job> =>
  fc.record({
    owner: oneOf(...owners),
    repository: oneOf(...repositories),
    ref: oneOf(...refs),
    environment: maybe(...environments),
    isPullRequest: fc.boolean(),
    form: oneOf(
      ...(['names', 'names', 'ids', 'ids', 'environment', 'owner id', 'owner'] as const),
      ...(['workflow', 'actor', 'context', 'last'] as const),
    ),
    enterprise: maybe('42'),
    flow: oneOf(...flows),
    actor: oneOf('somebody', 'dependabot[bot]', 'octo'),
    aud: oneOf('sts.amazonaws.com', 'https://github.com/octo', 'api://AzureADTokenExchange'),
  });

const subjects = {
  names: ({ owner, repository }: Job, context: string) => `repo:${owner.name}/${repository.name}:${context}`,
  ids: ({ owner, repository }: Job, context: string) =>
    `repo:${owner.name}@${owner.id}/${repository.name}@${repository.id}:${context}`,
  environment: ({ environment = '' }: Job) => `environment:${escaped(environment)}`,
  'owner id': ({ owner }: Job, context: string) => `repository_owner_id:${owner.id}:${context}`,
  owner: ({ owner }: Job, context: string) => `repository_owner:${owner.name}:${context}`,
  workflow: ({ flow }: Job) => `job_workflow_ref:${flow}`,
  actor: ({ actor }: Job) => `actor:${actor}`,
  context: (_: Job, context: string) => context,
  last: ({ actor, owner }: Job, context: string) => `actor:${actor}:${context}:repository_owner:${owner.name}`,
};

const escaped = (text: string) => text.replaceAll(':', '%3A');

function contextOf({ environment, isPullRequest, ref }: Job): string {
  if (environment !== undefined) return `environment:${escaped(environment)}`;
  return isPullRequest ? 'pull_request' : `ref:${ref}`;
}

function claimsOf(one: Job): Claims {
  const { owner, repository, ref, environment, isPullRequest, form, enterprise, flow, actor, aud } = one;
  return {
    ...{ sub: subjects[form](one, contextOf(one)), aud, environment, enterprise_id: enterprise, actor },
    ...{ repository: `${owner.name}/${repository.name}`, repository_id: repository.id },
    ...{ repository_owner: owner.name, repository_owner_id: owner.id, actor_id: '5', workflow: 'deploy' },
    ref: isPullRequest && environment === undefined ? 'refs/pull/1/merge' : ref,
    job_workflow_ref: flow,
  };
}

function ownerOf({ repository_owner: name, repository_owner_id: id }: Claims) {
  if (id === '65001') return 'ours';
  return String(name).toLowerCase() === 'octo' ? 'by name' : 'others';
}

function withOwnerId(claims: Claims, id: string): Claims {
  const before = String(claims.repository_owner_id);
  const sub = String(claims.sub).replace(`@${before}/`, `@${id}/`).replace(`owner_id:${before}`, `owner_id:${id}`);
  return { ...claims, sub, repository_owner_id: id };
}

function called(claims: Claims): string[] {
  const {
    repository_owner: name,
    repository_owner_id: id,
    repository_id: repository,
    enterprise_id: enterprise,
  } = claims;
  return [String(name).toLowerCase(), `@${id}`, `repository @${repository}`, `@${enterprise}`];
}

const ofGitHub = {
  mine: ['github:octo@65001'],
  owner: ownerOf,
  keys: [
    ...[
      'sub',
      'sub',
      'sub',
      'aud',
      'repository',
      'repository_id',
      'repository_owner_id',
      'ref',
      'environment',
      'actor',
    ],
    ...['job_workflow_ref', 'enterprise_id', 'repository_owner', 'workflow', 'amr', 'oaud'],
  ],
  texts: [
    ...['repo:*', 'repo:octo/*', 'repo:octo/app:*', 'repo:Octo/app:*', 'repo:octo*/app:*', 'repo:?cto/app:*'],
    ...[
      'repo:octo@65001/app@7:*',
      'repo:octo@*',
      'repo:octo@*/app@*:*',
      'repo:*/app:environment:prod',
      '*:pull_request',
    ],
    ...[
      'environment:prod',
      '65001',
      '6500?',
      '99',
      'repository_owner_id:65001:*',
      'job_workflow_ref:*',
      'octo/*',
      'OCTO/app',
    ],
  ],
  withOwnerId,
};

/** GitHub.com, an enterprise's own URL there, a tenant of ghe.com and a server: keys and owners differ. */
export const gitHubSigners: readonly Signer[] = [
  {
    ...ofGitHub,
    called,
    flexible: {
      matched: ['sub', 'job_workflow_ref'],
      equal: ['repository_owner_id', 'repository_id', 'sub', 'job_workflow_ref'],
    },
    ...at('https://token.actions.githubusercontent.com'),
  },
  { ...ofGitHub, ...at('https://token.actions.githubusercontent.com/acme') },
  {
    ...ofGitHub,
    ...at('https://token.actions.octo.ghe.com'),
    mine: ['issuer:https://token.actions.octo.ghe.com'],
    owner: () => 'ours',
  },
  { ...ofGitHub, ...at('https://github.example.com/_services/token'), owner: () => 'others' },
];

function at(iss: string): Pick<Signer, 'iss' | 'provider' | 'token'> {
  return { iss, provider: providerOf(iss), token: gitHubTokens(iss, words) };
}

/** Tokens of all forms. */
export function gitHubTokens(iss: string, called: Words): fc.Arbitrary<Claims> {
  return jobOf(called).map((one) => tokenOf(iss, claimsOf(one)));
}
