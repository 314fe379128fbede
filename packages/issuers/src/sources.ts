import { azureDevOps, azureDevOpsSources } from './azure-devops.ts';
import { bitbucket, bitbucketSources } from './bitbucket.ts';
import { buildkite, buildkiteSources } from './buildkite.ts';
import { circleCi, circleCiSources } from './circleci.ts';
import { customerServiceSources, customerServices } from './customer-services.ts';
import { entra, entraSources } from './entra.ts';
import { gitHub, gitHubSources } from './github.ts';
import { gitLab, gitLabSources } from './gitlab.ts';
import { google, googleSources } from './google.ts';
import type { Citation, Issuer } from './issuer.ts';
import { kubernetes, kubernetesSources } from './kubernetes.ts';
import { sharedServiceSources, sharedServices } from './shared-services.ts';
import { terraformCloud, terraformCloudSources } from './terraform-cloud.ts';

/** Where the facts of each issuer were read. What decides about tokens does without. */
export const sourcesOf: ReadonlyMap<Issuer, readonly Citation[]> = new Map<Issuer, readonly Citation[]>([
  [azureDevOps, azureDevOpsSources],
  [bitbucket, bitbucketSources],
  [buildkite, buildkiteSources],
  [circleCi, circleCiSources],
  [entra, entraSources],
  [gitHub, gitHubSources],
  [gitLab, gitLabSources],
  [google, googleSources],
  [kubernetes, kubernetesSources],
  [terraformCloud, terraformCloudSources],
  ...customerServices.map((one) => [one, customerServiceSources] as const),
  ...sharedServices.map((one) => [one, sharedServiceSources] as const),
]);
