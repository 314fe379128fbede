import { awsDefaultKeys, awsSharedIssuers } from './aws-sources.ts';
import { type EntraCloud, entraClouds } from './entra-clouds.ts';
import { type Citation, type Deprecation, type Issuer, known, type SubjectParts } from './issuer.ts';
import { issuerUrl, isTokenGuid } from './url.ts';

/** The day on which the Azure DevOps issuer stops for service connections that are in scope. */
export const azureDevOpsIssuerEnds = '2027-07-01';

/** What Azure DevOps is to Entra: the resource of its access tokens, and the `azp` of a service connection's token. */
export const azureDevOpsApplication = '499b84ac-1321-427f-aa17-267ca6975798';

/** A subject of the Azure DevOps issuer. */
export interface AzureDevOpsSubject {
  /** A pipeline that speaks for itself (`p://`), or a service connection (`sc://`). */
  readonly form: 'pipeline' | 'service connection';
  readonly organization: string;
  readonly project: string;
  /** The pipeline or the connection. A pipeline's has its folder before it. */
  readonly name: string;
}

/** `https://vstoken.dev.azure.com/<id of the organization>`. */
export function isAzureDevOpsIssuer(iss: string): boolean {
  const { host, path = '' } = issuerUrl(iss) ?? {};
  return host === 'vstoken.dev.azure.com' && isTokenGuid(path.slice(1));
}

/** The issuer of an organization. @param id - a GUID */
export function azureDevOpsIssuer(id: string): string {
  return `https://vstoken.dev.azure.com/${id}`;
}

function parseAzureDevOpsSubject(subject: string): AzureDevOpsSubject | undefined {
  const form = azureDevOpsForm(subject);
  const { owner, project, job } = azureDevOpsSubjectParts(subject) ?? {};
  return form && owner && project && job ? { form, organization: owner, project, name: job } : undefined;
}

/** `p://…` of a pipeline, `sc://…` of a service connection. */
export function formatAzureDevOpsSubject({ form, organization, project, name }: AzureDevOpsSubject): string {
  return `${form === 'pipeline' ? 'p' : 'sc'}://${organization}/${project}/${name}`;
}

function azureDevOpsSubjectParts(subject: string): SubjectParts | undefined {
  if (!azureDevOpsForm(subject)) return undefined;
  const [owner, project, ...job] = subject.slice(subject.indexOf('//') + 2).split('/');
  return { owner, project, job: job.length === 0 ? undefined : job.join('/') };
}

const connectionScheme = 'sc://';

/** Whether a subject is a pipeline's or a service connection's; undefined for neither. */
export function azureDevOpsForm(subject: string): AzureDevOpsSubject['form'] | undefined {
  if (subject.startsWith(connectionScheme)) return 'service connection';
  return subject.startsWith('p://') ? 'pipeline' : undefined;
}

/** Whether a pattern of subjects, in which `*` and `?` are wildcards, may be of service connections. */
function mayBeConnection(pattern: string): boolean {
  const [begin = ''] = pattern.split(/[*?]/);
  return begin.startsWith(connectionScheme) || (begin !== pattern && connectionScheme.startsWith(begin));
}

/**
 * Whether a token's issuer stops on `azureDevOpsIssuerEnds`. Of a multi-tenant application, which is out of scope, nothing in a token
 * tells.
 *
 * @param subject - of Azure DevOps, or a pattern of some
 * @param audience - of the token, or of the federated credential; undefined where it is not known
 */
export function isRetired(subject: string, audience: string | undefined): boolean {
  const all: readonly EntraCloud[] = Object.values(entraClouds);
  const ofCloud = all.find((cloud) => cloud.audience !== undefined && cloud.audience === audience);
  return mayBeConnection(subject) && (ofCloud ?? entraClouds.public) === entraClouds.public;
}

const retirement: Deprecation = {
  what: 'the Azure DevOps issuer of service connections',
  ends: azureDevOpsIssuerEnds,
  inScope: [
    'service connections to the public cloud whose application is of a single tenant, or a managed identity',
    'whatever made them: Azure Resource Manager, Docker, an extension',
  ],
  outOfScope: [
    'service connections to Azure Government, Azure operated by 21Vianet and Azure Stack',
    'service connections of multi-tenant applications',
    'service connections on the Entra issuer',
    "a pipeline's own token (p://), of which nothing is announced",
  ],
  instead: 'Convert the connection to the Entra issuer, and trust its new issuer and subject.',
};

/** The issuer of an organization of Azure DevOps. */
export const azureDevOps: Issuer<AzureDevOpsSubject> = /* @__PURE__ */ known(() => ({
  title: 'Azure Pipelines',
  is: isAzureDevOpsIssuer,
  sharedByStrangers: () => false,
  ownerClaims: [
    { claim: 'prj_id', kind: 'id', of: 'project' },
    { claim: 'org_id', kind: 'id', of: 'owner' },
  ],
  claims: ['org_id', 'prj_id', 'def_id', 'rpo_id', 'rpo_uri', 'rpo_ver', 'rpo_ref', 'run_id'],
  exampleSubjects: ['sc://contoso/web/aws-prod', 'p://contoso/web/release'],
  parseSubject: parseAzureDevOpsSubject,
  formatSubject: formatAzureDevOpsSubject,
  subjectParts: azureDevOpsSubjectParts,
  conditionKeys: () => [],
  requiredByAws: () => [],
  flexibleClaims: () => undefined,
  audiences: { chosenBy: 'issuer', byDefault: entraClouds.public.audience },
  deprecations: [retirement],
}));

/** Where its facts were read. */
export const azureDevOpsSources: readonly Citation[] = [
  {
    of: ['deprecations', 'urls'],
    title: 'Microsoft Learn, Convert service connections to use the Microsoft Entra issuer',
    url: 'https://learn.microsoft.com/en-us/azure/devops/pipelines/release/convert-service-connections',
    read: '2026-11-25',
  },
  {
    of: ['subjects', 'claims', 'audiences', 'owners'],
    title: 'Teleport RFD 211, decoded tokens of Azure Pipelines',
    url: 'https://github.com/gravitational/teleport/blob/master/rfd/0211-azure-devops-joining.md',
    read: '2026-11-25',
    unchecked:
      "The claims are those of a pipeline's own token: a service connection's has none. That a connection to another cloud has that cloud's audience was read in a support note, and in no token.",
  },
  awsDefaultKeys,
  awsSharedIssuers,
];
