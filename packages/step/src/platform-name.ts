/** The CI platforms on which steps run, as users write them. */
export const platformNames = ['github', 'azure-pipelines'] as const;

/** One of `platformNames`. */
export type PlatformName = (typeof platformNames)[number];

/** What they are called in a text. */
export const platformTitles: Readonly<Record<PlatformName, string>> = {
  github: 'GitHub',
  'azure-pipelines': 'Azure Pipelines',
};
