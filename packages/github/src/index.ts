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
import { GitHubHost } from './host.ts';

/** The whole of an action's `main`. */
export function runAction<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return runProcess(() => runStep(step, new GitHubHost(realSystem(process.env)), brokerScript()));
}

/** The whole of an action's `post`. */
export function cleanUpAction(own?: CleanUp): Promise<void> {
  return runProcess(() => cleanUp(new GitHubHost(realSystem(process.env)), own));
}
