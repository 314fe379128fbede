import {
  brokerScript,
  type CleanUp,
  cleanUp,
  type InputDefinition,
  realSystem,
  runProcess,
  runStep,
  type Step,
} from '@fedbridge/core';
import { AzurePipelinesHost } from './host.ts';

/** The whole of a task's execution. */
export function runTask<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return runProcess(() => runStep(step, new AzurePipelinesHost(realSystem(process.env)), brokerScript()));
}

/** The whole of a task's post-job execution. @param own - the step's own clean-up */
export function cleanUpTask(own?: CleanUp): Promise<void> {
  return runProcess(() => cleanUp(new AzurePipelinesHost(realSystem(process.env)), own));
}
