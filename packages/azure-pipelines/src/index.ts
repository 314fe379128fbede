import { type CleanUp, cleanUp, type InputDefinition, realSystem, runStep, type Step } from '@fedbridge/core';
import { AzurePipelinesHost } from './host.ts';

/** The whole of a task's execution. */
export function runTask<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return runStep(step, new AzurePipelinesHost(realSystem(process.env)));
}

/** The whole of a task's post-job execution. @param own - the step's own clean-up */
export function cleanUpTask(own?: CleanUp): Promise<void> {
  return cleanUp(new AzurePipelinesHost(realSystem(process.env)), own);
}
