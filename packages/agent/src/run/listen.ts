import { FedbridgeError, untilAborted } from '@fedbridge/core';
import { type ConfiguredAgent, installedAgent, type StartOptions, signalAgent, startAgent } from './agent-scripts.ts';
import { pause } from './patience.ts';
import type { StoppableWaits } from './stoppable-waits.ts';

/**
 * The agent ends with one of these when it has fetched another version, which a script of its own puts in its place; 4 where it runs one
 * job. Source: microsoft/azure-pipelines-agent, `Constants.Agent.ReturnCode`.
 */
const updating: ReadonlySet<number> = new Set([3, 4]);
/** How long that may take, in ms. Source: microsoft/azure-pipelines-agent, `run-docker.sh`. */
const updateMs = 20_000;
/** How long an agent that is asked to end may take, in ms. */
const endMs = 20_000;
const watchMs = 200;

/** What a registered agent is run with. */
export interface ListenWorld {
  /** Asks for the end. */
  readonly waits: StoppableWaits;
  log(line: string): void;
  /**
   * Lets no further job begin, and waits for the one that runs.
   *
   * @param isOver - whether the agent has ended
   */
  drain(isOver: () => boolean): Promise<void>;
}

/**
 * Runs the agent until it ends or is asked to, and again when it has updated itself.
 *
 * @returns its exit code; 0 if it was asked to end
 * @throws FedbridgeError `DELIVERY_FAILED` if it is not there after an update
 */
export async function listen(place: ConfiguredAgent, options: StartOptions, world: ListenWorld): Promise<number> {
  const { waits, log } = world;
  for (;;) {
    const installed = await installedAgent(place);
    const exitCode = await runOnce(place, options, world);
    if (waits.stop.aborted) return 0;
    if (!updating.has(exitCode)) {
      if (exitCode !== 0) log(`Agent ${place.name} ended by itself, with exit code ${exitCode}.`);
      return exitCode;
    }
    log(`Agent ${place.name} updates itself, and is started again.`);
    await untilReplaced(place, installed, world);
    if (waits.stop.aborted) return 0;
  }
}

/** Waits for another version to be in place; as long as that may take where it is the same one again. @throws FedbridgeError `DELIVERY_FAILED` */
async function untilReplaced(
  place: ConfiguredAgent,
  before: string | undefined,
  { waits }: ListenWorld,
): Promise<void> {
  const { system, stop } = waits;
  let now: string | undefined;
  for (const until = system.now() + updateMs; system.now() < until && !stop.aborted; await system.sleep(watchMs)) {
    now = await installedAgent(place);
    if (now !== undefined && now !== before) return;
  }
  if (now === undefined && !stop.aborted)
    throw new FedbridgeError(
      'DELIVERY_FAILED',
      `Agent ${place.name} was not there ${updateMs / 1000} s after it began to update itself.`,
    );
}

/** @returns its exit code, 1 for one that was killed; any if it was asked to end */
async function runOnce(place: ConfiguredAgent, options: StartOptions, world: ListenWorld): Promise<number> {
  const { system, stop } = world.waits;
  const child = startAgent(place, options, system.environment);
  let isOver = false;
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      isOver = true;
      resolve(code ?? 1);
    });
  });
  const first = await Promise.race([ended, untilAborted(stop)]);
  if (first !== undefined) {
    // What ran its job is not left to run on; what updates it is.
    if (!updating.has(first)) signalAgent(child, 'SIGKILL');
    return first;
  }
  world.log(`Asked to end (${String(stop.reason)}): agent ${place.name} takes no further job.`);
  await world.drain(() => isOver);
  if (!isOver) signalAgent(child, 'SIGINT');
  await pause(system, endMs, () => isOver);
  if (!isOver) signalAgent(child, 'SIGKILL');
  return ended;
}
