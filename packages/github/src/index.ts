import { type CleanUp, cleanUp, type InputDefinition, realSystem, runStep, type Step } from '@fedbridge/core';
import { GitHubHost } from './host.ts';

/** The whole of an action's `main`. */
export function runAction<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return runStep(step, new GitHubHost(realSystem(process.env)));
}

/** The whole of an action's `post`. */
export function cleanUpAction(own?: CleanUp): Promise<void> {
  return cleanUp(new GitHubHost(realSystem(process.env)), own);
}
