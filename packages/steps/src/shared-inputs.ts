import type { InputDefinition } from '@fedbridge/step';

/** What Azure Pipelines makes of an audience. */
export const givenAudience =
  'Azure Pipelines gives the audience that it has: the step fails if that is not the one named here.';

/** Who the ID token is asked for. @param usual - the audience without this input, for the description */
export function audienceInput(usual: string) {
  return {
    type: 'text',
    label: 'Audience',
    decides: true,
    group: 'identity',
    description: 'The audience of the ID token.',
    on: {
      github: `GitHub gives the one that is asked for, by default ${usual}.`,
      'azure-pipelines': givenAudience,
    },
  } as const;
}

/** The inputs of steps that keep fresh what they give. */
export const keepFreshInputs = {
  keepFresh: {
    type: 'boolean',
    label: 'Keep fresh',
    group: 'freshness',
    default: false,
    description:
      'Keep the credentials fresh for as long as the job runs: a server on loopback, which ends with the job, renews them ' +
      'and hands them to every tool that asks. For jobs that outlive a token.',
  },
  keepFreshMax: {
    type: 'integer',
    label: 'Keep fresh for at most',
    group: 'freshness',
    usedWith: { input: 'keepFresh', values: ['true'] },
    minimum: 1,
    maximum: 168,
    default: 24,
    description: 'The time after which it ends whatever happens, in hours.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;
