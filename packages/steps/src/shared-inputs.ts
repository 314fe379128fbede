import type { InputDefinition } from '@fedbridge/step';

/** Who the ID token is asked for. @param usual - the audience without this input, for the description */
export function audienceInput(usual: string) {
  return {
    type: 'text',
    label: 'Audience',
    decides: true,
    description:
      `The audience of the ID token. On GitHub it is asked for, by default ${usual}. On Azure Pipelines the platform ` +
      'gives the audience that it has: the step fails if that is not the one named here.',
  } as const;
}

/** The inputs of steps that keep fresh what they give. */
export const keepFreshInputs = {
  keepFresh: {
    type: 'boolean',
    label: 'Keep fresh',
    default: false,
    description:
      'Keep the credentials fresh for as long as the job runs: a server on loopback, which ends with the job, renews them ' +
      'and hands them to every tool that asks. For jobs that outlive a token.',
  },
  keepFreshMax: {
    type: 'integer',
    label: 'Keep fresh for at most',
    minimum: 1,
    maximum: 168,
    default: 24,
    description: 'The time after which it ends whatever happens, in hours.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;
