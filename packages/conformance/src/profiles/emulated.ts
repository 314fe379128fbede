import type { EmulatorUrls, Setup } from '@fedbridge/emulator';
import type { Connection } from './profile.ts';

/** A service of an emulator, or one that runs elsewhere. */
export interface Emulated {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an emulator with a set-up, unless the address of a server is given. @param urlOf - the service that is meant */
export async function emulated(
  { server }: Connection,
  setup: Setup,
  urlOf: (urls: EmulatorUrls) => string,
): Promise<Emulated> {
  if (server !== undefined) return { url: server, close: async () => {} };
  // The emulator is larger than all else.
  const { startEmulator } = await import('@fedbridge/emulator');
  const emulator = await startEmulator({ setup });
  return { url: urlOf(emulator.urls), close: () => emulator.close() };
}
