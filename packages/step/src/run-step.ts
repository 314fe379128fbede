import type { Outbound } from '@fedbridge/core';
import { HttpClient, withNames } from '@fedbridge/core';
import { Identity, type Platform } from '@fedbridge/identity';
import { commonInputs } from './common-inputs.ts';
import { checkFormerInputs, checkGuardNames } from './former-inputs.ts';
import type { Host } from './host.ts';
import type { InputDefinition } from './input.ts';
import { useNetwork } from './network.ts';
import { readInputs, workOnHost } from './on-host.ts';
import { logOutcome, outcomeSummary } from './report.ts';
import type { Step, StepContext } from './step.ts';
import { warnOfUnverifiedTls } from './unverified-tls.ts';

/** What a step is run with beside its host. */
export interface StepRun {
  /** What a broker of the step's credentials runs from. */
  readonly brokerScript: string;
  /** Whom the job asks for ID tokens. */
  readonly platform: Platform;
  /** Aborts when the job is cancelled. */
  readonly cancelled: AbortSignal;
}

/**
 * Runs a step on a host: reads its inputs, runs it, tells its failure, and leaves nothing of a failure behind.
 */
export function runStep<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
  { brokerScript, platform, cancelled }: StepRun,
): Promise<void> {
  const { environment } = host.system;
  const http = new HttpClient(environment, host.system.network);
  return workOnHost(host, {
    title: step.title,
    cleanUp: step.cleanUp?.bind(step),
    summary: commonInputs.summary,
    cancelled,
    begin() {
      if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0')
        warnOfUnverifiedTls(host, 'NODE_TLS_REJECT_UNAUTHORIZED=0', 'programs of Node');
    },
    async run({ host: living, mask }) {
      const context = await contextOf(step, living, { http, mask, platform });
      const { identities, exported } = await step.run({ ...context, brokerScript });
      const outcome = { identities, exported: exported.map((text) => withNames(text, host.outputName.bind(host))) };
      return {
        summary: outcomeSummary(step.title, outcome, host.system.now()),
        log: () => logOutcome(host, outcome),
      };
    },
    close: () => http.close(),
  });
}

/** What a step works with: what the user gave, and who the job acts as. @throws FedbridgeError `INPUT_*`, `DELIVERY_FAILED` */
async function contextOf<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
  { http, mask, platform }: Pick<Outbound, 'http' | 'mask'> & Pick<StepRun, 'platform'>,
): Promise<Omit<StepContext<Inputs>, 'brokerScript'>> {
  const { system } = host;
  for (const text of step.hidden?.((name) => host.input(name)) ?? []) mask(text);
  checkFormerInputs(host, step.formerInputs);
  checkGuardNames(host, { ...step.inputs, ...commonInputs });
  const inputs = readInputs(step.inputs, host);
  const common = readInputs(commonInputs, host);
  host.checkDelivery();
  const remarks = await useNetwork(host, { proxy: common.httpProxy, noProxy: common.noProxy }, mask);
  for (const remark of remarks) host.warning(remark);
  const outbound: Outbound = {
    http,
    system,
    deadline: system.now() + common.actionTimeoutS * 1000,
    maxAttempts: common.disableRetry ? 1 : common.retryMaxAttempts,
    log: (line) => host.info(line),
    debug: (line) => host.debug(line),
    mask,
  };
  const managedIdentity = common.managedIdentity ?? step.managedIdentity?.(inputs) ?? { by: 'system' };
  const requiredClaims = [...(common.requireClaims ?? [])];
  const job = { own: host.jobSource(), platforms: [platform] };
  const identity = await Identity.choose(
    { wanted: common.identity, ...job, managedIdentity, requiredClaims },
    outbound,
  );
  return { host, inputs, outbound, identity, managedIdentity: common.managedIdentity };
}
