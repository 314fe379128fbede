import type { Outbound } from '@fedbridge/core';
import { explain, FedbridgeError, HttpClient } from '@fedbridge/core';
import { chooseIdentity, debugClaims, idTokenSource, requireClaims } from '@fedbridge/identity';
import { commonInputs } from './common-inputs.ts';
import { restoreVariables } from './exported-variables.ts';
import type { Host } from './host.ts';
import { type InputDefinition, type InputValues, readInput } from './input.ts';
import { summaryOf, summaryOfRefusal, tell } from './report.ts';
import { removeSecretFiles } from './secret-files.ts';
import type { CleanUp, Step } from './step.ts';

/**
 * Runs a step on a host: reads its inputs, runs it, tells its failure, and leaves nothing of a failure behind.
 *
 * @param brokerScript - what a broker of this step's credentials runs from
 */
export async function runStep<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
  brokerScript: string,
): Promise<void> {
  const http = new HttpClient();
  const { system } = host;
  const masked = new Set<string>();
  let hasSummary = false;
  try {
    const inputs = readInputs(step.inputs, host);
    const common = readInputs(commonInputs, host);
    hasSummary = common.summary;
    system.useProxy(common.httpProxy, common.noProxy);
    const outbound: Outbound = {
      http,
      system,
      deadline: system.now() + common.actionTimeoutS * 1000,
      maxAttempts: common.disableRetry ? 1 : common.retryMaxAttempts,
      log: host.info.bind(host),
      debug: host.debug.bind(host),
      mask: (secret) => {
        masked.add(secret);
        host.mask(secret);
      },
    };
    // Delivery needs it.
    void http.sent().then(() => import('node:crypto'));
    const managedIdentity = common.managedIdentity ?? step.managedIdentity?.(inputs) ?? { by: 'system' };
    const identity = await chooseIdentity(common.identity, host.jobSource(), managedIdentity, outbound);
    outbound.log(identity.why);
    const jobSource = identity.source;
    const ownSource = debugClaims(idTokenSource(jobSource, outbound), outbound.debug);
    const requiredClaims = common.requireClaims ?? new Map<string, string>();
    const source = requireClaims(ownSource, requiredClaims);
    const outcome = await step.run({
      host,
      inputs,
      outbound,
      source,
      jobSource,
      managedIdentity: common.managedIdentity,
      requiredClaims,
      brokerScript,
    });
    tell(host, outcome);
    if (hasSummary) await summarize(host, summaryOf(step.title, outcome, system.now()), masked);
  } catch (error) {
    await cleanUp(host, step.cleanUp);
    const failure = error instanceof FedbridgeError ? error : internal(error);
    if (hasSummary && failure.detail.presented) await summarize(host, summaryOfRefusal(step.title, failure), masked);
    host.fail(failure);
  } finally {
    http.close();
  }
}

/** Takes back what the step wrote. Runs after success and failure; again is harmless. */
export async function cleanUp(host: Host, own?: CleanUp): Promise<void> {
  restoreVariables(host);
  for (const takeBack of own ? [own, removeSecretFiles] : [removeSecretFiles]) {
    try {
      await takeBack(host);
    } catch (error) {
      host.warning(
        `Clean-up is not complete. ${error instanceof FedbridgeError ? explain(error) : internal(error).message}`,
      );
    }
  }
}

/** What is masked is masked here too: not every platform looks into its summaries. */
async function summarize(host: Host, markdown: string, masked: ReadonlySet<string>): Promise<void> {
  const shown = [...masked].reduce((text, secret) => text.replaceAll(secret, '***'), markdown);
  try {
    await host.summary(shown);
  } catch (error) {
    host.warning(`The job's summary could not be written: ${(error as { code?: unknown }).code ?? 'unknown'}.`);
  }
}

function readInputs<Inputs extends Readonly<Record<string, InputDefinition>>>(
  definitions: Inputs,
  host: Host,
): InputValues<Inputs> {
  const { platform } = host.job;
  const values = Object.entries(definitions).map(([name, definition]) => {
    const given = (definition.only ?? platform) === platform ? host.input(name) : '';
    return [name, readInput(host.inputName(name), definition, given)];
  });
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
