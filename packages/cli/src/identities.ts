import { identityNames } from '@fedbridge/identity';
import { platforms } from '@fedbridge/platforms';

/** Where an identity can come from, as users write it. */
export const identities = identityNames(platforms.map(({ name }) => name));
