import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { input, type Journey } from './journeys.ts';
import type { Variables } from './process.ts';
import { startProxy } from './proxy.ts';
import { region, sharedSetup } from './setup.ts';

/** The hosts of both clouds, as they are called outside. */
export const hosts = { AWS: `sts.${region}.amazonaws.com`, Entra: 'login.microsoftonline.com' } as const;

/** Both clouds under their real names and port 443, which a proxy alone knows the way to. */
export interface CloudsBehind extends AsyncDisposable {
  readonly emulator: Emulator;
  /** The port of that proxy, for one that hands on to it. */
  readonly port: number;
  /** What it was asked to connect to, `host:port`. */
  readonly asked: readonly string[];
  /** A file with the CA of the clouds' certificates. */
  readonly ca: string;
  /** Runs a journey's step as shipped, with its clouds' own hosts. @param environment - with the proxy that it uses */
  run(journey: Journey, environment: Variables, inputs?: Variables): ReturnType<ReturnType<Journey['start']>['run']>;
}

export async function cloudsBehind(): Promise<CloudsBehind> {
  const emulator = await startEmulator({ setup: sharedSetup, tls: true, hostnames: Object.values(hosts) });
  const routes = { [`${hosts.AWS}:443`]: emulator.urls.sts, [`${hosts.Entra}:443`]: emulator.urls.entra };
  const behind = await startProxy({ routes });
  const folder = mkdtempSync(join(tmpdir(), 'clouds-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, emulator.ca ?? '');
  return {
    emulator,
    port: behind.port,
    asked: behind.asked,
    ca,
    run(journey, environment, inputs = {}) {
      const [own] = Object.entries(input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', ''));
      const named = Object.entries(inputs).flatMap(([name, value]) => Object.entries(input(journey, name, value)));
      return journey
        .start(emulator, {
          inputs: Object.fromEntries([...(own ? [own] : []), ...named]),
          environment: { NODE_EXTRA_CA_CERTS: ca, ...environment },
        })
        .run();
    },
    async [Symbol.asyncDispose]() {
      await behind[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
