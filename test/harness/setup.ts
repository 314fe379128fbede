import { type EmulatorUrls, objectIdOf, type Setup } from '@fedbridge/emulator';
import { azureDevOpsApp, ids, pod, subjects } from './names.ts';

export { ids, pod, subjects };

export const role = `arn:aws:iam::${ids.account}:role/deploy`;
/** Roles that trust the same jobs as `deploy`, under the names that tests give them. */
export const namedRoles = {
  plan: `arn:aws:iam::${ids.account}:role/plan`,
  Audit_2: `arn:aws:iam::${ids.account}:role/audit`,
} as const;
/** As many as one step may take at once without being slow. */
const fleet = Array.from({ length: 8 }, (_, index) => `arn:aws:iam::${ids.account}:role/fleet-${index}`);
/** Roles of another account: the first trusts `deploy` with an external id, the second trusts the first. */
export const chain = {
  first: `arn:aws:iam::${ids.otherAccount}:role/ci/entry`,
  second: `arn:aws:iam::${ids.otherAccount}:role/publish`,
  externalId: 'octo-to-target',
} as const;
/** The URI of the application that machines get tokens for. */
export const apiUri = 'api://fedbridge-aws';
export const assignedResourceId = `/subscriptions/${ids.subscription}/resourceGroups/ci/providers/Microsoft.ManagedIdentity/userAssignedIdentities/agents`;
export const region = 'eu-central-1';
/** The service that tokens are exchanged for, and the repository that octo-sts gives tokens for. */
export const target = 'https://api.example.com';
export const otherRepository = 'octo/other';
const googlePool = 'projects/123456789/locations/global/workloadIdentityPools/ci-jobs';
export const googleProviders = {
  github: `${googlePool}/providers/github`,
  'azure-pipelines': `${googlePool}/providers/azure-pipelines`,
} as const;
export const googleAccount = 'deploy@my-project.iam.gserviceaccount.com';

const exchangeAudience = 'api://AzureADTokenExchange';

/** A job of the pipeline that the trust below is for. */
export const pipelineJob = { organization: 'contoso', project: 'web', pipeline: 'release' } as const;

/** A GitHub repository and an Azure Pipelines project that one Entra application and one AWS role trust. */
export function sharedSetup(urls: EmulatorUrls): Setup {
  const vstoken = `${urls.vstoken}/${ids.organization}`;
  const entra = `${urls.entra}/${ids.tenant}/v2.0`;
  const entraV1 = `${urls.entra}/${ids.tenant}/`;
  const connection = { tenantId: ids.tenant, clientId: ids.app, subscriptionId: ids.subscription };
  return {
    organizations: [
      {
        name: 'contoso',
        id: ids.organization,
        administrators: [ids.app],
        pools: [{ name: 'kubernetes', administrators: [ids.assigned] }],
        projects: [
          {
            name: 'web',
            id: ids.project,
            pipelines: { release: '12', nightly: '13' },
            connections: [
              { ...connection, name: 'azure-old', id: ids.oldConnection, issuer: 'azure-devops' },
              { ...connection, name: 'azure', id: ids.newConnection, issuer: 'entra' },
            ],
          },
        ],
      },
    ],
    tenants: [
      {
        id: ids.tenant,
        domains: [ids.domain],
        subscriptions: [{ id: ids.subscription, name: 'Production' }],
        applications: [
          {
            clientId: ids.app,
            federatedCredentials: [
              credential('github-main', urls.github, subjects.gitHub),
              credential('github-main-immutable', urls.github, subjects.gitHubImmutable),
              credential('old-connection', vstoken, subjects.oldConnection),
              credential('new-connection', entra, subjects.newConnection),
              credential('pod', urls.kubernetes, subjects.pod),
              credential('machine', entra, objectIdOf(ids.tenant, ids.machine)),
            ],
          },
          { clientId: ids.stranger, federatedCredentials: [] },
          { clientId: ids.machine, federatedCredentials: [] },
          { clientId: ids.assigned, federatedCredentials: [], resourceId: assignedResourceId },
        ],
      },
    ],
    oauth: {
      trusts: [
        { issuer: urls.github, subject: subjects.gitHub },
        { issuer: vstoken, subject: subjects.pipeline, audience: exchangeAudience },
        { issuer: vstoken, subject: subjects.oldConnection, audience: exchangeAudience },
        { issuer: urls.kubernetes, subject: subjects.pod },
        { issuer: entraV1, subject: objectIdOf(ids.tenant, ids.machine), audience: apiUri },
      ],
      targets: [target],
      scopes: ['deploy', 'read'],
      lifetime: 3600,
    },
    google: googleCloud(urls.github, vstoken),
    vault: vaultOf(urls.github, vstoken),
    octoSts: {
      policies: [
        octoPolicy('deploy', urls.github, subjects.gitHub),
        octoPolicy('release', vstoken, subjects.pipeline, exchangeAudience),
      ],
    },
    accounts: [
      {
        id: ids.account,
        oidcProviders: [
          { url: urls.github, clientIds: ['sts.amazonaws.com'] },
          { url: vstoken, clientIds: [exchangeAudience] },
          { url: entra, clientIds: [azureDevOpsApp] },
          { url: urls.kubernetes, clientIds: ['sts.amazonaws.com'] },
          { url: entraV1, clientIds: [apiUri] },
        ],
        roles: [
          ...[role, ...Object.values(namedRoles), ...fleet].map((arn) => ({
            name: arn.split('/')[1] ?? '',
            maxSessionDurationSeconds: arn === role ? 7200 : 43_200,
            trustPolicy: {
              Version: '2012-10-17',
              Statement: [
                trust(urls.github, 'sts.amazonaws.com', [subjects.gitHub, subjects.gitHubImmutable]),
                trust(vstoken, exchangeAudience, [subjects.pipeline, subjects.oldConnection]),
                trust(entra, azureDevOpsApp, [subjects.newConnection]),
                trust(urls.kubernetes, 'sts.amazonaws.com', [subjects.pod]),
                trust(
                  entraV1,
                  apiUri,
                  [ids.machine, ids.assigned].map((id) => objectIdOf(ids.tenant, id)),
                ),
              ],
            },
          })),
        ],
      },
      {
        id: ids.otherAccount,
        oidcProviders: [],
        roles: [
          {
            name: 'ci/entry',
            trustPolicy: {
              Version: '2012-10-17',
              Statement: {
                Effect: 'Allow',
                Principal: { AWS: role },
                Action: ['sts:AssumeRole', 'sts:TagSession'],
                Condition: { StringEquals: { 'sts:ExternalId': chain.externalId } },
              },
            },
          },
          {
            name: 'publish',
            trustPolicy: {
              Version: '2012-10-17',
              Statement: {
                Effect: 'Allow',
                Principal: { AWS: chain.first },
                Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
              },
            },
          },
        ],
      },
    ],
  };
}

/** The same, with an application that takes GitHub's tokens for this audience alone: another cloud's. */
export const setupForAudience =
  (audience: string) =>
  (urls: EmulatorUrls): Setup => {
    const setup = sharedSetup(urls);
    const tenants = (setup.tenants ?? []).map((tenant) => ({
      ...tenant,
      applications: tenant.applications.map((application) => ({
        ...application,
        federatedCredentials: application.federatedCredentials.map((one) =>
          one.issuer === urls.github ? { ...one, audiences: [audience] } : one,
        ),
      })),
    }));
    return { ...setup, tenants };
  };

/** A provider for each platform, and a service account that the trusted job of each may be. */
function googleCloud(gitHub: string, vstoken: string) {
  const principals = [subjects.gitHub, subjects.pipeline].map(
    (one) => `principal://iam.googleapis.com/${googlePool}/subject/${one}`,
  );
  return {
    providers: [
      {
        name: googleProviders.github,
        attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.repository': 'assertion.repository' },
        attributeCondition: "assertion.repository_owner_id == '65001'",
        oidc: { issuerUri: gitHub },
      },
      {
        name: googleProviders['azure-pipelines'],
        attributeMapping: { 'google.subject': 'assertion.sub' },
        attributeCondition: "assertion.sub.startsWith('p://contoso/web/')",
        oidc: { issuerUri: vstoken, allowedAudiences: [exchangeAudience] },
      },
    ],
    serviceAccounts: [
      { email: googleAccount, bindings: [{ role: 'roles/iam.workloadIdentityUser', members: principals }] },
    ],
  };
}

/** A method for each platform, whose role reads what a build needs. */
function vaultOf(gitHub: string, vstoken: string) {
  const role = { userClaim: 'sub', tokenPolicies: ['ci'], tokenTtl: 900, tokenMaxTtl: 7200 };
  return {
    jwtMethods: [
      {
        ...{ path: 'jwt', oidcDiscoveryUrl: gitHub, boundIssuer: gitHub },
        roles: {
          ci: {
            ...{ ...role, boundAudiences: ['https://github.com/octo'], boundSubject: subjects.gitHub },
            boundClaims: { repository_owner_id: '65001' },
          },
        },
      },
      {
        ...{ path: 'teams/jwt', oidcDiscoveryUrl: vstoken, boundIssuer: vstoken },
        roles: { ci: { ...role, boundAudiences: [exchangeAudience], boundSubject: subjects.pipeline } },
      },
    ],
    policies: { ci: { 'secret/data/ci': ['read'], 'kv/*': ['read'] } },
    kv1: { 'kv/legacy': { password: 'of-a-database' } },
    kv2: {
      'secret/data/ci': {
        npmToken: 'npm_of-a-registry',
        'signing.key': 'of-a-signer',
        pem: 'first line\nsecond line',
        port: 5432,
      },
      'secret/data/production': { password: 'of-nobody-here' },
    },
  };
}

function octoPolicy(identity: string, issuer: string, subject: string, audience?: string) {
  const policy = { issuer, subject, permissions: { contents: 'read' } };
  return { scope: otherRepository, identity, policy: audience === undefined ? policy : { ...policy, audience } };
}

function credential(name: string, issuer: string, subject: string) {
  return { name, issuer, subject, audiences: [exchangeAudience] };
}

function trust(issuer: string, audience: string, subject: readonly string[]) {
  const provider = issuer.replace(/^https?:\/\//, '');
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ids.account}:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${provider}:aud`]: audience, [`${provider}:sub`]: subject } },
  };
}
