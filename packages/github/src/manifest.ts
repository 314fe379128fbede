import { type InputDefinition, inputsOf, kebabCase, outputsOf, type Step } from '@fedbridge/step';

/** A step as `action.yml` has it. Source: GitHub Docs, "Metadata syntax reference". */
export function actionManifest(step: Step) {
  return {
    name: step.title,
    author: 'Fedbridge',
    description: step.description,
    branding: { icon: 'lock', color: 'blue' },
    inputs: Object.fromEntries(
      Object.entries(inputsOf(step, 'github')).map(([name, input]) => [kebabCase(name), manifestInput(input)]),
    ),
    outputs: Object.fromEntries(
      Object.entries(outputsOf(step, 'github')).map(([name, { description }]) => [kebabCase(name), { description }]),
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
