import type { Outbound } from '@fedbridge/core';
import { errorWithNames, type FedbridgeError, HttpClient, Masking, proxySecrets, withNames } from '@fedbridge/core';
import { Identity } from '@fedbridge/identity';
import { untilCancelled, workUntilCancelled } from './cancellation.ts';
import { cleanUpAfterFailure } from './clean-up.ts';
import { commonInputs } from './common-inputs.ts';
import { failureOf } from './failure.ts';
import { checkFormerInputs, checkGuardNames } from './former-inputs.ts';
import type { Host } from './host.ts';
import { type InputDefinition, type InputValues, readInput } from './input.ts';
import { summaryOf, summaryOfRefusal, tell } from './report.ts';
import { mayBeSecret } from './secrecy.ts';
import type { Step, StepContext } from './step.ts';
import { warnOfUnverifiedTls } from './unverified-tls.ts';

/**
 * Runs a step on a host: reads its inputs, runs it, tells its failure, and leaves nothing of a failure behind.
 *
 * @param brokerScript - what a broker of this step's credentials runs from
 * @param cancelled - aborts when the job is cancelled
 */
export async function runStep<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
  brokerScript: string,
  cancelled: AbortSignal,
): Promise<void> {
  host.folder.begin();
  const http = new HttpClient(host.system.environment);
  const masking = new Masking();
  const nameOf = host.outputName.bind(host);
  const mask = (secret: string) => {
    masking.add(secret);
    host.mask(secret);
  };
  let hasSummary = true;
  let published = false;
  try {
    for (const secret of proxySecrets(host.system.environment)) if (mayBeSecret(secret)) mask(secret);
    if (host.system.environment.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
      warnOfUnverifiedTls(host, 'NODE_TLS_REJECT_UNAUTHORIZED=0', 'programs of Node');
    }
    // Before the others, whose errors are in the summary too.
    hasSummary = readInputs({ summary: commonInputs.summary }, host).summary;
    const context = () => contextOf(step, untilCancelled(host, cancelled), { http, mask });
    const work = async () => step.run({ ...(await context()), brokerScript });
    const { identities, exported } = await workUntilCancelled(work(), { cancelled, http, system: host.system });
    const outcome = { identities, exported: exported.map((text) => withNames(text, nameOf)) };
    host.publish();
    published = true;
    tell(host, outcome);
    if (hasSummary) await summarize(host, masking.hideWhole(summaryOf(step.title, outcome, host.system.now())));
  } catch (error) {
    await cleanUpAfterFailure(step, host, { published });
    const failure = errorWithNames(hidden(failureOf(error), masking), nameOf);
    if (hasSummary) await summarize(host, summaryOfRefusal(step.title, failure));
    host.fail(failure);
  } finally {
    http.close();
  }
}

/** What a step works with: what the user gave, and who the job acts as. @throws FedbridgeError `INPUT_*`, `DELIVERY_FAILED` */
async function contextOf<Inputs extends Readonly<Record<string, InputDefinition>>>(
  step: Step<Inputs>,
  host: Host,
  { http, mask }: Pick<Outbound, 'http' | 'mask'>,
): Promise<Omit<StepContext<Inputs>, 'brokerScript'>> {
  const { system } = host;
  for (const text of step.hidden?.((name) => host.input(name)) ?? []) mask(text);
  checkFormerInputs(host, step.formerInputs);
  checkGuardNames(host, { ...step.inputs, ...commonInputs });
  const inputs = readInputs(step.inputs, host);
  const common = readInputs(commonInputs, host);
  host.checkDelivery();
  system.useProxy(common.httpProxy, common.noProxy);
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
  const chosen = { wanted: common.identity, own: host.jobSource(), managedIdentity, requiredClaims };
  const identity = await Identity.choose(chosen, outbound);
  return { host, inputs, outbound, identity, managedIdentity: common.managedIdentity };
}

/** Not every platform masks its summaries, and an error's words may be those of the other side, which may repeat what it was sent. */
function hidden(error: FedbridgeError, masking: Masking): FedbridgeError {
  const { answer, hint, document, presented } = error.detail;
  const hide = (text: string | undefined) => (text === undefined ? undefined : masking.hide(text));
  return error.with(
    {
      answer: hide(answer),
      hint: hide(hint),
      document: hide(document),
      presented: presented && {
        issuer: masking.hide(presented.issuer),
        subject: masking.hide(presented.subject),
        audience: masking.hide(presented.audience),
      },
    },
    masking.hide(error.message),
  );
}

async function summarize(host: Host, markdown: string): Promise<void> {
  try {
    await host.summary(markdown);
  } catch (error) {
    host.warning(`The job's summary is not complete. ${failureOf(error).message}`);
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
