import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { gitHubActions } from '@fedbridge/github/id-token';
import { gitLabCi } from '@fedbridge/gitlab/id-token';
import { identityNames, type Platform } from '@fedbridge/identity';

/** The CI platforms in whose jobs this may run. */
export const platforms: readonly Platform[] = [gitHubActions, azurePipelines, gitLabCi];

/** Where an identity can come from, as users write it. */
export const identities = identityNames(platforms.map(({ name }) => name));
