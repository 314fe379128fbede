import { realSystem } from '@fedbridge/core';
import {
  type Check,
  type CleanUp,
  checkProcess,
  cleanUpProcess,
  type InputDefinition,
  type Step,
  stepProcess,
} from '@fedbridge/step';
import { AzurePipelinesCheckHost } from './check-host.ts';
import { AzurePipelinesHost } from './host.ts';
import { azurePipelines } from './id-token.ts';

/** The whole of a task's execution. */
export function runTask<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return stepProcess(step, new AzurePipelinesHost(realSystem(process.env)), azurePipelines);
}

/** The whole of the execution of a task that checks. */
export function runCheckTask<Inputs extends Readonly<Record<string, InputDefinition>>>(
  check: Check<Inputs>,
): Promise<void> {
  return checkProcess(check, new AzurePipelinesCheckHost(realSystem(process.env)));
}

/** The whole of a task's post-job execution. @param own - the step's own clean-up */
export function cleanUpTask(own?: readonly CleanUp[]): Promise<void> {
  return cleanUpProcess(new AzurePipelinesHost(realSystem(process.env)), own);
}
