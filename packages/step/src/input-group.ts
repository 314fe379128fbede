/** The groups of a step's form, in their order: what most will want stands before them, in none. */
export const inputGroups = {
  profile: 'Profile',
  session: 'Role session',
  delivery: 'For later steps',
  freshness: 'Long jobs',
  identity: 'Identity and ID token',
  checks: 'Checks before delivery',
  endpoints: 'Cloud and endpoints',
  requests: 'Time, retries and proxy',
  end: 'Summary and clean-up',
} as const;

/** One of `inputGroups`. */
export type InputGroup = keyof typeof inputGroups;
