import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { azurePipelinesJobFile } from '@fedbridge/azure-pipelines/job-file';
import { gitHubActions } from '@fedbridge/github/id-token';
import { gitHubJobFile } from '@fedbridge/github/job-file';
import { gitLabCi } from '@fedbridge/gitlab/id-token';
import { gitLabJobFile } from '@fedbridge/gitlab/job-file';
import type { Platform } from '@fedbridge/identity';
import type { JobFile } from '@fedbridge/trust';

/** The CI platforms whose jobs have ID tokens: a further one is a line here. */
export const platforms: readonly Platform[] = [gitHubActions, azurePipelines, gitLabCi];

/** How their jobs are asked for and written, in the same order. Bundles that do not use it have none of it. */
export const jobFiles: readonly JobFile[] = [gitHubJobFile, azurePipelinesJobFile, gitLabJobFile];
