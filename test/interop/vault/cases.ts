import type { EmulatorUrls, GitHubJob } from '@fedbridge/emulator';
import type { VaultSetup } from '../../harness/real-vault.ts';
import { ids, subjects } from '../../harness/setup.ts';

export const audience = 'https://vault.example.com';

/** A method for GitHub's tokens, with a role for each thing that a role can demand. */
export function vaultOf({ github, vstoken }: Pick<EmulatorUrls, 'github' | 'vstoken'>): VaultSetup {
  const role = {
    userClaim: 'sub',
    boundAudiences: [audience],
    tokenPolicies: ['ci'],
    tokenTtl: 900,
    tokenMaxTtl: 7200,
  };
  const claims = (boundClaims: NonNullable<VaultSetup['jwtMethods'][number]['roles'][string]['boundClaims']>) => ({
    ...role,
    boundClaims,
  });
  const pipelines = `${vstoken}/${ids.organization}`;
  return {
    jwtMethods: [
      {
        ...{ path: 'jwt', oidcDiscoveryUrl: github, boundIssuer: github },
        roles: {
          ci: { ...role, boundSubject: subjects.gitHub },
          'any-audience': { userClaim: 'sub', boundSubject: subjects.gitHub, tokenPolicies: ['ci'] },
          'some-audience': { ...role, boundAudiences: ['https://elsewhere.example.com', audience] },
          owner: claims({ repository_owner_id: '65001' }),
          branches: claims({ ref: ['refs/heads/main', 'refs/heads/release'] }),
          production: claims({ environment: 'production' }),
          seven: claims({ count: '7' }),
          'seven-in-numbers': claims({ count: 7 }),
          'one-of-numbers': claims({ count: [6, 7] }),
          yes: claims({ approved: 'true' }),
          'yes-in-truth': claims({ approved: true }),
          nested: claims({ '/job/team': 'web' }),
          'by-id': { ...role, userClaim: 'repository_id' },
          'by-nothing': { ...role, userClaim: 'nobody' },
          brief: { ...role, tokenTtl: 60, tokenMaxTtl: 61 },
          bare: { ...role, tokenNoDefaultPolicy: true },
          batch: { ...role, tokenType: 'batch' },
        },
      },
      {
        ...{ path: 'elsewhere', oidcDiscoveryUrl: github, boundIssuer: pipelines },
        roles: { ci: { ...role, boundSubject: subjects.gitHub } },
      },
      {
        ...{ path: 'teams/jwt', oidcDiscoveryUrl: pipelines, boundIssuer: pipelines },
        roles: { ci: { ...role, boundAudiences: ['api://AzureADTokenExchange'], boundSubject: subjects.pipeline } },
      },
    ],
    policies: {
      ci: { 'secret/data/ci': ['read'], 'secret/data/gone': ['read'], 'kv/*': ['read'], 'secret/ci': ['read'] },
    },
    kv1: { 'kv/legacy': { password: 'of-a-database', port: 5432 } },
    kv2: {
      'secret/data/ci': { npmToken: 'npm_of-a-registry', port: 5432 },
      'secret/data/production': { password: 'x' },
    },
  };
}

/** A request to Vault. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A Vault, and jobs that ask it. */
export interface World {
  idToken(job?: GitHubJob, audience?: string): Promise<string>;
  pipelineToken(job?: { readonly pipeline?: string }): Promise<string>;
  /** A token of Vault's. */
  token(role?: string): Promise<string>;
  ask(one: Ask): Promise<{ readonly status: number; readonly body: unknown }>;
}

type Case = readonly [title: string, ask: (world: World) => Promise<Ask | Ask[]>];

export const logIn = (jwt: unknown, role: unknown = 'ci', path = 'auth/jwt/login'): Ask => ({
  path,
  body: { role, jwt },
});
/** Logs a job in. */
const login =
  (role: string, job?: GitHubJob, aud?: string, path?: string): Case[1] =>
  async (world) =>
    logIn(await world.idToken(job, aud), role, path);
const withToken =
  (method: string, path: string, body?: unknown, role?: string): Case[1] =>
  async (world) => ({ method, path, body, headers: { 'x-vault-token': await world.token(role) } });
const claims = (more: Readonly<Record<string, unknown>>): GitHubJob => ({ claims: more });
const now = () => Math.floor(Date.now() / 1000);

/** What is asked. */
export const cases: readonly Case[] = [
  ['a job logs in', login('ci')],
  [
    'a job of Azure Pipelines logs in',
    async (world) => logIn(await world.pipelineToken(), 'ci', 'auth/teams/jwt/login'),
  ],
  [
    'a pipeline that is not trusted',
    async (world) => logIn(await world.pipelineToken({ pipeline: 'nightly' }), 'ci', 'auth/teams/jwt/login'),
  ],
  ['by PUT', async (world) => ({ ...logIn(await world.idToken()), method: 'PUT' })],
  ['by GET', async () => ({ method: 'GET', path: 'auth/jwt/login', body: undefined })],
  ['a path with a slash at its end', async (world) => ({ ...logIn(await world.idToken()), path: 'auth/jwt/login/' })],
  ['no role', login('')],
  ['no role at all', async (world) => ({ path: 'auth/jwt/login', body: { jwt: await world.idToken() } })],
  ['a role that is no text', async (world) => logIn(await world.idToken(), 7)],
  ['another role', login('nobody')],
  ['no token', async () => logIn('')],
  ['no JWT', async () => logIn('nonsense')],
  ['a JWT in name alone', async () => logIn('a.b.c')],
  ['a body that is no JSON', async () => ({ path: 'auth/jwt/login', body: 'nonsense' })],
  ['a body that is a list', async () => ({ path: 'auth/jwt/login', body: [] })],
  ['no body', async () => ({ method: 'POST', path: 'auth/jwt/login' })],
  [
    'a token that was changed',
    async (world) =>
      logIn((await world.idToken()).replace(/\.[^.]*\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`)),
  ],
  [
    'a signature of another',
    async (world) =>
      logIn((await world.idToken()).replace(/[^.]*$/, (await world.idToken({ ref: 'x' })).split('.')[2] ?? '')),
  ],
  ['a token without a signature', async (world) => logIn((await world.idToken()).replace(/[^.]*$/, ''))],
  ["another issuer's token", async (world) => logIn(await world.pipelineToken())],
  ['a method that is bound to another issuer', login('ci', {}, audience, 'auth/elsewhere/login')],
  ['another branch', login('ci', { ref: 'refs/heads/other' })],
  ['another audience', login('ci', {}, 'https://elsewhere.example.com')],
  ['one of two audiences', login('some-audience')],
  ['an audience among several', login('ci', claims({ aud: ['x', audience] }))],
  ['no audience', login('ci', claims({ aud: undefined }))],
  ['an empty list of audiences', login('any-audience', claims({ aud: [] }))],
  ['an audience that a role does not bind', login('any-audience')],
  ['expired', login('ci', { lifetimeSeconds: -100 })],
  ['expired within the leeway', login('ci', { lifetimeSeconds: -30 })],
  ['not valid yet', login('ci', claims({ nbf: now() + 3600 }))],
  ['issued in the future', login('ci', claims({ iat: now() + 3600 }))],
  ['no times', login('ci', claims({ iat: undefined, nbf: undefined, exp: undefined }))],
  ['no expiry', login('ci', claims({ exp: undefined }))],
  ['no expiry, issued long ago', login('ci', claims({ exp: undefined, nbf: undefined, iat: now() - 3600 }))],
  ['no expiry, valid since long ago', login('ci', claims({ exp: undefined, nbf: now() - 3600, iat: now() }))],
  ['an expiry that is null', login('ci', claims({ exp: null }))],
  ['an expiry that is a text', login('ci', claims({ exp: '4000000000' }))],
  ['the expiry alone', login('ci', claims({ nbf: undefined, iat: undefined, exp: now() + 60 }))],
  ['the expiry alone, in an hour', login('ci', claims({ nbf: undefined, iat: undefined, exp: now() + 3600 }))],
  ['a bound claim', login('owner')],
  ['another value of a bound claim', login('owner', { ownerId: '1' })],
  ['a bound claim that is missing', login('production')],
  ['a bound claim that is there', login('production', { environment: 'production' })],
  ['one of two values', login('branches')],
  ['none of two values', login('branches', { ref: 'refs/heads/other' })],
  ['a list with a bound value', login('owner', claims({ repository_owner_id: ['1', '65001'] }))],
  ['a number for a bound text', login('seven', claims({ count: 7 }))],
  ['a number that is bound', login('seven-in-numbers', claims({ count: 7 }))],
  ['a text for a bound number', login('seven-in-numbers', claims({ count: '7' }))],
  ['a fraction for a bound number', login('seven-in-numbers', claims({ count: 7.9 }))],
  ['a list for a bound number', login('seven-in-numbers', claims({ count: [7] }))],
  ['one of two numbers', login('one-of-numbers', claims({ count: 7 }))],
  ['a truth that is bound', login('yes-in-truth', claims({ approved: true }))],
  ['another truth', login('yes-in-truth', claims({ approved: false }))],
  ['a truth for a bound text', login('yes', claims({ approved: true }))],
  ['an object for a bound text', login('seven', claims({ count: { of: 7 } }))],
  ['nothing for a bound text', login('seven', claims({ count: null }))],
  ['a claim in a claim', login('nested', claims({ job: { team: 'web' } }))],
  ['another claim in a claim', login('nested', claims({ job: { team: 'data' } }))],
  ['no claim in a claim', login('nested')],
  ['a user by another claim', login('by-id')],
  ['a user by a claim that is no text', login('by-id', claims({ repository_id: 7 }))],
  ['a user by a claim that is missing', login('by-nothing')],
  ['a method that is not there', login('ci', {}, audience, 'auth/nobody/login')],
  [
    'a namespace',
    async (world) => ({ ...logIn(await world.idToken()), headers: { 'x-vault-namespace': 'teams/web' } }),
  ],
  ['what a token is', withToken('GET', 'auth/token/lookup-self')],
  ['what no token is', async () => ({ method: 'GET', path: 'auth/token/lookup-self' })],
  [
    'what a token of nobody is',
    async () => ({ method: 'GET', path: 'auth/token/lookup-self', headers: { 'x-vault-token': 'hvs.nobody' } }),
  ],
  ['renews a token', withToken('POST', 'auth/token/renew-self', {})],
  ['renews a token by PUT', withToken('PUT', 'auth/token/renew-self', {})],
  ['renews a token that may not live on', withToken('POST', 'auth/token/renew-self', {}, 'brief')],
  ['what a batch token is', withToken('GET', 'auth/token/lookup-self', undefined, 'batch')],
  ['renews a batch token', withToken('POST', 'auth/token/renew-self', {}, 'batch')],
  ['revokes a batch token', withToken('POST', 'auth/token/revoke-self', undefined, 'batch')],
  ['logs in for a batch token', login('batch')],
  ['logs in for a token without the policy default', login('bare')],
  ['what such a token is', withToken('GET', 'auth/token/lookup-self', undefined, 'bare')],
  ['renews such a token', withToken('POST', 'auth/token/renew-self', {}, 'bare')],
  ['revokes such a token', withToken('POST', 'auth/token/revoke-self', undefined, 'bare')],
  ['reads a secret with such a token', withToken('GET', 'kv/legacy', undefined, 'bare')],
  ['writes a secret', withToken('POST', 'kv/legacy', { password: 'x' })],
  ['renews no token', async () => ({ path: 'auth/token/renew-self', body: {} })],
  [
    'renews a token of nobody',
    async () => ({ path: 'auth/token/renew-self', body: {}, headers: { 'x-vault-token': 'hvs.nobody' } }),
  ],
  ['revokes a token', withToken('POST', 'auth/token/revoke-self')],
  [
    'revokes a token, which is then none',
    async (world) => {
      const headers = { 'x-vault-token': await world.token() };
      return [
        { method: 'POST', path: 'auth/token/revoke-self', headers },
        { method: 'POST', path: 'auth/token/revoke-self', headers },
        { method: 'GET', path: 'auth/token/lookup-self', headers },
        { method: 'GET', path: 'secret/data/ci', headers },
        { path: 'auth/token/renew-self', body: {}, headers },
      ];
    },
  ],
  ['revokes no token', async () => ({ method: 'POST', path: 'auth/token/revoke-self' })],
  ['reads a secret of version 2', withToken('GET', 'secret/data/ci')],
  ['reads a secret of version 1', withToken('GET', 'kv/legacy')],
  ['reads a secret without a token', async () => ({ method: 'GET', path: 'secret/data/ci' })],
  ['reads a secret that no policy allows', withToken('GET', 'secret/data/production')],
  ['reads a secret that is not there', withToken('GET', 'secret/data/gone')],
  ['reads a secret that is not there, of version 1', withToken('GET', 'kv/gone')],
  ['reads a secret of version 2 without data in its path', withToken('GET', 'secret/ci')],
  ['reads a secret where there is no engine', withToken('GET', 'nothing/at/all')],
];
