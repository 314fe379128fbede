import { kebabCase } from '@fedbridge/core';
import { azurePipelinesStep } from './azure-pipelines-step.ts';
import { gitHubStep } from './github-step.ts';
import { steps } from './in-memory.ts';
import type { Step } from './job.ts';
import type { Variables } from './process.ts';
import type { Platform, StepName } from './ways.ts';

/**
 * A step as it is shipped.
 *
 * @param inputs - by their names in its definition
 * @param variables - of the job, that an earlier step has set
 */
export function bundleStep(
  step: StepName,
  platform: Platform,
  inputs: Variables,
  environment: Variables,
  variables: Variables = {},
): Step {
  const given = { environment, variables };
  if (platform === 'azure-pipelines') return azurePipelinesStep({ name: steps[step].task.name, inputs, ...given });
  const written = Object.entries(inputs)
    // One that the platform does not have.
    .filter(([name]) => name !== 'azureSubscription')
    .map(([name, value]) => [kebabCase(name), value]);
  return gitHubStep({ name: step, inputs: Object.fromEntries(written), ...given });
}
