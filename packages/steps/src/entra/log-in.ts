import { type Environment, FedbridgeError, type Outbound } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import { withoutProxy } from '../without-proxy.ts';
import type { KeptEntra } from './delivery-facts.ts';
import type { EntraIdentity } from './entra-identity.ts';

/** As whom a program is logged in, and with what. */
export interface Login {
  readonly identity: EntraIdentity;
  /** Has the ID token; undefined where none is sent. */
  readonly tokenFile: string | undefined;
  readonly kept: KeptEntra | undefined;
  /** The variables that later steps have beside the job's: a program is logged in with what it will find. */
  readonly later: Readonly<Record<string, string>>;
}

/** A program that is logged in. */
export interface Tool {
  /** On the path. */
  readonly program: 'az' | 'pwsh';
  readonly title: string;
  readonly input: string;
}

/** Has the Azure CLI accept any certificate. Source: azure-cli-core, `_debug.py`. */
export const unverifiedTls = 'AZURE_CLI_DISABLE_CONNECTION_VERIFICATION';

/**
 * Variables of a job by which a tool would hand the token to a stranger: to whoever shows a certificate, or to the host that a file of
 * clouds has for Entra. Source: azure-cli-core, `_debug.py` and `cloud.py`; Az.Accounts, `AzureEnvironment.cs`.
 */
const misleading = [unverifiedTls, 'ADAL_PYTHON_SSL_NO_VERIFY', 'ARM_CLOUD_METADATA_URL'];

/** @throws FedbridgeError `INPUT_INVALID` if the program is not on this machine */
export async function requireTool(host: Host, { program, title, input }: Tool): Promise<void> {
  if (await host.system.hasProgram(program)) return;
  throw new FedbridgeError(
    'INPUT_INVALID',
    `Input "${host.inputName('export')}" names ${input}, and there is no "${program}".`,
    {
      hint: `Install ${title} on this machine, or run the job on one that has it.`,
    },
  );
}

/**
 * Runs a program to its end.
 *
 * @param args - nothing secret: other users of the machine can read them
 * @returns what it printed
 * @throws FedbridgeError `DELIVERY_FAILED` with what it printed, without the secrets
 */
export async function runTool(
  { program, title }: Tool,
  args: readonly string[],
  environment: Environment,
  outbound: Pick<Outbound, 'system' | 'deadline' | 'debug'>,
  secrets: readonly string[],
): Promise<string> {
  const { system, deadline, debug } = outbound;
  const began = system.now();
  const ofJob = Object.entries({ ...system.environment, ...withoutProxy((name) => system.environment[name] ?? '') });
  const followed = ofJob.filter(([name]) => !misleading.includes(name.toUpperCase()));
  const end = await system.run({
    program,
    args,
    environment: { ...Object.fromEntries(followed), ...environment },
    withinMs: deadline - began,
  });
  debug(`${program} ${args[0]} ${args[1] ?? ''}: exit code ${end.exitCode} after ${system.now() - began} ms`);
  if (end.exitCode === 0) return end.output;
  const shown = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), end.output);
  const last = shown.trim().split('\n').slice(-5).join('\n');
  throw new FedbridgeError('DELIVERY_FAILED', `${title} could not be logged in.`, {
    answer: end.exitCode === null ? 'It was stopped: out of time.' : `exit code ${end.exitCode}: ${last}`,
  });
}
