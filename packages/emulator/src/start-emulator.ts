import type { Emulator, EmulatorOptions } from './emulator.ts';
import { RunningEmulator } from './running-emulator.ts';
import { EmulatorClock } from './server/clock.ts';
import { Faults } from './server/faults.ts';
import { History } from './server/history.ts';
import { openService, type World } from './server/service.ts';
import { TokenIssuer } from './server/token-issuer.ts';
import { platformNames, serviceNames } from './services.ts';

/**
 * Starts GitHub's and Azure DevOps' token endpoints, Entra, STS and a few APIs behind them, each on a port of its own on
 * 127.0.0.1. Tokens are really signed and really verified.
 *
 * @throws IamProblem, CredentialProblem for a set-up that AWS or Entra would not take
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { tls = false, hostnames = [], historyLimit = 20_000, setup = {} } = options;
  const certificate = tls ? await certificateFor(hostnames) : undefined;
  const world: World = {
    clock: new EmulatorClock(),
    faults: new Faults(),
    requests: new History(historyLimit),
    secrets: new History(historyLimit),
    historyLimit,
  };
  const signing = ['github', 'azureDevOps', 'entra', 'kubernetes', ...platformNames] as const;
  const issuers = await entriesOf(signing, (name) => TokenIssuer.create(name));
  const services = await entriesOf(serviceNames, (name) => openService(name, world, certificate));
  const emulator = new RunningEmulator({ world, issuers, services, hostnames, ca: certificate?.ca, setup });
  await Promise.all(Object.values(services).map((service) => service.ready()));
  return emulator;
}

/** One of each name, made at once. */
async function entriesOf<Name extends string, T>(
  names: readonly Name[],
  make: (name: Name) => Promise<T>,
): Promise<Readonly<Record<Name, T>>> {
  const entries = await Promise.all(names.map(async (name) => [name, await make(name)] as const));
  return Object.fromEntries(entries) as Record<Name, T>;
}

async function certificateFor(hostnames: readonly string[]) {
  const { makeCertificate } = await import('./server/certificate.ts');
  return makeCertificate(hostnames);
}
