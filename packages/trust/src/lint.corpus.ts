import { azureAtAws } from './corpus/azure-at-aws.corpus.ts';
import { clustersAndLogins } from './corpus/clusters-and-logins.corpus.ts';
import { credentials } from './corpus/credentials.corpus.ts';
import { dates } from './corpus/dates.corpus.ts';
import { flexibleLists } from './corpus/flexible.corpus.ts';
import { gitHubSubjects } from './corpus/github.corpus.ts';
import { gitHubClaims } from './corpus/github-claims.corpus.ts';
import { gitHubDenials } from './corpus/github-denials.corpus.ts';
import { gitHubKeys } from './corpus/github-keys.corpus.ts';
import { impossibleCredentials } from './corpus/impossible-credentials.corpus.ts';
import { impossiblePolicies } from './corpus/impossible-policies.corpus.ts';
import { inTheField } from './corpus/in-the-field.corpus.ts';
import { language } from './corpus/language.corpus.ts';
import { otherIssuers } from './corpus/other-issuers.corpus.ts';
import { principals } from './corpus/principals.corpus.ts';
import type { Sample } from './corpus/sample.corpus.ts';
import { sharedServices } from './corpus/shared-services.corpus.ts';

export const trustPolicies: readonly Sample[] = [
  ...[...gitHubSubjects, ...gitHubDenials, ...gitHubClaims, ...gitHubKeys, ...dates],
  ...[
    ...otherIssuers,
    ...sharedServices,
    ...clustersAndLogins,
    ...azureAtAws,
    ...impossiblePolicies,
    ...language,
    ...principals,
    ...inTheField,
  ],
];

export const credentialLists: readonly Sample[] = [...credentials, ...impossibleCredentials, ...flexibleLists];
