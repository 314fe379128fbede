import { dirname, join } from 'node:path';
import { type CleanUp, cleanUp, type InputDefinition, realSystem, runStep, type Step } from '@fedbridge/core';
import { AzurePipelinesHost } from './host.ts';

/** The whole of a task's execution. */
export function runTask<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return runStep(step, new AzurePipelinesHost(realSystem(process.env)), brokerScript());
}

/** The whole of a task's post-job execution. @param own - the step's own clean-up */
export function cleanUpTask(own?: CleanUp): Promise<void> {
  return cleanUp(new AzurePipelinesHost(realSystem(process.env)), own);
}

/** Beside the bundle that runs: `dist/main/index.js` and `dist/broker/index.js`. */
function brokerScript(): string {
  return join(dirname(process.argv[1] ?? ''), '..', 'broker', 'index.js');
}
