import { isGuid } from '@fedbridge/core/guid';
import { awsDefaultKeys, awsSharedIssuers } from './aws-sources.ts';
import { type EntraCloud, entraAudience, entraClouds } from './entra-clouds.ts';
import { base64OfGuid, guidOfBase64 } from './guid-bytes.ts';
import { type Citation, type Issuer, known, type SubjectParts } from './issuer.ts';
import { issuerUrl, isTokenGuid, segments } from './url.ts';

/**
 * The audience of the federated credential that trusts a token: the URI where the token has the id of the same application, in the cloud
 * of its issuer.
 *
 * @param audience - of the token
 * @param iss - of the token; the public cloud's without
 */
export function credentialAudience(audience: string, iss = ''): string {
  if (audience !== entraAudience.clientId) return audience;
  // That the application has the same id in every cloud was not seen.
  return entraIssuer(iss)?.cloud.audience ?? entraAudience.uri;
}

/** The tenant of all personal accounts: whoever has one is in it. */
const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/**
 * The cloud in a computed subject: public, US Government, operated by 21Vianet, US National, US Secret.
 * Source: Microsoft Learn, "Set up managed identity for Power Platform".
 */
export const cloudCodes = ['pub', 'usg', 'chn', 'uss', 'usn'] as const;
type CloudCode = (typeof cloudCodes)[number];

/** A subject of a token that Entra signs. */
export type EntraSubject =
  /** A service connection of Azure DevOps. All four are GUIDs. */
  | {
      readonly form: 'service connection';
      readonly cloud: CloudCode;
      readonly tenant: string;
      readonly application: string;
      readonly organization: string;
      readonly connection: string;
    }
  /** A managed identity or an application, by the GUID of its service principal. */
  | { readonly form: 'service principal'; readonly objectId: string }
  /** A user who signed in to an application: another text for each application. */
  | { readonly form: 'user'; readonly pairwiseId: string };

/** The tenant of an issuer of Entra's, in any of its clouds, and the version of its tokens; undefined for another's. */
export function entraIssuer(
  iss: string,
): { readonly tenant: string; readonly version: 1 | 2; readonly cloud: EntraCloud } | undefined {
  const { host = '', path = '' } = issuerUrl(iss) ?? {};
  const [tenant = '', last, ...more] = segments(path);
  if (!isTokenGuid(tenant) || more.length > 0) return undefined;
  const all: readonly EntraCloud[] = Object.values(entraClouds);
  const second = last === 'v2.0' ? all.find(({ issuers }) => issuers.includes(host)) : undefined;
  if (second) return { tenant, version: 2, cloud: second };
  const first = last === '' ? all.find(({ formerIssuers }) => formerIssuers.includes(host)) : undefined;
  return first && { tenant, version: 1, cloud: first };
}

/** Whether a subject is one that Entra computes for others' workloads, as for a service connection. */
export function isComputedEntraSubject(subject: string): boolean {
  return subject.startsWith('/eid1/');
}

/** @returns undefined for a text that none of these has as its subject */
export function parseEntraSubject(subject: string): EntraSubject | undefined {
  if (isGuid(subject))
    return subject === subject.toLowerCase() ? { form: 'service principal', objectId: subject } : undefined;
  if (isPairwiseId(subject)) return { form: 'user', pairwiseId: subject };
  const [empty, eid, c, code, t, tenant, a, application, sc, organization, connection, ...more] = subject.split('/');
  const cloud = cloudCodes.find((one) => one === code);
  const fixed = [empty, eid, c, t, a, sc].join('/') === '/eid1/c/t/a/sc' && more.length === 0;
  const [tenantId, applicationId] = [guidOfBase64(tenant ?? ''), guidOfBase64(application ?? '')];
  if (!fixed || !cloud || !tenantId || !applicationId || !isGuid(organization ?? '') || !isGuid(connection ?? ''))
    return undefined;
  return {
    form: 'service connection',
    cloud,
    tenant: tenantId,
    application: applicationId,
    organization: organization ?? '',
    connection: connection ?? '',
  };
}

function formatEntraSubject(subject: EntraSubject): string {
  if (subject.form === 'service principal') return subject.objectId;
  if (subject.form === 'user') return subject.pairwiseId;
  const { cloud, tenant, application, organization, connection } = subject;
  return `/eid1/c/${cloud}/t/${base64OfGuid(tenant)}/a/${base64OfGuid(application)}/sc/${organization}/${connection}`;
}

/** 32 bytes in base64url: what is left over of the last character's bits is zero. */
const isPairwiseId = (text: string) => /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(text);

function entraSubjectParts(subject: string): SubjectParts | undefined {
  if (!isComputedEntraSubject(subject)) return undefined;
  // After /eid1/c/<cloud>/t: the tenant and the application, then Azure DevOps' organization and its connection.
  const [project, ...job] = subject.split('/').slice(9);
  return {
    owner: subject.split('/').slice(5, 9).join('/'),
    project,
    job: job.length === 0 ? undefined : job.join('/'),
  };
}

/** The issuers of tenants of Microsoft Entra, of both versions. */
export const entra: Issuer<EntraSubject> = /* @__PURE__ */ known(() => ({
  title: 'Entra',
  is: (iss) => entraIssuer(iss) !== undefined,
  // A tenant is one organization's, but of the one of personal accounts.
  sharedByStrangers: (iss) => entraIssuer(iss)?.tenant === personalTenant,
  ownerClaims: [
    { claim: 'oid', kind: 'id', of: 'project' },
    { claim: 'tid', kind: 'id', of: 'owner' },
  ],
  claims: ['appid', 'appidacr', 'azp', 'azpacr', 'idtyp', 'oid', 'rh', 'tid', 'uti', 'ver'],
  exampleSubjects: [
    '/eid1/c/pub/t/ryoDyMTcKECuK4H0rABmEg/a/rISbSSETf0KqFyZ8ppdXmA/sc/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9',
    '2c3d4e5f-6071-4829-93a4-b5c6d7e8f901',
    'f2Xb0aV3kQm8Zr1Ls6Tn9Yw4Ej7Hd5Gc-Uo_Pi2Nq3A',
  ],
  parseSubject: parseEntraSubject,
  formatSubject: formatEntraSubject,
  subjectParts: entraSubjectParts,
  conditionKeys: () => [],
  requiredByAws: () => [],
  flexibleClaims: () => undefined,
  audiences: { chosenBy: 'job', byDefault: undefined },
  deprecations: [],
}));

/** Where its facts were read. */
export const entraSources: readonly Citation[] = [
  {
    of: ['urls', 'claims', 'owners', 'subjects'],
    title: 'Microsoft Learn, Access token claims reference; National clouds',
    url: 'https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference',
    read: '2026-11-25',
    unchecked:
      'Not read again on this day. That Bleu, Delos and GovSG sign with the host that they answer at was not seen in a token.',
  },
  {
    of: ['subjects', 'audiences'],
    title: 'Microsoft Learn, Configure an application to trust a managed identity; Teleport RFD 211, decoded tokens',
    url: 'https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity',
    read: '2026-11-25',
    unchecked:
      'The subject was read in decoded tokens, all of the second version and with the azp of Azure DevOps; other clouds than pub in a document of Power Platform alone.',
  },
  awsDefaultKeys,
  awsSharedIssuers,
];
