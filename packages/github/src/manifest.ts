import { type AnyStep, type InputDefinition, inputsOf, outputsOf } from '@fedbridge/step';
import { gitHubName } from './names.ts';

/** Who reads what is written for GitHub Actions. */
export const gitHubReader = { platforms: ['github'], nameOf: gitHubName } as const;

/** A step as `action.yml` has it. Source: GitHub Docs, "Metadata syntax reference". */
export function actionManifest(step: AnyStep) {
  return {
    name: step.title,
    author: 'Fedbridge',
    description: step.description,
    branding: { icon: 'lock', color: 'blue' },
    inputs: Object.fromEntries(
      Object.entries(inputsOf(step, gitHubReader)).map(([name, input]) => [gitHubName(name), manifestInput(input)]),
    ),
    outputs: Object.fromEntries(
      Object.entries(outputsOf(step, gitHubReader)).map(([name, { description }]) => [
        gitHubName(name),
        { description },
      ]),
    ),
    runs: { using: 'node24', main: 'dist/main/index.js', post: 'dist/post/index.js', 'post-if': 'always()' },
  };
}

function manifestInput(input: InputDefinition) {
  return {
    description: input.description,
    required: input.required ?? false,
    ...(input.default === undefined ? {} : { default: String(input.default) }),
  };
}
