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
import { GitHubCheckHost } from './check-host.ts';
import { GitHubHost } from './host.ts';
import { gitHubActions } from './id-token.ts';

/** The whole of an action's `main`. */
export function runAction<Inputs extends Readonly<Record<string, InputDefinition>>>(step: Step<Inputs>): Promise<void> {
  return stepProcess(step, new GitHubHost(realSystem(process.env)), gitHubActions);
}

/** The whole of the `main` of an action that checks. */
export function runCheckAction<Inputs extends Readonly<Record<string, InputDefinition>>>(
  check: Check<Inputs>,
): Promise<void> {
  return checkProcess(check, new GitHubCheckHost(realSystem(process.env)));
}

/** The whole of an action's `post`. */
export function cleanUpAction(own?: readonly CleanUp[]): Promise<void> {
  return cleanUpProcess(new GitHubHost(realSystem(process.env)), own);
}
