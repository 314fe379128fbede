import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { gitHubActions } from '@fedbridge/github/id-token';
import { gitLabCi } from '@fedbridge/gitlab/id-token';
import type { Platform } from '@fedbridge/identity';

/** The CI platforms whose jobs have ID tokens: a further one is a line here. */
export const platforms: readonly Platform[] = [gitHubActions, azurePipelines, gitLabCi];
