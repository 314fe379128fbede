/** The servers that can be tried. */
export const profileNames = ['sts', 'entra', 'vault', 'kubernetes', 'keycloak', 'fulcio', 'step-ca'] as const;

/** The name of a profile. */
export type ProfileName = (typeof profileNames)[number];
