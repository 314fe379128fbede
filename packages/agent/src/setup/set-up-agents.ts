import { FedbridgeError, type Outbound } from '@fedbridge/core';
import type { GetAccessToken } from '../azure-devops-rest.ts';
import type { Demand } from '../demand.ts';
import { findPool, type PoolName } from '../find-pool.ts';
import { again, mayPass } from '../run/patience.ts';
import type { AgentIdentity, Principal } from './agent-identity.ts';
import { ensureAdministrator, ensurePool, isAdministrator, type PoolOptions } from './agent-pool.ts';
import { ensureTrust, type Trusted } from './federated-credentials.ts';
import { ensureUser, findUser } from './organization-user.ts';
import { ensurePlaceholder } from './placeholder.ts';
import { ensureQueue } from './project-queue.ts';
import { SetupCalls, type SetupStep, type SetupTokens } from './setup-calls.ts';

/** What a set-up makes, and whether it makes it. */
export interface SetupOptions extends PoolOptions {
  /** Who registers agents. */
  readonly identity: AgentIdentity;
  /** The service accounts that the identity trusts; none for a managed identity of a machine. */
  readonly accounts: readonly Trusted[];
  /** The access level of the user that the identity becomes, such as `express`. */
  readonly license: string;
  /** The name of the offline agent; undefined for none. */
  readonly placeholder: string | undefined;
  readonly demands: readonly Demand[];
  /** The projects that may use the pool, by name or id. */
  readonly projects: readonly string[];
  /** Whether no pipeline of theirs has to be permitted first. */
  readonly allPipelines: boolean;
  /** Whether what changes something is reported alone. */
  readonly dryRun: boolean;
  /** Whether what is wrong is changed. */
  readonly fix: boolean;
  /** How long to wait for what spreads, each time, in ms. */
  readonly waitMs: number;
}

/** Who the agents are, and where. */
export interface SetupResult {
  readonly principal: Principal;
  /** Undefined in a dry run that would make it. */
  readonly poolId: number | undefined;
}

/**
 * Lets an identity register agents: federated credentials for service accounts, a pool, a user with a license, the pool's role, and an
 * offline agent. What is there already is left alone; what is wrong is reported, and changed where that is asked for.
 *
 * @param outbound - bounds and a log that are new for each call
 * @param report - called with each step as it is reached
 * @throws FedbridgeError `INPUT_INVALID`, `CHECK_FAILED` for what is wrong and was left; `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
 */
export async function setUpAgents(
  options: SetupOptions,
  tokens: SetupTokens,
  outbound: () => Outbound,
  report: (step: SetupStep) => void,
): Promise<SetupResult> {
  const { organization, pool, license, identity, accounts, placeholder: name, demands } = options;
  const calls = new SetupCalls({ ...options, tokens, outbound, report });
  const principal = await identity.principal(calls);
  await ensureTrust(identity, accounts, calls);
  const poolId = await ensurePool(options, calls);
  for (const project of options.projects) await ensureQueue({ ...options, poolId, project }, calls);
  const userId = await ensureUser(organization, principal, license, calls);
  const role = { organization, pool, poolId, userId };
  await ensureAdministrator(role, calls);
  if (name !== undefined) await ensurePlaceholder({ organization, pool, poolId, name, demands }, calls);
  if (calls.wrong > 0) {
    throw new FedbridgeError('CHECK_FAILED', 'What is wrong was left as it is: no token can be had with it.', {
      hint: 'Have it changed with --fix. Where another cluster uses it, name a new credential with --credential-name.',
    });
  }
  if (!options.dryRun) await confirmRegistration(principal, role, calls);
  return { principal, poolId };
}

/** @throws FedbridgeError `EXCHANGE_REJECTED` */
async function confirmRegistration(
  principal: Principal,
  role: Parameters<typeof isAdministrator>[0],
  calls: SetupCalls,
): Promise<void> {
  const { clientId } = principal;
  const { organization, pool } = role;
  const isReady = await calls.until(`${clientId} can register agents`, async () => {
    const user = await findUser(organization, principal, calls);
    const isActive = user !== undefined && user.accessLevel?.status !== 'disabled';
    return (isActive && (await isAdministrator(role, calls))) || undefined;
  });
  if (isReady) return calls.confirm(`${clientId} can register agents in ${pool}`);
  throw new FedbridgeError('EXCHANGE_REJECTED', `${clientId} cannot register agents in ${pool} yet.`, {
    hint: 'What was done is not to be seen there. Run it again; what is there is left alone.',
  });
}

/** An offline agent that the identity of agents makes itself. */
export interface OwnPlaceholder extends PoolName {
  readonly name: string;
  readonly demands: readonly Demand[];
  /** How long what is denied is tried again, in ms. */
  readonly waitMs: number;
}

/**
 * Sees that the pool has an offline agent, as an identity that administers the pool. What is denied is tried again: an identity, a role or a
 * federated credential that was made moments ago is not known everywhere yet.
 *
 * @throws FedbridgeError `INPUT_INVALID`; `EXCHANGE_REFUSED`, `EXCHANGE_REJECTED`, `ANSWER_MALFORMED`, `UNAVAILABLE`, `HTTP_*`
 */
export async function providePlaceholder(
  options: OwnPlaceholder,
  accessToken: GetAccessToken,
  outbound: () => Outbound,
  report: (step: SetupStep) => void,
): Promise<void> {
  const none = () => Promise.reject(new Error('a placeholder is of Azure DevOps alone'));
  const tokens = { azureDevOps: accessToken, resourceManager: none, graph: none };
  const calls = new SetupCalls({ tokens, dryRun: false, fix: false, waitMs: 0, outbound, report });
  const { system, log } = outbound();
  await again({ until: system.now() + options.waitMs, system, log, mayPass }, async () => {
    const poolId = await findPool(options, accessToken, outbound());
    await ensurePlaceholder({ ...options, poolId }, calls);
  });
}
