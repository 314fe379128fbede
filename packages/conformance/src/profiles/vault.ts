import { FedbridgeError } from '@fedbridge/core';
import type { Setup } from '@fedbridge/emulator';
import { sources } from '../cases/sources.ts';
import { emulated } from './emulated.ts';
import { membersOf, postJson } from './post.ts';
import type { Answer, AskedTrust, Connection, Documented, Profile, RelyingParty } from './profile.ts';

const notThere: Documented = {
  decision: 'accepted',
  why: 'Vault takes an expiry of null or zero for one that is not there.',
  source: sources.cap,
};
const anyMatch: Documented = {
  decision: 'accepted',
  why: 'Of bound_audiences any match is sufficient, whoever else the token is for.',
  source: sources.vault,
};

/** Vault's JWT auth method, over its API; the emulator's where no address is given. */
export const vaultProfile: Profile = {
  name: 'vault',
  title: 'Vault',
  secretVariable: 'VAULT_TOKEN',
  isEmulated: true,
  audience: () => 'https://vault.example.com',
  obstacle: ({ subject }, { server }) =>
    server === undefined && subject && 'like' in subject
      ? "The emulator's Vault knows no bound_claims_type glob."
      : undefined,
  looksAtSubjects: true,
  open: (trusts, connection) =>
    connection.server === undefined
      ? emulatedVault(trusts, connection)
      : vaultAt(connection.server, trusts, connection),
  documented: {
    'audiences/list-ours-first': anyMatch,
    'audiences/list-ours-last': anyMatch,
    'audiences/authorized-party-beside-a-list': anyMatch,
    'times/expiry-null': notThere,
    'times/expiry-zero': notThere,
    'times/expiry-missing': {
      decision: 'accepted',
      why: 'Without exp, Vault takes a token for 150 seconds from iat or nbf, unless expiration_leeway says otherwise.',
      source: sources.vault,
    },
  },
  settles: 0,
};

/** Where a method is mounted for the issuer of a trust. */
const mountOf = ({ issuer }: AskedTrust) => `fedbridge-conformance${new URL(issuer).pathname.replace(/\/$/, '')}`;
const tokenSeconds = 60;

/** A role by its claims: the subject among them where it is a pattern. Source: Vault API, "JWT/OIDC auth method". */
function roleOf({ subject, audience, claims = {} }: AskedTrust) {
  const pattern = subject && 'like' in subject ? { sub: subject.like } : {};
  const bound = { ...claims, ...pattern };
  return {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [audience],
    ...(subject && 'equals' in subject ? { bound_subject: subject.equals } : {}),
    ...(Object.keys(bound).length > 0 ? { bound_claims: bound } : {}),
    bound_claims_type: Object.keys(pattern).length > 0 ? 'glob' : 'string',
    // What is given for a token is good for nothing, and soon gone.
    token_type: 'batch',
    token_ttl: tokenSeconds,
    token_no_default_policy: true,
  };
}

async function vaultAt(server: string, trusts: readonly AskedTrust[], connection: Connection): Promise<RelyingParty> {
  const { secret, send } = connection;
  if (secret === undefined)
    throw new FedbridgeError('INPUT_MISSING', 'Vault is set up with a token of yours, and none is given.', {
      hint: 'Set VAULT_TOKEN, or name a file with it: --token-file. It needs sys/auth/* and auth/*, and what it makes is removed again.',
    });
  const administer = (method: 'POST' | 'DELETE', path: string, value?: unknown) =>
    send({ ...postJson(`${server}/v1/${path}`, value ?? {}, { 'x-vault-token': secret }), method });
  const mounts = [...new Set(trusts.map(mountOf))];
  const mounted: string[] = [];
  /** Why an issuer is not trusted, by its mount. */
  const unset = new Map<string, string>();
  const dispose = async () => {
    for (const mount of mounted) await administer('DELETE', `sys/auth/${mount}`);
  };
  try {
    for (const mount of mounts) {
      const { status, body } = await administer('POST', `sys/auth/${mount}`, { type: 'jwt' });
      if (status >= 300) throw refusedSetUp(`sys/auth/${mount}`, status, body);
      mounted.push(mount);
      const trust = trusts.find((one) => mountOf(one) === mount);
      const config = { oidc_discovery_url: trust?.issuer, bound_issuer: trust?.issuer };
      const configured = await administer('POST', `auth/${mount}/config`, config);
      if (configured.status < 300) continue;
      if (!trust?.isBroken) throw refusedSetUp(`auth/${mount}/config`, configured.status, configured.body);
      unset.set(mount, `set-up: ${wordsOf(configured)}`);
    }
    for (const trust of trusts.filter((one) => !unset.has(mountOf(one)))) {
      const path = `auth/${mountOf(trust)}/role/${trust.name}`;
      const { status, body } = await administer('POST', path, roleOf(trust));
      if (status >= 300) throw refusedSetUp(path, status, body);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    present: async (token, trust) => {
      const said = unset.get(mountOf(trust));
      return said === undefined ? logIn(server, token, trust, connection) : { decision: 'refused', said };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function refusedSetUp(path: string, status: number, body: string): FedbridgeError {
  return new FedbridgeError('EXCHANGE_REJECTED', `Vault was not set up: it refused ${path}.`, {
    answer: wordsOf({ status, body }),
    hint: 'The token needs sys/auth/* and auth/*, and Vault must reach the address of --issuer. Mounts of a run that was killed are below fedbridge-conformance/.',
  });
}

const wordsOf = ({ status, body }: { readonly status: number; readonly body: string }): string =>
  `HTTP ${status}: ${[membersOf(body).errors ?? []].flat().join(' ')}`;

async function logIn(server: string, token: string, trust: AskedTrust, { send }: Connection): Promise<Answer> {
  const answer = await send(postJson(`${server}/v1/auth/${mountOf(trust)}/login`, { role: trust.name, jwt: token }));
  const { auth } = membersOf(answer.body);
  if (answer.status === 200 && auth) return { decision: 'accepted', said: 'a token' };
  return { decision: 'refused', said: wordsOf(answer) };
}

async function emulatedVault(trusts: readonly AskedTrust[], connection: Connection): Promise<RelyingParty> {
  const methods = [...new Set(trusts.map(mountOf))].map((path) => {
    const own = trusts.filter((one) => mountOf(one) === path);
    const issuer = own[0]?.issuer ?? '';
    const roles = own.map(({ name, subject, audience, claims }) => {
      const boundSubject = subject && 'equals' in subject ? { boundSubject: subject.equals } : {};
      const bound = { boundAudiences: [audience], ...boundSubject, ...(claims ? { boundClaims: claims } : {}) };
      return [name, { userClaim: 'sub', tokenPolicies: [], tokenTtl: tokenSeconds, ...bound }] as const;
    });
    return { path, oidcDiscoveryUrl: issuer, boundIssuer: issuer, roles: Object.fromEntries(roles) };
  });
  const setup: Setup = { vault: { jwtMethods: methods, policies: {} } };
  const own = await emulated(connection, setup, ({ vault }) => vault);
  return {
    present: (token, trust) => logIn(own.url, token, trust, connection),
    [Symbol.asyncDispose]: () => own.close(),
  };
}
