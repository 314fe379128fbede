import { backoff, FedbridgeError, type System } from '@fedbridge/core';
import { shortMessage } from './short-message.ts';

interface Patience {
  /** Until when a further attempt may begin, in ms since 1970-01-01 UTC. */
  readonly until: number;
  readonly system: Pick<System, 'now' | 'random' | 'sleep'>;
  readonly log: (line: string) => void;
  readonly stop?: AbortSignal | undefined;
  /** Whether an error may pass; of all of ours by default. */
  readonly mayPass?: (error: FedbridgeError) => boolean;
}

/** How soon it is noticed during a wait that this may end, in ms. */
const sliceMs = 200;
const waits = { first: 1_000, longest: 30_000 };

/**
 * Until it succeeds, time is up or the end is asked for; waits grow from a second to half a minute.
 *
 * @returns undefined where the end was asked for
 * @throws what the attempt throws
 */
export async function again<T>(patience: Patience, attempt: () => Promise<T>): Promise<T | undefined> {
  const { until, system, log, stop, mayPass = () => true } = patience;
  for (let failures = 1; !stop?.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = backoff(failures, system.random(), waits);
      const isHopeless = !(error instanceof FedbridgeError) || error.code === 'CANCELLED' || !mayPass(error);
      if (isHopeless || system.now() + waitMs > until) throw error;
      log(`${shortMessage(error)} Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
      await pause(system, waitMs, () => stop?.aborted === true);
    }
  }
  return undefined;
}

/** Waits, and no longer than until something is so. */
export async function pause(system: Pick<System, 'now' | 'sleep'>, ms: number, isSo: () => boolean): Promise<void> {
  for (const end = system.now() + ms; system.now() < end && !isSo(); )
    await system.sleep(Math.min(sliceMs, end - system.now()));
}

const passing: ReadonlySet<string> = new Set([
  // A federated credential, a user or a role that was made moments ago is not known everywhere yet.
  'EXCHANGE_REFUSED',
  'UNAVAILABLE',
  // A pod's network, and a proxy beside it, come up as it starts.
  'HTTP_CONNECT',
  'HTTP_TIMEOUT',
  'HTTP_PROXY',
]);

/** Whether what kept an agent from being registered may pass by itself. */
export function mayPass({ code, recovery }: FedbridgeError): boolean {
  return recovery !== 'never' || passing.has(code);
}
