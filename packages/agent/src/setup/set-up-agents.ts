import { FedbridgeError, type Outbound } from '@fedbridge/core';
import { ensureAdministrator, ensurePool, isAdministrator, type PoolOptions } from './agent-pool.ts';
import {
  type ClusterAccount,
  ensureFederatedCredential,
  findPrincipal,
  type ManagedIdentityLocation,
} from './managed-identity.ts';
import { ensureUser, findUser } from './organization-user.ts';
import { SetupCalls, type SetupStep, type SetupTokens } from './setup-calls.ts';

/** What a set-up makes, and whether it makes it. */
export interface SetupOptions extends ManagedIdentityLocation, ClusterAccount, PoolOptions {
  /** The access level of the user that the identity becomes, such as `express`. */
  readonly license: string;
  /** Whether what changes something is reported alone. */
  readonly dryRun: boolean;
}

/**
 * Makes a managed identity one that registers agents from a cluster: a federated credential for the service account, a pool,
 * a user with a license, and the pool's role. What is there already is left alone.
 *
 * @param outbound - bounds and a log that are new for each call
 * @param report - called with each step as it is reached
 * @throws FedbridgeError `INPUT_INVALID`, `EXCHANGE_REJECTED`, and what a call throws
 */
export async function setUpAgents(
  options: SetupOptions,
  tokens: SetupTokens,
  outbound: () => Outbound,
  report: (step: SetupStep) => void,
): Promise<void> {
  const { organization, pool, license, dryRun } = options;
  const calls = new SetupCalls({ tokens, dryRun, outbound, report });
  const principal = await findPrincipal(options, calls);
  await ensureFederatedCredential(options, options, calls);
  const poolId = await ensurePool(options, calls);
  const userId = await ensureUser(organization, principal, license, calls);
  const role = { organization, pool, poolId, userId };
  await ensureAdministrator(role, calls);
  if (dryRun) return;

  const user = await findUser(organization, principal, calls);
  const isActive = user?.accessLevel?.status !== 'disabled';
  if (isActive && (await isAdministrator(role, calls))) {
    calls.confirm(`${principal.clientId} can register agents in ${pool}`);
    return;
  }
  throw new FedbridgeError('EXCHANGE_REJECTED', `${principal.clientId} cannot register agents in ${pool} yet.`, {
    hint: 'What was done is not to be seen there. Run it again; what is there is left alone.',
  });
}
