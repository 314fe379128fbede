/** The CI platforms on which steps run, as users write them. */
export const platformNames = ['github', 'azure-pipelines'] as const;

/** One of `platformNames`. */
export type PlatformName = (typeof platformNames)[number];
