import { explain, FedbridgeError, type Outbound } from '@fedbridge/core';
import type { AgentIdentity, Principal } from '../setup/agent-identity.ts';
import { isAdministrator, poolIdOf } from '../setup/agent-pool.ts';
import { credentialFor, judge } from '../setup/federated-credentials.ts';
import { findUser } from '../setup/organization-user.ts';
import { SetupCalls, type SetupTokens } from '../setup/setup-calls.ts';
import type { AgentFinding, CheckOptions, CheckWorld } from './finding.ts';
import { agentFindings } from './pool-agents-check.ts';
import { queueFindings } from './queue-check.ts';

/**
 * Says why no job starts: looks at the pool, its agents and its queue, and at the identity of the agents. Nothing is changed.
 *
 * @param outbound - bounds and a log that are new for each call
 * @returns one finding or more for each thing that was looked at
 */
export async function checkAgents(
  options: CheckOptions,
  tokens: SetupTokens,
  outbound: () => Outbound,
): Promise<readonly AgentFinding[]> {
  const calls = new SetupCalls({ tokens, dryRun: true, fix: false, waitMs: 0, outbound, report: () => {} });
  const world = { options, calls, now: outbound().system.now() };
  const findings: AgentFinding[] = [];
  const pool = await looked('pool', () => poolFinding(world));
  findings.push(...pool.findings);
  const poolId = pool.value;
  if (poolId !== undefined) {
    findings.push(...(await looked('agents', () => agentFindings(world, poolId))).findings);
    findings.push(...(await looked('queue', () => queueFindings(world, poolId))).findings);
  }
  const { identity } = options;
  if (!identity) return findings;
  const found = await looked('identity', () => identityFinding(identity, world));
  findings.push(...found.findings);
  const principal = found.value;
  if (!principal) return findings;
  findings.push(...(await looked('user', () => userFindings(principal, poolId, world))).findings);
  findings.push(...(await looked('federated credential', () => credentialFindings(identity, world))).findings);
  return findings;
}

/** Findings, and what further checks need of it. */
interface Looked<T> {
  readonly findings: readonly AgentFinding[];
  readonly value?: T | undefined;
}

/** What cannot be looked at is a finding of its own, and keeps nothing else from being looked at. */
async function looked<T>(check: string, look: () => Promise<Looked<T>>): Promise<Looked<T>> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    const state = error.code === 'INPUT_INVALID' ? 'problem' : 'unknown';
    const [detail = '', ...more] = explain(error).split('\n');
    const { answer, hint } = error.detail;
    const finding = { check, state, detail: answer ? `${detail} ${answer}` : [detail, ...more].join(' ') } as const;
    return { findings: [hint ? { ...finding, detail: answer ? finding.detail : detail, fix: hint } : finding] };
  }
}

async function poolFinding({ options, calls }: CheckWorld): Promise<Looked<number>> {
  const { organization, pool } = options;
  const id = await poolIdOf(options, calls);
  if (id !== undefined)
    return { value: id, findings: [{ check: 'pool', state: 'ok', detail: `${pool} has id ${id}.` }] };
  const detail = `${organization} has no agent pool "${pool}" that you may see.`;
  return { findings: [{ check: 'pool', state: 'problem', detail, fix: 'Make it: fedbridge agent setup' }] };
}

async function identityFinding(identity: AgentIdentity, { calls }: CheckWorld): Promise<Looked<Principal>> {
  const principal = await identity.principal(calls);
  const detail = `${principal.clientId} is in tenant ${principal.tenantId}.`;
  return { value: principal, findings: [{ check: 'identity', state: 'ok', detail }] };
}

async function userFindings(
  principal: Principal,
  poolId: number | undefined,
  { options, calls }: CheckWorld,
): Promise<Looked<never>> {
  const { organization, pool } = options;
  const fix = 'Add it: fedbridge agent setup';
  const user = await findUser(organization, principal, calls);
  if (!user) {
    const detail = `${principal.clientId} is no user of ${organization}.`;
    return { findings: [{ check: 'user', state: 'problem', detail, fix }] };
  }
  const status = user.accessLevel?.status ?? 'unknown';
  const isActive = status !== 'disabled';
  const findings: AgentFinding[] = [
    isActive
      ? { check: 'user', state: 'ok', detail: `${principal.clientId} is a user, ${status}.` }
      : {
          ...{ check: 'user', state: 'problem', detail: `${principal.clientId} is a user, ${status}.` },
          fix: 'Give it an access level: Organization settings > Users.',
        },
  ];
  if (poolId === undefined) return { findings };
  const may = await isAdministrator({ organization, pool, poolId, userId: user.id }, calls);
  findings.push(
    may
      ? { check: 'role', state: 'ok', detail: `It is Administrator of pool ${pool}.` }
      : { check: 'role', state: 'problem', detail: `It is not Administrator of pool ${pool}.`, fix },
  );
  return { findings };
}

async function credentialFindings(identity: AgentIdentity, { options, calls }: CheckWorld): Promise<Looked<never>> {
  const { accounts } = options;
  const all = accounts.length === 0 ? [] : await identity.credentials(calls);
  const check = 'federated credential';
  const findings = accounts.map((account): AgentFinding => {
    const wanted = credentialFor(account);
    const judgement = judge(wanted, all);
    if (judgement.is === 'there') {
      return { check, state: 'ok', detail: `${judgement.known.name} trusts ${wanted.subject}.` };
    }
    if (judgement.is === 'missing') {
      const detail = `None trusts ${wanted.subject} of ${wanted.issuer}.`;
      return { check, state: 'problem', detail, fix: 'Add it: fedbridge agent setup' };
    }
    const detail = `${judgement.known.name} does not trust ${wanted.subject}: ${judgement.why}.`;
    return { check, state: 'problem', detail, fix: 'Change it: fedbridge agent setup --fix' };
  });
  return { findings };
}
