import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { basename, join } from 'node:path';
import { FedbridgeError, type System } from '@fedbridge/core';
import type { StartOptions } from './agent-scripts.ts';
import { copyAgent } from './copy-agent.ts';
import { handOverPaths, handOverSocket, type Instruction, type Report } from './hand-over-protocol.ts';
import { listen } from './listen.ts';
import type { StoppableWaits } from './stoppable-waits.ts';

/** How long the container that registers agents may be away, as when it is started again, in ms. */
const longestAbsence = 10 * 60_000;
/** A question that is open for longer is one that somebody has heard, in ms. */
const heardMs = 5_000;
const askAgainMs = 500;
const watchMs = 200;

/**
 * Runs agents that `HandOver` has registered in another container, until it says that all is over.
 *
 * @param shared - the folder that both containers have
 * @param folder - what agents are copied below, which jobs may write to
 * @returns the exit code that it gives
 * @throws FedbridgeError `INPUT_INVALID`, `DELIVERY_FAILED` where nobody is there to hand one over
 */
export async function runHandedOver(
  shared: string,
  folder: string,
  { onLine }: Pick<StartOptions, 'onLine'>,
  { waits, log }: { readonly waits: StoppableWaits; log(line: string): void },
): Promise<number> {
  const { system, stop } = waits;
  const socket = handOverSocket(shared);
  waits.finish();
  log(`Waits for an agent in ${shared}.`);
  const drain = async (isOver: () => boolean) => {
    // A job that runs is left to end, whoever is away.
    await asked(socket, handOverPaths.drain, {}, isOver, system, Number.POSITIVE_INFINITY);
  };
  let exitCode: number | undefined;
  let own: string | undefined;
  for (;;) {
    const report: Report = { exitCode };
    const isUnneeded = () => exitCode === undefined && stop.aborted;
    const instruction = await asked<Instruction>(socket, handOverPaths.next, report, isUnneeded, system);
    if (!instruction) {
      log('Asked to end before an agent was handed over.');
      return 0;
    }
    if ('exitCode' in instruction) return instruction.exitCode;
    const { agent } = instruction;
    log(`Agent ${agent.name} is handed over.`);
    if (own === undefined) {
      own = join(folder, basename(agent.folder));
      await mkdir(folder, { recursive: true });
      await copyAgent(agent.folder, own);
    }
    exitCode = await listen(
      { ...agent, folder: own },
      { once: agent.once, shareIdentity: false, onLine },
      { waits, log, drain },
    );
  }
}

/**
 * Asks until there is an answer: the other container may be started again meanwhile.
 *
 * @returns undefined where it is not needed any more
 */
async function asked<T>(
  socket: string,
  path: string,
  said: object,
  isUnneeded: () => boolean,
  system: System,
  absenceMs = longestAbsence,
): Promise<T | undefined> {
  const unneeded = new AbortController();
  const watched = watch(isUnneeded, unneeded, system);
  let awayFrom = system.now();
  try {
    while (!unneeded.signal.aborted) {
      const askedAt = system.now();
      try {
        return (await post(socket, path, said, unneeded.signal)) as T;
      } catch (error) {
        // Whoever listened that long was there.
        if (system.now() - askedAt > heardMs) awayFrom = system.now();
        if (system.now() - awayFrom > absenceMs) throw nobodyAt(socket, error);
        await system.sleep(askAgainMs);
      }
    }
    return undefined;
  } finally {
    unneeded.abort();
    await watched;
  }
}

async function watch(isSo: () => boolean, what: AbortController, system: System): Promise<void> {
  while (!what.signal.aborted) {
    if (isSo()) what.abort();
    else await system.sleep(watchMs);
  }
}

async function post(socketPath: string, path: string, said: object, signal: AbortSignal): Promise<unknown> {
  const sent = request({ socketPath, path, method: 'POST', signal }).end(JSON.stringify(said));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
  return JSON.parse(text);
}

function nobodyAt(socket: string, error: unknown): FedbridgeError {
  return new FedbridgeError('DELIVERY_FAILED', `Nobody hands over an agent at ${socket}.`, {
    answer: String(error),
    hint: 'Beside this container one runs "fedbridge agent run --hand-over", and has the same folder.',
  });
}
