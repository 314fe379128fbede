import { awsConditionKeys, awsSharedIssuers } from './aws-sources.ts';
import { type Citation, type ConditionKey, type Issuer, known } from './issuer.ts';

const googleIssuer = 'https://accounts.google.com';

/** The number of an account or a service account. It is never given to another. */
export interface GoogleSubject {
  readonly account: string;
}

const organizationNumber: ConditionKey = {
  name: 'google/organization_number',
  claims: ['google/organization_number'],
  type: 'numeric',
};

/** The issuer of Google accounts and service accounts. */
export const google: Issuer<GoogleSubject> = /* @__PURE__ */ known(() => ({
  title: 'Google',
  is: (iss) => iss === googleIssuer,
  sharedByStrangers: (iss) => iss === googleIssuer,
  ownerClaims: [
    { claim: 'sub', kind: 'id', of: 'project' },
    { claim: 'google/organization_number', kind: 'id', of: 'owner' },
    { claim: 'hd', kind: 'name', of: 'owner' },
  ],
  claims: ['azp', 'email', 'email_verified', 'google', 'hd'],
  exampleSubjects: ['108000000000000000001'],
  parseSubject: (subject) => (/^\d{1,30}$/.test(subject) ? { account: subject } : undefined),
  formatSubject: ({ account }) => account,
  subjectParts: () => undefined,
  conditionKeys: (iss) => (iss === googleIssuer ? [organizationNumber] : []),
  // Of its own principal IAM demands what `loginServices` has.
  requiredByAws: () => [],
  flexibleClaims: () => undefined,
  audiences: { chosenBy: 'job', byDefault: undefined },
  deprecations: [],
}));

/** Where its facts were read. */
export const googleSources: readonly Citation[] = [
  {
    of: ['urls', 'subjects', 'claims', 'audiences', 'owners'],
    title: 'Google Identity, OpenID Connect; Get an ID token',
    url: 'https://developers.google.com/identity/openid-connect/openid-connect',
    read: '2026-11-25',
    unchecked:
      'Read in a public registry of issuers alone. Where in a token the number of the organization stands was not seen.',
  },
  awsConditionKeys,
  awsSharedIssuers,
];
