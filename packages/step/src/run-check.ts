import { checkInputs } from './common-inputs.ts';
import { checkGuardNames } from './former-inputs.ts';
import type { CheckHost } from './host.ts';
import type { InputDefinition } from './input.ts';
import { readInputs, workOnHost } from './on-host.ts';
import type { Check } from './step.ts';

/**
 * Runs a check on a host: reads its inputs, runs it, delivers what it found, and fails where that is so bad.
 *
 * @param cancelled - aborts when the job is cancelled
 */
export function runCheck<Inputs extends Readonly<Record<string, InputDefinition>>>(
  check: Check<Inputs>,
  host: CheckHost,
  cancelled: AbortSignal,
): Promise<void> {
  const { title } = check;
  return workOnHost(host, {
    title,
    summary: checkInputs.summary,
    cancelled,
    async run({ host: living }) {
      checkGuardNames(living, { ...check.inputs, ...checkInputs });
      const inputs = readInputs(check.inputs, living);
      const { actionTimeoutS } = readInputs(checkInputs, living);
      living.checkDelivery();
      const deadline = living.system.now() + actionTimeoutS * 1000;
      const { sentence, report, failure } = await check.run({ host: living, inputs, deadline });
      return { summary: `### ${title}\n\n${report}`, log: () => host.info(sentence), failure };
    },
  });
}
