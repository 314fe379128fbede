import { type BrokerHandle, type BrokerOrder, type BrokerSecrets, startBroker, stopBroker } from '@fedbridge/broker';
import { exportVariables, type Host, type InputValues, type StepContext, secretDirectory } from '@fedbridge/step';
import type { keepFreshInputs } from './shared-inputs.ts';
import { isReachedDirectly, withoutProxy } from './without-proxy.ts';

const state = 'broker';
const hour = 3_600_000;

/** What of a step's context a broker needs. */
export type KeepFreshContext = Pick<StepContext, 'host' | 'identity' | 'brokerScript' | 'outbound'>;

/** What a step has a broker serve. */
type Served<Endpoint extends string> = Pick<BrokerOrder<Endpoint>, 'endpoints' | 'tokenFile' | 'idTokens'>;

/** A broker that serves. Holds secrets. */
export interface RunningBroker<Endpoint extends string> {
  /** Its address, without a slash at the end. */
  readonly origin: string;
  readonly folder: string;
  /** When it ends at the latest, in ms since 1970-01-01 UTC. */
  readonly endsAt: number;
  /** What callers must show, by endpoint. */
  readonly secrets: BrokerSecrets<Endpoint>;
}

/** Starts a broker that the step's clean-up stops. @throws FedbridgeError `DELIVERY_FAILED` */
export async function keepFresh<Endpoint extends string>(
  { host, identity, brokerScript, outbound }: KeepFreshContext,
  { keepFreshMax }: InputValues<typeof keepFreshInputs>,
  served: Served<Endpoint>,
): Promise<RunningBroker<Endpoint>> {
  const { system } = host;
  const folder = await secretDirectory(host);
  const order: BrokerOrder<Endpoint> = {
    identity: identity.planToRenew,
    network: system.network(),
    folder,
    endsAt: system.now() + keepFreshMax * hour,
    endsBy: host.inputName('keepFreshMax'),
    jobProcess: system.jobProcess(),
    ...served,
  };
  const keep = (handle: BrokerHandle) => host.saveState(state, JSON.stringify(handle));
  const { port, secrets } = await startBroker(order, { script: brokerScript, keep }, system);
  for (const secret of Object.values<string>(secrets)) outbound.mask(secret);
  exemptFromProxy(host);
  return { origin: `http://127.0.0.1:${port}`, folder, endsAt: order.endsAt, secrets };
}

/** Has later steps ask a server on loopback directly. */
function exemptFromProxy(host: Host): void {
  const exempted = withoutProxy((name) => host.variable(name).value);
  exportVariables(host, exempted);
  const { value: machines } = host.variable('no_proxy');
  if (host.variablesKeepCase || exempted.no_proxy === undefined || machines === '' || isReachedDirectly(machines))
    return;
  host.warning(
    'no_proxy of this machine, in small letters, does not have 127.0.0.1, and this agent gives variables to scripts in capitals alone. ' +
      'Python and curl would ask the server that keeps credentials fresh through the proxy, and tell the proxy its secret: add 127.0.0.1 ' +
      'to it, or update the agent to 3.234.0 or newer.',
  );
}

/** Stops the step's broker and tells what it did. */
export async function stopKeepingFresh(host: Host): Promise<void> {
  const saved = host.state(state);
  if (saved === '') return;
  const handle = JSON.parse(saved) as BrokerHandle;
  const status = host.folder.contains(handle.folder) ? await stopBroker(handle, host.system) : undefined;
  host.saveState(state, '');
  if (!status) return;
  const { restarts, renewals, failures, longestGapMs, denied } = status;
  const gap = longestGapMs === 0 ? 'no gap' : `longest gap ${Math.round(longestGapMs / 1000)} s`;
  if (denied !== undefined) host.warning(`Credentials were not kept fresh for the whole job. ${denied}`);
  host.info(`Kept fresh: ${renewals} renewals, ${failures} failures, ${gap}.`);
  if (restarts > 0) host.info(`The server that kept it fresh was killed and started again: ${restarts} times.`);
}
