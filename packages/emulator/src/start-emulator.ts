import type { Emulator, EmulatorOptions, EmulatorUrls } from './emulator.ts';
import { RunningEmulator } from './running-emulator.ts';
import type { CertificateAuthority } from './server/certificate.ts';
import { EmulatorClock } from './server/clock.ts';
import { Faults } from './server/faults.ts';
import { History } from './server/history.ts';
import { localNames, realNames } from './server/names.ts';
import { openServer, type World } from './server/service.ts';
import { State } from './server/state.ts';
import { TokenIssuer } from './server/token-issuer.ts';
import { startTunnel } from './server/tunnel.ts';
import { platformNames, serviceNames } from './services.ts';

/**
 * Starts GitHub's and Azure DevOps' token endpoints, Entra, STS and a few APIs behind them, each on a port of its own on
 * 127.0.0.1. Tokens are really signed and really verified.
 *
 * @throws IamProblem, CredentialProblem for a set-up that AWS or Entra would not take; PortProblem, StateProblem
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { tls = false, hostnames = [], historyLimit = 20_000, setup = {}, ports = {}, address } = options;
  const world: World = {
    clock: new EmulatorClock(),
    faults: new Faults(),
    requests: new History(historyLimit),
    secrets: new History(historyLimit),
    historyLimit,
    state: options.state === undefined ? State.inMemory() : State.inFolder(options.state),
    watchers: new Set(),
  };
  const isReal = options.names === 'real';
  const authority = tls || isReal ? await certificateAuthority(world.state) : undefined;
  const certificate = tls ? await authority?.certificateFor(['localhost', ...hostnames]) : undefined;
  const signing = ['github', 'azureDevOps', 'entra', 'kubernetes', ...platformNames] as const;
  const issuers = await entriesOf(signing, async (name) => new TokenIssuer(name, world.state));
  const open: { close(): Promise<void> }[] = [];
  const kept = <T extends { close(): Promise<void> }>(one: T) => {
    open.push(one);
    return one;
  };
  try {
    const servers = await entriesOf(serviceNames, async (name) =>
      kept(await openServer(name, world, { certificate, port: ports[name], address })),
    );
    const urls = Object.fromEntries(serviceNames.map((name) => [name, servers[name].url])) as EmulatorUrls;
    const names = isReal ? realNames(urls, options.issuers) : localNames(urls);
    const accept = (host: string) => {
      const service = names.serviceAt(host);
      return service && servers[service].accept;
    };
    const tunnel =
      isReal && authority ? kept(await startTunnel({ accept, authority, port: ports.proxy, address })) : undefined;
    const parts = { world, issuers, servers, tunnel, urls, names, hostnames, ca: authority?.ca };
    return await RunningEmulator.start(parts, typeof setup === 'function' ? setup(urls) : setup);
  } catch (error) {
    // Those that were to come, too: whoever waits for one that failed must not leave the others open.
    await Promise.all(open.map((one) => one.close()));
    throw error;
  }
}

/** One of each name, made at once; all of them have ended when one has failed. */
async function entriesOf<Name extends string, T>(
  names: readonly Name[],
  make: (name: Name) => Promise<T>,
): Promise<Readonly<Record<Name, T>>> {
  const made = await Promise.allSettled(names.map(async (name) => [name, await make(name)] as const));
  const entries = made.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  return Object.fromEntries(entries) as Record<Name, T>;
}

async function certificateAuthority(state: State): Promise<CertificateAuthority> {
  const { CertificateAuthority } = await import('./server/certificate.ts');
  return CertificateAuthority.open(state);
}
