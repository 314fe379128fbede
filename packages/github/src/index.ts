import { dirname, join } from 'node:path';
import { type CleanUp, cleanUp, type InputDefinition, realSystem, runStep, type Step } from '@fedbridge/core';
import { GitHubHost } from './host.ts';

/** The whole of an action's `main`. */
export function runAction<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return runStep(step, new GitHubHost(realSystem(process.env)), brokerScript());
}

/** The whole of an action's `post`. */
export function cleanUpAction(own?: CleanUp): Promise<void> {
  return cleanUp(new GitHubHost(realSystem(process.env)), own);
}

/** Beside the bundle that runs: `dist/main/index.js` and `dist/broker/index.js`. */
function brokerScript(): string {
  return join(dirname(process.argv[1] ?? ''), '..', 'broker', 'index.js');
}
