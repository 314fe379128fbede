import { proxySecrets } from '@fedbridge/core';
import type { Host } from './host.ts';
import { mayBeSecret } from './secrecy.ts';

/** What a step's own inputs say of the network. */
interface NetworkInputs {
  readonly proxy: URL | undefined;
  readonly noProxy: string | undefined;
}

/**
 * Settles how this process reaches the network: what the inputs say, else the environment, else what the platform's own program was
 * configured with. What is secret in it is hidden before anything is sent.
 *
 * @returns what is to be warned of
 * @throws FedbridgeError `INPUT_INVALID`, `HTTP_PROXY`
 */
export async function useNetwork(
  host: Pick<Host, 'system' | 'configuredNetwork'>,
  inputs: NetworkInputs,
  mask: (secret: string) => void,
): Promise<readonly string[]> {
  const { network, warnings } = await host.configuredNetwork();
  const { system } = host;
  system.useNetwork({ ...inputs, machine: network });
  for (const secret of proxySecrets(system.environment)) if (mayBeSecret(secret)) mask(secret);
  return warnings;
}
