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
