import { type Endpoint, FedbridgeError, isLoopback, parseEndpoint } from '@fedbridge/core';

/** What differs between Microsoft's clouds. */
export interface Cloud {
  readonly authority: string;
  /** The audience that an ID token for this cloud's Entra must have. */
  readonly audience: string;
  /** The cloud's name in the Azure CLI and Azure PowerShell. */
  readonly title: string;
  /** The cloud's name in Terraform's providers. */
  readonly terraformEnvironment: string;
  /** Resources by short name; the scope is the resource with `/.default`. */
  readonly resources: Readonly<Record<ResourceName, string>>;
}

export type CloudName = 'azurecloud' | 'azureusgovernment' | 'azurechinacloud';

export type ResourceName = 'arm' | 'graph' | 'key-vault' | 'storage' | 'azure-devops';

const azureDevOps = '499b84ac-1321-427f-aa17-267ca6975798';
const storage = 'https://storage.azure.com';

/** Source: Microsoft Learn, "National clouds" and "Workload identity federation". */
export const clouds: Readonly<Record<CloudName, Cloud>> = {
  azurecloud: {
    title: 'AzureCloud',
    terraformEnvironment: 'public',
    authority: 'https://login.microsoftonline.com',
    audience: 'api://AzureADTokenExchange',
    resources: {
      arm: 'https://management.azure.com',
      graph: 'https://graph.microsoft.com',
      'key-vault': 'https://vault.azure.net',
      storage,
      'azure-devops': azureDevOps,
    },
  },
  azureusgovernment: {
    title: 'AzureUSGovernment',
    terraformEnvironment: 'usgovernment',
    authority: 'https://login.microsoftonline.us',
    audience: 'api://AzureADTokenExchangeUSGov',
    resources: {
      arm: 'https://management.usgovcloudapi.net',
      graph: 'https://graph.microsoft.us',
      'key-vault': 'https://vault.usgovcloudapi.net',
      storage,
      'azure-devops': azureDevOps,
    },
  },
  azurechinacloud: {
    title: 'AzureChinaCloud',
    terraformEnvironment: 'china',
    authority: 'https://login.chinacloudapi.cn',
    audience: 'api://AzureADTokenExchangeChina',
    resources: {
      arm: 'https://management.chinacloudapi.cn',
      graph: 'https://microsoftgraph.chinacloudapi.cn',
      'key-vault': 'https://vault.azure.cn',
      storage,
      'azure-devops': azureDevOps,
    },
  },
};

export const cloudNames = Object.keys(clouds) as readonly CloudName[];

/** The cloud that a service connection names, `AzureUSGovernment` say; undefined for one we do not know. */
export function cloudOf(name: string): CloudName | undefined {
  const lower = name.toLowerCase();
  return cloudNames.find((cloud) => cloud === lower);
}

/** A cloud that is known by its Entra alone: what is for its other services is named by URI. */
export interface SovereignCloud {
  readonly title: string;
  /** Undefined where Microsoft has not said it. */
  readonly audience: string | undefined;
}

/**
 * Clouds by the host of their Entra.
 * Source: MSAL.NET, `KnownMetadataProvider`; microsoft-authentication-library-for-js#8301.
 */
const sovereignClouds: Readonly<Record<string, SovereignCloud>> = {
  'login.sovcloud-identity.fr': { title: 'Bleu', audience: 'api://AzureADTokenExchangeFrance' },
  'login.sovcloud-identity.de': { title: 'Delos', audience: 'api://AzureADTokenExchangeGermany' },
  'login.sovcloud-identity.sg': { title: 'GovSG', audience: undefined },
};

/** @param authority - the address of an Entra */
export function sovereignCloudOf(authority: URL): SovereignCloud | undefined {
  return Object.hasOwn(sovereignClouds, authority.host) ? sovereignClouds[authority.host] : undefined;
}

/** Other names of Entra's that the clouds above had, or have for some of their clients. Source: MSAL, known authorities. */
const formerHosts = [
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  'login-us.microsoftonline.com',
  'login.usgovcloudapi.net',
  'login.partner.microsoftonline.cn',
];

/**
 * An Entra that a variable of the environment names, which an earlier step may have set: one of Microsoft's own, or one on this machine.
 *
 * @param fix - how the user names another, as a sentence
 * @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`
 */
export function parseKnownAuthority(text: string, fix: string): Endpoint {
  const authority = parseEndpoint(text, 'AZURE_AUTHORITY_HOST');
  const known = Object.values(clouds).map((cloud) => new URL(cloud.authority).host);
  const isKnown = [...known, ...Object.keys(sovereignClouds), ...formerHosts].includes(authority.host);
  if (isKnown || isLoopback(authority)) return authority;
  throw new FedbridgeError(
    'ENDPOINT_NOT_ALLOWED',
    `AZURE_AUTHORITY_HOST names ${authority.host}, which is not Entra.`,
    {
      hint: `Nothing was sent there. See what sets that variable. ${fix}`,
    },
  );
}

/** Whether each cloud has a resource of this short name. */
export function isResourceName(text: string): text is ResourceName {
  return Object.hasOwn(clouds.azurecloud.resources, text);
}
