import { FedbridgeError } from '../error.ts';
import { HttpClient } from '../http/client.ts';
import type { Outbound } from '../http/outbound.ts';
import { requireClaims } from '../id-token/required-claims.ts';
import { commonInputs } from './common-inputs.ts';
import { restoreVariables } from './exported-variables.ts';
import type { Host } from './host.ts';
import { type InputDefinition, type InputValues, readInput } from './input.ts';
import { removeSecretFiles } from './secret-files.ts';
import type { Step } from './step.ts';

/** Runs a step on a host: reads its inputs, runs it, tells its failure, and leaves nothing of a failure behind. */
export async function runStep<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
): Promise<void> {
  const http = new HttpClient();
  const { system } = host;
  try {
    const inputs = readInputs(step.inputs, host);
    const common = readInputs(commonInputs, host);
    system.useProxy(common.httpProxy, common.noProxy);
    const outbound: Outbound = {
      http,
      system,
      deadline: system.now() + common.actionTimeoutS * 1000,
      maxAttempts: common.disableRetry ? 1 : common.retryMaxAttempts,
      log: host.info.bind(host),
      mask: host.mask.bind(host),
    };
    const source = requireClaims(host.idTokenSource(outbound), common.requireClaims ?? new Map());
    await step.run({ host, inputs, outbound, source });
  } catch (error) {
    await cleanUp(host);
    host.fail(error instanceof FedbridgeError ? error : internal(error));
  } finally {
    http.close();
  }
}

/** Takes back what the step wrote. Runs after success and failure; again is harmless. */
export async function cleanUp(host: Host): Promise<void> {
  restoreVariables(host);
  await removeSecretFiles(host);
}

function readInputs<Inputs extends Readonly<Record<string, InputDefinition>>>(
  definitions: Inputs,
  host: Host,
): InputValues<Inputs> {
  const values = Object.entries(definitions).map(([name, definition]) => [
    name,
    readInput(host.inputName(name), definition, host.input(name)),
  ]);
  return Object.fromEntries(values);
}

/** Only the kind of an unforeseen error is told: its text may hold anything. */
function internal(error: unknown): FedbridgeError {
  const kind = error instanceof Error ? `${error.name} ${frame(error)}` : typeof error;
  return new FedbridgeError('INTERNAL', `An unforeseen error: ${kind.trim()}.`, {
    cause: error,
    hint: 'This is a defect of Fedbridge. Please report it with this line.',
  });
}

function frame(error: Error): string {
  const line = error.stack?.split('\n').find((text) => /^\s+at /.test(text)) ?? '';
  return line.trim().replace(/\(?(?:file:\/\/)?\/\S*\/([^/]+\/[^/]+)\)?$/, '$1');
}
