import type { Claims, Row } from './row.ts';

/** A federated credential; the issuer is that of the token unless it says otherwise, of which it is told. */
interface CredentialOfRow {
  readonly issuer?: (issuer: string) => string;
  /** None beside an expression. */
  readonly subject?: string;
  /** In the language of flexible credentials. */
  readonly expression?: string;
  readonly audience?: string;
}

/** What credentials an application has, a token that is presented for it, and the code of Entra's answer. */
export interface ExchangeRow extends Row {
  /** Of Azure DevOps, for a pipeline without a service connection. */
  readonly signer: 'GitHub' | 'Entra' | 'Azure DevOps';
  readonly credentials: readonly CredentialOfRow[];
  /** In the place of the usual ones. */
  readonly claims: Claims | ((now: number) => Claims);
  /** Undefined where a token is given. */
  readonly code: number | undefined;
  /** Follows the code. */
  readonly saying: string | ((now: number) => string) | undefined;
}

export const uri = 'api://AzureADTokenExchange';
const guid = 'fb60f99c-7a34-4190-8149-302f77469936';
const main = 'repo:octo/app:ref:refs/heads/main';
/** Of the connection on the Entra issuer that rows present. */
export const connection = {
  tenant: '2f4a1c8e-7b3d-4e52-9a10-6c8d5e7f9b01',
  organization: '0ca3ddd9-f0b0-4635-a98c-586652696105',
  id: '4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
  subject:
    '/eid1/c/pub/t/jhxKLz17Uk6aEGyNXn-bAQ/a/rISbSSETf0KqFyZ8ppdXmA/sc/0ca3ddd9-f0b0-4635-a98c-586652696105/4d6e8f0a-2b3c-4d4e-8f5a-6b7c8d9e0f08',
} as const;

interface Short {
  readonly source: ExchangeRow['source'];
  readonly signer?: ExchangeRow['signer'];
  readonly credentials?: readonly CredentialOfRow[];
  readonly claims?: ExchangeRow['claims'];
  readonly code?: number;
  readonly saying?: Exclude<ExchangeRow['saying'], undefined>;
}

const advice =
  'Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ' +
  'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const none = (what: string) => `No matching federated identity record found for presented assertion ${what}. ${advice}`;
const flexible = (expression: string): readonly CredentialOfRow[] => [{ expression }];
const id = "claims['repository_id'] eq '724113'";

const rows: Readonly<Record<string, Short>> = {
  'each part the same': { source: 'entraRestrictions' },
  'no credential': { source: 'entraTroubleshooting', credentials: [], code: 70025 },
  'the second of two': {
    source: 'entraRestrictions',
    credentials: [{ subject: 'repo:octo/app:pull_request' }, { subject: main }],
  },
  'another issuer': {
    source: 'entraIssuerText',
    credentials: [{ issuer: () => 'https://gitlab.com', subject: main }],
    code: 700211,
  },
  'an issuer with a slash at the end': {
    source: 'entraSlash',
    credentials: [{ issuer: (issuer) => `${issuer}/`, subject: main }],
    code: 700211,
  },
  'an issuer in another case': {
    source: 'entraRestrictions',
    credentials: [{ issuer: (issuer) => issuer.replace(/^http/, 'HTTP'), subject: main }],
    code: 700211,
  },
  'an issuer with a blank at the end': {
    source: 'entraRestrictions',
    credentials: [{ issuer: (issuer) => `${issuer} `, subject: main }],
    code: 700211,
  },
  'a branch, and a credential for an environment': {
    source: 'entraSubject',
    credentials: [{ subject: 'repo:octo/app:environment:prod' }],
    code: 700213,
    saying: none(`subject '${main}'`),
  },
  'a subject with ids, and a credential with names': {
    source: 'entraRestrictions',
    claims: { sub: 'repo:octo@65001/app@724113:ref:refs/heads/main' },
    code: 700213,
  },
  'a subject with a blank at the end': {
    source: 'entraRestrictions',
    credentials: [{ subject: `${main} ` }],
    code: 700213,
  },
  'a subject with a blank before it': {
    source: 'entraRestrictions',
    credentials: [{ subject: ` ${main}` }],
    code: 700213,
  },
  'a token whose subject has a blank at the end': {
    source: 'entraRestrictions',
    claims: { sub: `${main} ` },
    code: 700213,
  },
  'a wildcard in a subject is a star': {
    source: 'entraWildcardSubject',
    claims: { sub: 'repo:octo/app:ref:refs/tags/v2' },
    credentials: [{ subject: 'repo:octo/app:ref:refs/tags/*' }],
    code: 700213,
  },
  'a subject in another case': {
    source: 'entraSubjectCase',
    credentials: [{ subject: 'repo:Octo/App:ref:refs/heads/main' }],
    code: 7002138,
    saying:
      `No matching federated identity record found for presented assertion subject '${main}'. The subject matches with ` +
      'case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, ' +
      'Audience and Issuer against the presented assertion. See documentation at: ' +
      'https://learn.microsoft.com/entra/workload-id/workload-identity-federation. See breaking change notification and ' +
      'remediation at: https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024.',
  },
  'another audience': {
    source: 'entraRestrictions',
    credentials: [{ subject: main, audience: 'api://other' }],
    code: 700212,
    saying: none(`audience '${uri}'`),
  },
  ...Object.fromEntries(
    Object.entries({
      'in another case': uri.toLowerCase(),
      'with a slash at the end': `${uri}/`,
      'with a blank at the end': `${uri} `,
      'of another cloud': `${uri}USGov`,
    }).flatMap(([what, audience]): [string, Short][] => [
      [
        `an audience ${what} in the credential`,
        { source: 'entraRestrictions', credentials: [{ subject: main, audience }], code: 700212 },
      ],
      [`an audience ${what} in the token`, { source: 'entraRestrictions', claims: { aud: audience }, code: 700212 }],
    ]),
  ),
  "AWS's audience": { source: 'entraRestrictions', claims: { aud: 'sts.amazonaws.com' }, code: 700212 },
  "Entra's own token, a credential with the URI": { source: 'entraManagedIdentity', signer: 'Entra' },
  "Entra's own token, a credential with the GUID": {
    source: 'entraManagedIdentity',
    signer: 'Entra',
    credentials: [{ subject: connection.subject, audience: guid }],
    code: 700214,
  },
  "Entra's own token of another resource": {
    source: 'entraManagedIdentity',
    signer: 'Entra',
    claims: { aud: 'https://vault.azure.net' },
    code: 700212,
  },
  "a pipeline's own token, and a credential for a service connection": {
    source: 'entraPipeline',
    signer: 'Azure DevOps',
    credentials: [{ subject: 'sc://contoso/web/azure' }],
    code: 700213,
  },
  'flexible: any branch': {
    source: 'entraFlexible',
    credentials: flexible(`claims['sub'] matches 'repo:octo/app:ref:refs/heads/*' and ${id}`),
  },
  'flexible: a tag where branches are trusted': {
    source: 'entraFlexible',
    claims: { sub: 'repo:octo/app:ref:refs/tags/v2' },
    credentials: flexible(`claims['sub'] matches 'repo:octo/app:ref:refs/heads/*' and ${id}`),
    code: 700213,
  },
  'flexible: eq': { source: 'entraFlexible', credentials: flexible(`claims['sub'] eq '${main}' and ${id}`) },
  'flexible: eq has no wildcards': {
    source: 'entraFlexible',
    credentials: flexible(`claims['sub'] eq 'repo:octo/app:*' and ${id}`),
    code: 700213,
  },
  'flexible: ? is one character': {
    source: 'entraFlexible',
    credentials: flexible(`claims['sub'] matches 'repo:octo/a?p:ref:refs/heads/mai?' and ${id}`),
  },
  'flexible: ? is not none': {
    source: 'entraFlexible',
    credentials: flexible(`claims['sub'] matches 'repo:octo/app:ref:refs/heads/main?' and ${id}`),
    code: 700213,
  },
  'flexible: another repository of that name': {
    source: 'entraFlexible',
    claims: { repository_id: '999' },
    credentials: flexible(`claims['sub'] matches 'repo:octo/app:*' and ${id}`),
    code: 700213,
  },
  'flexible: a reusable workflow': {
    source: 'entraFlexible',
    claims: { job_workflow_ref: 'octo/flows/.github/workflows/deploy.yml@refs/tags/v2' },
    credentials: flexible(
      `claims['sub'] matches 'repo:octo/*' and claims['job_workflow_ref'] matches 'octo/flows/*@refs/tags/v?' and claims['repository_owner_id'] eq '65001'`,
    ),
  },
  'flexible: another audience': {
    source: 'entraFlexible',
    credentials: [{ expression: `claims['sub'] matches 'repo:octo/app:*' and ${id}`, audience: 'api://other' }],
    code: 700212,
  },
  'a token past its end': { source: 'entraTimes', claims: (now) => ({ exp: now - 600 }), code: 700024 },
  'a token that is not valid yet': { source: 'entraTimes', claims: (now) => ({ nbf: now + 900 }), code: 700024 },
  'a token of 25 hours': { source: 'entraLifetime', claims: (now) => ({ iat: now, exp: now + 25 * 3600 }) },
  'a token of 25 hours and a second': {
    source: 'entraLifetime',
    claims: (now) => ({ iat: now, exp: now + 25 * 3600 + 1 }),
    code: 70023,
    saying: (now) =>
      'External OIDC Provider token must have a lifetime of less than or equal to 1.01:00:00. ' +
      `Token issued at ${now}. Token expires on ${now + 25 * 3600 + 1}.`,
  },
};

/** What Entra answers to a token, by the credentials of who presents it. */
export const exchangeRows: readonly ExchangeRow[] = Object.entries(rows).map(([name, row]) => {
  const { signer = 'GitHub', source, code, saying } = row;
  const credentials = row.credentials ?? [{ subject: signer === 'Entra' ? connection.subject : main }];
  return { name, source, signer, credentials, claims: row.claims ?? {}, code, saying };
});

/** A request that is wrong for another reason. */
export interface RequestRow extends Row {
  readonly tenant?: string;
  /** In the place of the usual ones. */
  readonly form: Readonly<Record<string, string>>;
  readonly code: number;
  readonly saying?: string;
}

const nobody = '6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d03';
export const requestRows: readonly RequestRow[] = [
  {
    name: 'an application that is not there',
    source: 'entraApplication',
    form: { client_id: nobody },
    code: 700016,
    saying:
      `Application with identifier '${nobody}' was not found in the directory '${connection.tenant}'. This can happen if the ` +
      'application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You ' +
      'may have sent your authentication request to the wrong tenant.',
  },
  {
    name: 'a tenant that is neither a GUID nor a domain',
    source: 'entraNoDomain',
    tenant: 'undefined',
    form: {},
    code: 900023,
    saying: "Specified tenant identifier 'undefined' is neither a valid DNS name, nor a valid external domain.",
  },
  { name: 'a tenant that is not there', source: 'entraCodes', tenant: 'nowhere.example.com', form: {}, code: 90002 },
  { name: 'a scope without .default', source: 'entraScope', form: { scope: 'https://vault.azure.net' }, code: 1002012 },
  { name: 'another grant', source: 'entraCodes', form: { grant_type: 'password' }, code: 70003 },
  { name: 'no client id', source: 'entraCodes', form: { client_id: '' }, code: 900144 },
  { name: 'no assertion type', source: 'entraCodes', form: { client_assertion_type: '' }, code: 7000218 },
  { name: 'an assertion that is no token', source: 'entraCodes', form: { client_assertion: 'abcdef' }, code: 50027 },
];
