import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Setup } from '@fedbridge/emulator';
import { machineEnvironment } from './process.ts';

/** What a Vault has, as the emulator's is told. */
export type VaultSetup = NonNullable<Setup['vault']>;

/** Vault itself, built from test/interop/vault; `.ci/run` puts it on the path where `FEDBRIDGE_REAL` is 1. */
const program = 'interop-vault';
export const hasVault = spawnSync(program, { stdio: 'ignore' }).error === undefined;

/** A Vault that nobody here wrote, in a process of its own. */
export interface RealVault extends AsyncDisposable {
  readonly url: string;
  /** Its root token. */
  readonly token: string;
}

/** Starts one that has what is said, set up by its API. @param ca - PEM, of the issuers that its methods trust */
export async function startVault(setup: VaultSetup, ca: string | undefined): Promise<RealVault> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: machineEnvironment('/') });
  const { address, token } = await firstLine(child);
  const write = async (path: string, body: object) => {
    const answer = await fetch(`${address}/v1/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': token },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  };
  for (const [path, body] of writes(setup, ca)) await write(path, body);
  return {
    url: address,
    token,
    async [Symbol.asyncDispose]() {
      child.stdin?.end();
      await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<{ readonly address: string; readonly token: string }> {
  if (!child.stdout) throw new Error('It prints nothing.');
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(line);
}

/** What is written, and where. Source: Vault API, "JWT/OIDC auth method", "/sys/policies/acl", "KV secrets engine". */
function* writes({ jwtMethods, policies, kv1 = {}, kv2 = {} }: VaultSetup, ca = ''): Generator<[string, object]> {
  for (const { path, oidcDiscoveryUrl, boundIssuer = '', roles } of jwtMethods) {
    yield [`sys/auth/${path}`, { type: 'jwt' }];
    const config = { oidc_discovery_url: oidcDiscoveryUrl, oidc_discovery_ca_pem: ca, bound_issuer: boundIssuer };
    yield [`auth/${path}/config`, config];
    for (const [name, role] of Object.entries(roles)) {
      const body = {
        role_type: 'jwt',
        user_claim: role.userClaim,
        bound_audiences: role.boundAudiences,
        bound_subject: role.boundSubject,
        bound_claims: role.boundClaims,
        token_policies: role.tokenPolicies,
        token_no_default_policy: role.tokenNoDefaultPolicy,
        token_ttl: role.tokenTtl,
        token_max_ttl: role.tokenMaxTtl,
        token_type: role.tokenType,
      };
      yield [`auth/${path}/role/${name}`, body];
    }
  }
  for (const [name, paths] of Object.entries(policies)) {
    const path = Object.fromEntries(Object.entries(paths).map(([one, capabilities]) => [one, { capabilities }]));
    yield [`sys/policies/acl/${name}`, { policy: JSON.stringify({ path }) }];
  }
  for (const [version, secrets] of [kv1, kv2].entries()) {
    const mounts = new Set(Object.keys(secrets).map((path) => path.split('/', 1)[0]));
    for (const mount of mounts) {
      yield [`sys/mounts/${mount}`, { type: 'kv', options: { version: String(version + 1) } }];
    }
    for (const [path, data] of Object.entries(secrets)) yield [path, version === 0 ? data : { data }];
  }
}
