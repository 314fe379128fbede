/** Services that exchange ID tokens for tokens of their own, each on an origin of its own. */
export const tokenServiceNames = ['oauth', 'octoSts', 'google', 'vault'] as const;
