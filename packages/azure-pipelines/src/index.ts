import { realSystem } from '@fedbridge/core';
import { type CleanUp, cleanUpProcess, type InputDefinition, type Step, stepProcess } from '@fedbridge/step';
import { AzurePipelinesHost } from './host.ts';

/** The whole of a task's execution. */
export function runTask<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return stepProcess(step, new AzurePipelinesHost(realSystem(process.env)));
}

/** The whole of a task's post-job execution. @param own - the step's own clean-up */
export function cleanUpTask(own?: readonly CleanUp[]): Promise<void> {
  return cleanUpProcess(new AzurePipelinesHost(realSystem(process.env)), own);
}
