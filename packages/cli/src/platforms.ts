import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { gitHub } from '@fedbridge/github/id-token';
import { gitLab } from '@fedbridge/gitlab/id-token';
import { identityNames, type Platform } from '@fedbridge/identity';

/** The CI platforms in whose jobs this may run. */
export const platforms: readonly Platform[] = [gitHub, azurePipelines, gitLab];

/** Where an identity can come from, as users write it. */
export const identities = identityNames(platforms.map(({ name }) => name));
