import type { System } from '@fedbridge/core';
import type { Host } from './host.ts';

/** How long what a cancelled step is at may take to come to rest, in ms: the platform kills the process ten seconds after its first signal. */
const longestRest = 3_000;

/**
 * The host as a step has it: once the job is cancelled it takes nothing more, its programs are killed, and whatever the step then tries
 * or waits for fails. So that nothing is left behind its clean-up's back, all that a step leaves is reported to the host before it is there.
 */
export function untilCancelled<Given extends Host>(host: Given, cancelled: AbortSignal): Given {
  const system: System = {
    ...host.system,
    sleep: (ms) => orCancelled(host.system.sleep(ms), cancelled),
    run: (call) => host.system.run({ ...call, cancelled }),
  };
  return new Proxy(host, {
    get(target, name) {
      cancelled.throwIfAborted();
      if (name === 'system') return system;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/**
 * Waits for a step's work. If the job is cancelled meanwhile, what the work has begun comes to rest first: a file that is half written, a
 * process that is being started.
 *
 * @param close - ends what the work waits for
 * @throws the reason of the signal, or what the work throws
 */
export async function workUntilCancelled<T>(
  work: Promise<T>,
  {
    cancelled,
    close,
    system,
  }: { readonly cancelled: AbortSignal; readonly close: () => void; readonly system: System },
): Promise<T> {
  try {
    return await orCancelled(work, cancelled);
  } catch (error) {
    if (!cancelled.aborted) throw error;
    close();
    const rest = work.then(ignore, ignore);
    await Promise.race([rest, system.sleep(longestRest)]);
    throw cancelled.reason;
  }
}

function orCancelled<T>(work: Promise<T>, cancelled: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled.reason);
    if (cancelled.aborted) stop();
    cancelled.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => cancelled.removeEventListener('abort', stop));
  });
}

function ignore(): void {}
